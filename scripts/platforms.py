#!/usr/bin/env python3
"""Builds the library with many compilers, standard libraries and settings, and runs it.

    scripts/platforms.py [--only TEXT] [--asio VERSION=FOLDER]... [--table FILE]

Each row builds the libraries and an example server with warnings as errors, and has the server
answer real datagrams; a row for another processor builds the tests of the decoders and runs them
under qemu-user. A row whose compiler or library is missing is "not run". --table replaces the rows that ran in
the Markdown table of FILE, and keeps the others: the table is the sum of runs on several machines.
--asio: more rows, with the headers in that folder. Exit status: 1 if a row failed or none ran.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "platforms"
COLUMNS = ("compiler", "standard", "settings", "result", "what ran, where")


class Row:
    def __init__(self, name, compiler, *, standard=20, flags="", settings="", cross=None,
                 separate=False, asio=None, decoders_only=False, needs=None):
        self.name, self.compiler, self.standard = name, compiler, standard
        self.flags, self.settings, self.cross = flags, settings, cross
        self.separate, self.asio, self.decoders_only = separate, asio, decoders_only
        self.needs = needs

    def key(self):
        return (self.name, f"C++{self.standard}", self.settings or "-")

    def is_here(self):
        return shutil.which(self.compiler) and (not self.needs or pathlib.Path(self.needs).exists())


def rows(asio_folders):
    for version in (12, 13, 14):
        yield Row(f"GCC {version}", f"g++-{version}")
    for version in (14, 15, 16, 17, 18, 19, 22):
        yield Row(f"Clang {version}, libstdc++", f"clang++-{version}")
    for version in (19, 22):
        # Of the same version: a libc++ does not support compilers that are much older.
        yield Row(f"Clang {version}, libc++", f"clang++-{version}", flags="-stdlib=libc++",
                  needs=f"/usr/lib/llvm-{version}/include/c++/v1")
    for name, compiler in (("GCC 12", "g++-12"), ("GCC 14", "g++-14"),
                           ("Clang 19, libstdc++", "clang++-19")):
        yield Row(name, compiler, standard=23)
    for version, folder in asio_folders:
        yield Row("GCC 12", "g++-12", settings=f"Asio {version}", asio=folder)
        yield Row("GCC 12", "g++-12", settings=f"Asio {version}, ASIO_NO_DEPRECATED", asio=folder,
                  flags="-DASIO_NO_DEPRECATED")
    yield Row("GCC 12", "g++-12", settings="ASIO_NO_DEPRECATED", flags="-DASIO_NO_DEPRECATED")
    yield Row("GCC 12", "g++-12", settings="-fno-rtti, ASIO_NO_TYPEID",
              flags="-fno-rtti -DASIO_NO_TYPEID")
    yield Row("GCC 12", "g++-12", settings="ASIO_SEPARATE_COMPILATION",
              flags="-DASIO_SEPARATE_COMPILATION", separate=True)
    yield Row("GCC 12", "g++-12", settings="-fno-exceptions -fno-rtti, decoders only",
              flags="-fno-exceptions -fno-rtti", decoders_only=True)
    for processor, triple in (("arm64", "aarch64"), ("riscv64", "riscv64")):
        yield Row(f"GCC 12, {processor}", f"{triple}-linux-gnu-g++-12", cross=triple,
                  settings="decoders, loop with a scripted driver")


def run(command, log, **more):
    with open(log, "a", encoding="utf-8") as out:
        print("+", *command, file=out, flush=True)
        done = subprocess.run([str(each) for each in command], stdout=out, stderr=out,
                              stdin=subprocess.DEVNULL, **more)
    return done.returncode == 0


def configure(row, folder, log):
    flags = f"{row.flags} {'-w' if row.cross else ''}".strip()
    arguments = ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
                 "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                 f"-DCMAKE_CXX_COMPILER={row.compiler}", f"-DCMAKE_CXX_STANDARD={row.standard}",
                 f"-DCMAKE_CXX_FLAGS={flags}", "-DCMAKE_UNITY_BUILD=ON",
                 "-DCMAKE_UNITY_BUILD_BATCH_SIZE=16",
                 "-DANCILLARY_FETCH_DEPENDENCIES=OFF", "-DANCILLARY_WARNINGS_AS_ERRORS=ON",
                 f"-DANCILLARY_BUILD_TESTS={'ON' if row.cross else 'OFF'}",
                 f"-DANCILLARY_BUILD_EXAMPLES={'OFF' if row.cross else 'ON'}"]
    if row.asio:
        arguments.append(f"-DANCILLARY_ASIO_INCLUDE_DIR={row.asio}")
    if row.cross:
        arguments += ["-DCMAKE_SYSTEM_NAME=Linux", f"-DCMAKE_SYSTEM_PROCESSOR={row.cross}",
                      "-DANCILLARY_ASIO_INCLUDE_DIR=" + str(headers_alone("asio", "asio.hpp")),
                      "-DANCILLARY_MICROSOFT_GSL_INCLUDE_DIR=" + str(headers_alone("gsl")),
                      "-DANCILLARY_CATCH2_INCLUDE_DIR=" + str(headers_alone("catch2")),
                      f"-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-{row.cross};-L;/usr/{row.cross}-linux-gnu"]
    if row.separate:  # its user compiles Asio in one source
        source, made = folder / "asio_source.cpp", folder / "asio_source.o"
        folder.mkdir(parents=True, exist_ok=True)
        source.write_text("#include <asio/impl/src.hpp>\n", encoding="utf-8")
        definitions = ["-DASIO_STANDALONE", "-DASIO_DISABLE_STD_ALIGNED_ALLOC"]
        if not run([row.compiler, "-std=c++20", *flags.split(), *definitions, "-c", source, "-o",
                    made], log):
            return False
        arguments.append(f"-DCMAKE_CXX_STANDARD_LIBRARIES={made}")
    return run(arguments, log) and is_as_asked(row, folder, log)


def is_as_asked(row, folder, log):
    """Whether every compiler call has the row's standard and flags: a cache entry might override them."""
    calls = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
    names = {20: ("-std=c++20",), 23: ("-std=c++23", "-std=c++2b")}[row.standard]
    for call in calls:
        words = call["command"].split()
        if not any(name in words for name in names) or not set(row.flags.split()) <= set(words):
            log.open("a", encoding="utf-8").write(f"not as asked: {call['command']}\n")
            return False
    return True


