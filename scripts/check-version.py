#!/usr/bin/env python3
"""check-version.py [VERSION]: all files state the same version. With VERSION, for a release: that one,
and CHANGELOG.md has a dated section of it and nothing under "Unreleased"."""
import datetime
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent


def search(path, pattern):
    found = re.search(pattern, (root / path).read_text(), re.MULTILINE)
    return found[1] if found else "none"


def of_json(path):
    return json.loads((root / path).read_text()).get("version-semver", "none")


versions = {
    "CMakeLists.txt": search("CMakeLists.txt", r"^project\(ancillary VERSION (\S+)"),
    "meson.build": search("meson.build", r"version: '([^']+)', license"),
    "vcpkg.json": of_json("vcpkg.json"),
    "packaging/vcpkg/ancillary/vcpkg.json": of_json("packaging/vcpkg/ancillary/vcpkg.json"),
    "packaging/conan/conanfile.py": search("packaging/conan/conanfile.py", r'^    version = "([^"]+)"'),
    "packaging/meson/ancillary.wrap": search("packaging/meson/ancillary.wrap", r"^revision = v(\S+)"),
    "packaging/cmake/fetch_content.cmake": search("packaging/cmake/fetch_content.cmake", r"GIT_TAG v([^\s)]+)"),
    "packaging/cmake/cpm.cmake": search("packaging/cmake/cpm.cmake", r"GIT_TAG v([^\s)]+)"),
}
wanted = sys.argv[1] if len(sys.argv) > 1 else versions["CMakeLists.txt"]
problems = [f"{path}: {found}, not {wanted}" for path, found in versions.items() if found != wanted]

# Meson's library names, which CMake derives.
minor = wanted.rsplit(".", 1)[0]
meson = (root / "meson.build").read_text()
if set(re.findall(r"soversion: '([^']+)'", meson)) != {minor} or set(re.findall(r"', version: '([^']+)'", meson)) - {wanted}:
    problems.append(f"meson.build: the version of a library is not {minor} and {wanted}")

if len(sys.argv) > 1:
    changes = (root / "CHANGELOG.md").read_text()
    section = re.search(rf"^## \[{re.escape(wanted)}\] - (\S+)$", changes, re.MULTILINE)
    if not section:
        problems.append(f'CHANGELOG.md: no line "## [{wanted}] - DATE"')
    else:
        try:
            datetime.date.fromisoformat(section[1])
        except ValueError:
            problems.append(f"CHANGELOG.md: '{section[1]}' is no date such as 2026-01-31")
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    if unreleased and unreleased[1].strip():
        problems.append("CHANGELOG.md: changes under [Unreleased]")

for problem in problems:
    print(f"check-version: {problem}", file=sys.stderr)
if not problems:
    print(f"check-version: {wanted} in {len(versions)} files")
sys.exit(1 if problems else 0)
