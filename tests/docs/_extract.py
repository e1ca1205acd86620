#!/usr/bin/env python3
"""_extract.py OUTPUT WRAPPERS EXAMPLES PAGE...: writes the code blocks of Markdown pages as sources.

A C++ block that has a main() is a program. Any other needs a comment above it in the page:

    <!-- snippet: needs=receiver -->              the name of a wrapper, WRAPPERS/receiver.cpp.in, and values
    <!-- snippet: needs=handler call=echo -->     for the words in at signs there

    <!-- snippet: quotes=own_loop.cpp -->         a file in EXAMPLES that contains the block as it is

OUTPUT gets fragments.cpp, all blocks with their wrappers, one test case each, and program_N.cpp with
program_N.json for _run_program.py. A program that quotes a file in EXAMPLES as it is gets neither, because the
tests run that file. CMake and shell blocks are checked for syntax. `<!-- snippet: untested: REASON -->` excludes
a block. Any other block in a language that is code is an error.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

NOT_CODE = {"", "text", "console", "json", "mermaid"}
FENCE = re.compile(r"^```([\w+-]*)\s*$")
MARKER = re.compile(r"^<!-- snippet: (.*?) -->$")


class Problem(Exception):
    pass


def blocks_of(page):
    """(line number of the first line of code, language, code, marker) of each block."""
    lines = page.read_text(encoding="utf-8").split("\n")
    marker, start, language = None, None, None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if start is not None:
            if fence and not fence.group(1):
                yield start + 1, language, "\n".join(lines[start:number]) + "\n", marker
                start = marker = None
        elif fence:
            start, language = number + 1, fence.group(1)
        elif found := MARKER.match(line):
            marker = found.group(1)
        elif line.strip():
            marker = None
    if start is not None:
        raise Problem(f"{page}:{start}: the code block does not end")


def check_syntax(language, code):
    if language == "cmake":
        # Parses the whole file and runs none of it.
        name, text, command = "block.cmake", f"if(FALSE)\n{code}\nendif()\n", [os.environ.get("CMAKE", "cmake"), "-P"]
    elif language in ("sh", "bash"):
        if os.name == "nt" or not shutil.which("bash"):
            return
        name, text, command = "block.sh", code, ["bash", "-n"]
    else:
        raise Problem(f"no check for the language {language}; mark the block as untested, with a reason")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, name)
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([*command, file], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Problem(done.stderr)


class Output:
    def __init__(self, folder, wrappers, examples):
        self.folder, self.wrappers = folder, wrappers
        self.sources = examples
        self.examples = {path.read_text(encoding="utf-8"): path.name for path in examples.glob("*.cpp")}
        self.fragments = ['#include "docs/fragments.hpp"\n']
        self.files, self.quoted, self.checked, self.untested = {}, 0, 0, 0

    def add(self, place, language, code, marker):
        if language in NOT_CODE:
            return
        if marker and marker.startswith("untested: "):
            self.untested += 1
        elif language != "cpp":
            check_syntax(language, code)
            self.checked += 1
        elif marker and marker.startswith("quotes="):
            source = self.sources / marker.removeprefix("quotes=")
            if not source.is_file() or code not in source.read_text(encoding="utf-8"):
                raise Problem(f"the block is not a part of {source}")
            self.quoted += 1
        elif marker and marker.startswith("needs="):
            self.add_fragment(place, code, dict(word.split("=", 1) for word in shlex.split(marker)))
        elif re.search(r"^int main\(", code, re.M):
            values = dict(word.split("=", 1) for word in shlex.split(marker or ""))
            self.add_program(place, code, values)
        else:
            raise Problem("a C++ block needs a main() or a comment <!-- snippet: needs=WRAPPER --> above it")

    def add_fragment(self, place, code, values):
        wrapper = self.wrappers / (values.pop("needs") + ".cpp.in")
        if not wrapper.is_file():
            raise Problem(f"no wrapper {wrapper.name}")
        text = wrapper.read_text(encoding="utf-8")
        file, line = place
        values |= {"title": f"{file}:{line}", "ports": ", ".join(sorted(set(ports_of(code))))}
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        if text.count("@snippet@") != 1 or re.search(r"@(?!snippet)\w+@", text):
            raise Problem(f"{wrapper.name}: a word in at signs has no value, or the block has no place")
        before, after = text.split("@snippet@\n")
        head = f"\nnamespace fragment_{len(self.fragments)} {{\n{before}"
        tail = f"{after}}}\n"
        self.fragments.append(f'{head}#line {line} "{file}"\n{code}#line 1 "{wrapper.name}, after the block"\n{tail}')

    def add_program(self, place, code, values):
        if code in self.examples:
            self.quoted += 1
            return
        name = f"program_{sum(file.endswith('.cpp') for file in self.files)}"
        file, line = place
        self.files[name + ".cpp"] = f'#line {line} "{file}"\n{code}'
        self.files[name + ".json"] = json.dumps(
            {"title": f"{file}:{line}", "ports": [int(port) for port in ports_of(code)], **values}) + "\n"

    def write(self):
        self.files["fragments.cpp"] = "".join(self.fragments)
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            if old.name not in self.files:
                old.unlink()
        for name, text in self.files.items():
            file = self.folder / name
            # An unchanged file is not compiled again.
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                file.write_text(text, encoding="utf-8")


def ports_of(code):
    return re.findall(r"\{asio::ip::udp::v[46]\(\), (\d+)\}", code)


def main():
    folder, wrappers, examples, *pages = (pathlib.Path(argument) for argument in sys.argv[1:])
    output, problems = Output(folder, wrappers, examples), []
    root = examples.parent
    for page in pages:
        try:
            for line, language, code, marker in blocks_of(page):
                place = (page.relative_to(root).as_posix(), line)
                try:
                    output.add(place, language, code, marker)
                except Problem as problem:
                    problems.append(f"{place[0]}:{line}: {problem}")
        except Problem as problem:
            problems.append(str(problem))
    if problems:
        sys.exit("\n".join(problems))
    output.write()
    print(f"code blocks: {len(output.fragments) - 1} fragments, {len(output.files) // 2} programs, "
          f"{output.quoted} quoted examples, {output.checked} checked for syntax, {output.untested} untested")


if __name__ == "__main__":
    main()