def headers_alone(*names):
    """A folder with these entries of /usr/include: the others belong to this machine's processor."""
    folder = BUILD / "headers" / names[0]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        link = folder / name
        if not link.exists():
            link.symlink_to(pathlib.Path("/usr/include") / name)
    return folder


def build_and_run(row, folder, log):
    """The result, and what ran."""
    if not configure(row, folder, log):
        return "failed: configure", "-"
    if row.cross:
        targets = ["decoders_tests", "recvmsg_tests"]
    elif row.decoders_only:
        targets = ["ancillary_decoders"]
    else:
        targets = ["ancillary_decoders", "ancillary_recvmsg", "ancillary_echo_server"]
    if not run(["ninja", "-C", folder, *targets], log):
        return "failed: build", "-"
    if row.decoders_only:
        return "builds", "library"
    if row.cross:
        emulator = [f"qemu-{row.cross}", "-L", f"/usr/{row.cross}-linux-gnu"]
        # The tests with a scripted driver, by their files' names (-#): those with real sockets would
        # test this machine's kernel and qemu.
        files = sorted((ROOT / "tests/recvmsg/receive").glob("receive_loop*.cpp"))
        scripted = ",".join(f"[#{file.stem}]" for file in files)
        if not run([*emulator, folder / "tests/decoders_tests", "~[long]"], log):
            return "failed: decoders_tests", "qemu-user"
        if not run([*emulator, folder / "tests/recvmsg_tests", "-#", "-w", "NoTests", scripted], log):
            return "failed: recvmsg_tests", "qemu-user"
        return "passed", "under qemu-user: decoders_tests, recvmsg_tests with the scripted driver"
    if not run([sys.executable, ROOT / "tests/examples/echo_server.py",
                folder / "examples/echo_server"], log):
        return "failed: echo_server", "echo_server"
    return "passed", "echo_server with real datagrams"


def system():
    release = platform.freedesktop_os_release()
    return f"{release.get('NAME', 'Linux').removesuffix(' GNU/Linux')} {release.get('VERSION_ID', '')}"


def merge_into(table, results):
    """Replaces the rows that ran in the Markdown table; appends new ones."""
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    kept = {}
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(COLUMNS) and not set(cells[0]) <= set("-") and cells[0] != COLUMNS[0]:
            kept[tuple(cells[:3])] = cells[3:]
    for key, answer in results.items():
        if answer[0] != "not run" or key not in kept:
            kept[key] = list(answer)
    begin = next((i for i, line in enumerate(lines) if line.startswith("| " + COLUMNS[0])), len(lines))
    end = begin
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    made = ["| " + " | ".join(COLUMNS) + " |", "|" + "-|" * len(COLUMNS)]
    made += ["| " + " | ".join((*key, *answer)) + " |" for key, answer in kept.items()]
    table.write_text("\n".join(lines[:begin] + made + lines[end:]) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="rows whose text contains this")
    parser.add_argument("--asio", action="append", default=[], metavar="VERSION=FOLDER")
    parser.add_argument("--table", type=pathlib.Path)
    arguments = parser.parse_args()
    results = {}
    for row in rows([each.split("=", 1) for each in arguments.asio]):
        key = row.key()
        if arguments.only not in " ".join(key):
            continue
        start = time.monotonic()
        if not row.is_here():
            results[key] = ("not run", "-")
        else:
            folder = BUILD / re.sub(r"[^A-Za-z0-9]+", "-", " ".join(key)).strip("-")
            log = folder.with_suffix(".log")
            BUILD.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
            result, what = build_and_run(row, folder, log)
            results[key] = (result, f"{what}, {system()}")
            if results[key][0].startswith("failed"):
                print(f"see {log}")
            shutil.rmtree(folder, ignore_errors=True)
        print(*key, *results[key], f"({time.monotonic() - start:.0f} s)", sep=" | ", flush=True)
    if arguments.table:
        merge_into(arguments.table, results)
    if all(answer[0] == "not run" for answer in results.values()):
        sys.exit("no row ran")
    sys.exit(any(answer[0].startswith("failed") for answer in results.values()))


if __name__ == "__main__":
    main()
