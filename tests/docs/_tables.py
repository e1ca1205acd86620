"""_tables.py ROOT: "When things go wrong" has a row for every error and every counter in the headers."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
page = (root / "docs/guides/when-things-go-wrong.md").read_text(encoding="utf-8")
headers = root / "recvmsg/include/ancillary/recvmsg"
WANTED = {
    ("receive_error", "receive_condition"): r"^  (\w+),",
    ("sender", "send_errc"): r"^  (\w+)(?: = 1)?,",
    ("metadata_request", "metadata_errc"): r"^  (\w+) = \d,",
    ("counters", "receive_counters"): r"^  (?:std::uint64_t|std::array<.*>|std::chrono::nanoseconds) (\w+)",
    ("send_counters", "send_counters"): r"^  std::uint64_t (\w+)",
}
problems, rows = [], 0
for (header, name), member in WANTED.items():
    text = (headers / f"{header}.hpp").read_text(encoding="utf-8")
    body = re.search(rf"(?:enum class|struct) {name}\b[^;]*?{{\n(.*?)^}};", text, re.S | re.M).group(1)
    table = re.search(rf"^\| `{name}` \|.*\n((?:\|.*\n)*)", page, re.M)
    first_cells = " ".join(re.findall(r"^\|([^|]*)\|", table.group(1), re.M)) if table else ""
    described = set(re.findall(r"`(\w+)`", first_cells))
    declared = set(re.findall(member, body, re.M)) - {"none"}
    rows += len(declared)
    problems += [f"{name}::{each} has no row" for each in sorted(declared - described)]
    problems += [f"{name}::{each} does not exist" for each in sorted(described - declared)]
    if not declared:
        problems.append(f"{name}: nothing found in {header}.hpp")
print("\n".join(problems) or f"{rows} errors and counters, each with a row")
sys.exit(1 if problems else 0)
