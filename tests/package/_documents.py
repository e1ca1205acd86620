"""The man pages and completions of the tools: agree with --help, and complete in a real shell."""
import pathlib
import re
import shutil
import subprocess
import sys

documents = pathlib.Path(sys.argv[1])
TOOLS = ["ancillary-receiver", "ancillary-sender", "ancillary-option-probe", "ancillary-pmtu-probe"]


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text))


def options_of_program(tool):
    lines = run(documents / tool, "--help").splitlines()
    return {name for line in lines if line.startswith("  -") for name in options_in(line.split()[0])}


def man_page(tool):
    """Every option has an entry, and no other has."""
    source = (documents / f"{tool}.1").read_text().replace("\\-", "-")
    entries = re.findall(r"^\.TP\n(.*)$", source, re.MULTILINE)
    found = {name for entry in entries for name in options_in(re.sub(r"\\f.", "", entry).split()[0])}
    assert found == options_of_program(tool), (tool, found ^ options_of_program(tool))


def complete(tool, *words):
    """What bash offers for the last word, as when the user presses the tabulator key."""
    script = r'''
source "$1"; tool=$2; shift 2
COMP_WORDS=("$tool" "$@"); COMP_CWORD=$#
"$(complete -p "$tool" | sed -E 's/.*-F ([^ ]+).*/\1/')"
printf '%s\n' "${COMPREPLY[@]}"
'''
    return run("bash", "-c", script, "bash", documents / f"{tool}.bash", tool, *words).split()


def bash_completes(tool):
    assert set(complete(tool, "--")) == options_of_program(tool), complete(tool, "--")


def bash_completes_values():
    receiver = "ancillary-receiver"
    assert complete(receiver, "--format", "j") == ["jsonl"]
    assert complete(receiver, "--want", "destination,tt") == ["destination,ttl"]
    assert complete(receiver, "--require", "ec") == ["ecn"]
    assert "--payload-capacity" in complete(receiver, "--format", "none", "--pay")
    assert complete(receiver, "--count", "") == []
    assert complete(receiver, "--by", "de") == ["destination"]
    assert complete("ancillary-sender", "--format", "te") == ["text"]
    assert complete("ancillary-sender", "--ecn", "c") == ["ce"]


def other_shells_parse(tool):
    for shell, name in (("zsh", f"_{tool}"), ("fish", f"{tool}.fish")):
        if shutil.which(shell):
            run(shell, "-n", documents / name)


for each in TOOLS:
    bash_completes(each)
    other_shells_parse(each)
    if (documents / f"{each}.1").exists():
        man_page(each)
bash_completes_values()
if not all((documents / f"{each}.1").exists() for each in TOOLS):
    print("no man pages: help2man is not installed")
    sys.exit(77)
