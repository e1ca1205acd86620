"""Checks tests/README.md: each row of its tables names an existing test, and tests with the
stand-in have it in their names. Each row of docs/windows.md has a line there: its tests, or the name
that the library's code for Windows does not use. Argument: the folder `tests`."""
import pathlib
import re
import sys

WHERE = {"S", "SW", "W", "L", "L+W"}


def names_in(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        called = text[text.rindex("\nrun("):]
        return {name for name in re.findall(r"^def (\w+)\(\)", text, re.M)
                if re.search(rf"\b{name}\b", called)}
    cases = re.findall(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text)
    return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', case)) for case in cases}


def rows(readme):
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] != "behaviour":
            yield number, cells


def problem_of_unused(tests, cells):
    """A row without a test: no code for Windows contains the name."""
    name = re.fullmatch(r"the library does not use `(\w+)`( on Windows)?", cells[1])
    if not name:
        return "the name that the library does not use is missing"
    for path in sorted((tests.parent / "recvmsg").rglob("*.?pp")):
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        if "linux" not in path.parts and re.search(rf"\b{name[1]}\b", text):
            return f"{path.relative_to(tests.parent)} uses {name[1]}"
    return None


def row_number(cells):
    match = re.match(r"Row (\d+): ", cells[0])
    return match and match[1]


def problem_of(tests, cells):
    if cells[2] == "-":
        return problem_of_unused(tests, cells)
    match = re.fullmatch(r'`([^`]+)` "([^"]+)"', cells[1])
    if not match:
        return "the test is not given as a file and a name"
    path, name = tests / match[1], match[2]
    if not path.is_file():
        return f"there is no {match[1]}"
    if name not in names_in(path):
        return f'{match[1]} has no test "{name}"'
    if cells[2] not in WHERE:
        return f"{cells[2]} is not a valid place to run"
    if cells[2].startswith("S") != ("stand-in" in name or "stand_in" in name):
        return f'"{name}": the name does not fit the place to run'
    number = row_number(cells)
    if number and f"row {number}," not in name:
        return f'"{name}" does not name row {number}'
    return None


def rows_without_line(tests):
    known = (tests.parent / "docs" / "windows.md").read_text(encoding="utf-8")
    listed = {row_number(cells) for _, cells in rows(tests / "README.md")}
    return [number for number in re.findall(r"^\| (\d+) \|", known, re.M) if number not in listed]


def main():
    tests = pathlib.Path(sys.argv[1])
    checked = 0
    failed = 0
    for number in rows_without_line(tests):
        failed += 1
        print(f"docs/windows.md: row {number} has no line in tests/README.md")
    for number, cells in rows(tests / "README.md"):
        checked += 1
        if problem := problem_of(tests, cells):
            failed += 1
            print(f"tests/README.md:{number}: {problem}")
    print(f"{checked} behaviours, {failed} with a problem")
    sys.exit(0 if checked > 50 and failed == 0 else 1)


main()
