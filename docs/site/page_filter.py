#!/usr/bin/env python3
"""page_filter.py PAGE: prints a Markdown page of docs/ as Doxygen reads it.

The pages are written for readers of the repository too. For the site, each gets a short address, links to
pages lead there, links to other files of the repository lead to its host (REPOSITORY_URL), and the
list of pages in index.md becomes the site's table of contents.
"""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REPOSITORY_URL = os.environ.get("REPOSITORY_URL", "")


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower().strip()))


def convert(page):
    text = page.read_text(encoding="utf-8")
    name = page.stem
    contents = name == "index"

    def link(found):
        words, target = found.group(1), found.group(2)
        if re.match(r"[a-z]+:", target):
            return found.group()
        path, _, part = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            sys.exit(f"{page}: no file {target}")
        if file.suffix == ".md" and file.is_relative_to(DOCS):
            # An address of the site; Doxygen's own way to link to a section is not GitHub's.
            return f'<a href="{file.stem}.html{"#" + file.stem + "-" + part if part else ""}">{markup(words)}</a>'
        if not REPOSITORY_URL:
            return words
        return f"[{words}]({REPOSITORY_URL}/blob/main/{file.relative_to(ROOT)})"

    def markup(words):
        return re.sub(r"`([^`]*)`", r"<code>\1</code>", words)

    out, fenced, first = [], False, True
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
            # Doxygen has no colors for these.
            line = "```" if line.strip() in ("```text", "```console", "```json") else line
        elif not fenced:
            if first and line.startswith("# ") and not contents:
                line, first = f"{line} {{#{name}}}", False
            elif not contents and (heading := re.match(r"(##+) (.*)$", line)):
                line = f"{line} {{#{name}-{anchor(heading.group(2))}}}"
            listed = re.match(r"- \[([^]]*)\]\(((?:guides/)?[\w-]+)\.md\)(.*)$", line) if contents else None
            if listed:
                line = f'- @subpage {pathlib.Path(listed.group(2)).name} "{listed.group(1)}"{listed.group(3)}'
            line = re.sub(r"(?<!!)\[((?:[^][]|\[[^]]*\])*)\]\(([^)\s]+)\)", link, line)
        out.append(line)
    return "\n".join(out)


if __name__ == "__main__":
    sys.stdout.write(convert(pathlib.Path(sys.argv[1]).resolve()))
