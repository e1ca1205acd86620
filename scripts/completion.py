#!/usr/bin/env python3
"""completion.py PROGRAM DIRECTORY: writes completions for bash, zsh and fish, made from PROGRAM's --help.

Files: DIRECTORY/NAME.bash, DIRECTORY/_NAME, DIRECTORY/NAME.fish, where NAME is the program's. Reads the
format of CLI11: an option, its type, and its description on the same line or below.
"""
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"^  (?P<names>-[^\s,]+(?:,\s*-[^\s,]+)*)(?: (?P<type>[^\s]+(?: \S+)*?))?(?:\s{2,}(?P<text>.*))?$")


class Option:
    def __init__(self, names, value_type, text):
        self.names, self.type, self.text = names, value_type, text
        self.values, self.is_list = [], False


def read_options(help_text):
    options, in_options = [], False
    for line in map(str.rstrip, help_text.splitlines()):  # CLI11 2.4 leaves a space after a type
        if line == "Options:":
            in_options = True
        elif in_options and line.strip() and not line.startswith(" "):
            in_options = False
        elif in_options and (found := OPTION.match(line)):
            value_type = re.sub(r"\s*\b(Excludes|Needs):.*", "", found["type"] or "")
            options.append(Option(re.split(r",\s*", found["names"]), value_type, found["text"] or ""))
        elif in_options and options and line.startswith("   "):
            options[-1].text = (options[-1].text + " " + line.strip()).strip()
    if not options:
        sys.exit("completion.py: --help shows no options")
    return options


def find_values(options):
    """The words that an option takes, where its description lists them."""
    for option in options:
        if option.type == "LIST" and "commas: " in option.text:
            words = option.text.split("commas: ")[1].split(". ")[0]
            option.values, option.is_list = re.findall(r"[a-z][a-z-]*", words.replace(", or ", ", ")), True
        elif option.type == "FORMAT":
            parts = option.text.split(". ")[0].split(";")
            option.values = [part.split(":")[0].strip() for part in parts]
        elif option.type in ("ECN", "FIELD"):  # "Rows of --top: peer, destination or dscp. Default: peer"
            words = option.text.split(". ")[0].split(": ")[-1].replace(" or ", ", ")
            option.values = [word.strip() for word in words.split(",")]
    for option in options:
        if reference := re.search(r"same names as for (--\w+)", option.text):
            model = next(each for each in options if reference[1] in each.names)
            option.values, option.is_list = model.values, model.is_list


def summary(option):
    if option.values and not option.is_list:
        return "One of " + ", ".join(option.values)
    return re.split(r"[.;:] |, separated", option.text)[0].replace("'", "").replace("[", "(").replace("]", ")")


def bash(name, options):
    function = "_" + name.replace("-", "_")
    cases = ""
    for option in options:
        if not option.type:
            continue
        pattern, words = "|".join(option.names), " ".join(option.values)
        if option.is_list:  # completes the last word of a list
            cases += (f'  {pattern})\n    [[ $current == *,* ]] && before="${{current%,*}},"\n'
                      f'    COMPREPLY=($(compgen -P "$before" -W "{words}" -- "${{current##*,}}"))\n'
                      "    compopt -o nospace 2>/dev/null\n    return ;;\n")
        elif words:
            cases += f'  {pattern})\n    COMPREPLY=($(compgen -W "{words}" -- "$current"))\n    return ;;\n'
        elif option.type == "FILE":
            cases += f'  {pattern})\n    COMPREPLY=($(compgen -f -- "$current"))\n    return ;;\n'
        else:
            cases += f"  {pattern}) return ;;\n"
    names = " ".join(each for option in options for each in option.names)
    return (f"# bash completion of {name}\n{function}() {{\n"
            '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" before=\n'
            f'  COMPREPLY=()\n  case $previous in\n{cases}  esac\n'
            f'  [[ $current != -* ]] || COMPREPLY=($(compgen -W "{names}" -- "$current"))\n}}\n'
            f"complete -F {function} {name}\n")


def zsh(name, options):
    lines = []
    for option in options:
        action = ""
        if option.is_list:
            action = f":{option.type}:_values -s , {option.type} {' '.join(option.values)}"
        elif option.values:
            action = f":{option.type}:({' '.join(option.values)})"
        elif option.type == "FILE":
            action = ":FILE:_files"
        elif option.type:
            action = f":{option.type.split()[0].replace('[', '').replace(']', '')}:"
        lines += [f"  '{each}[{summary(option)}]{action}'" for each in option.names]
    return f"#compdef {name}\n_arguments \\\n" + " \\\n".join(lines) + "\n"


def fish(name, options):
    lines = [f"# fish completion of {name}", f"complete -c {name} -f"]
    for option in options:
        words = "".join(f" -l {each[2:]}" if each.startswith("--") else f" -s {each[1:]}" for each in option.names)
        if option.is_list:
            words += f" -x -a '(__fish_append , {' '.join(option.values)})'"
        elif option.values:
            words += f" -x -a '{' '.join(option.values)}'"
        elif option.type == "FILE":
            words += " -r -F"
        elif option.type:
            words += " -x"
        lines.append(f"complete -c {name}{words} -d '{summary(option)}'")
    return "\n".join(lines) + "\n"


def main():
    program, directory = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    name = program.name
    help_text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    options = read_options(help_text)
    find_values(options)
    directory.mkdir(parents=True, exist_ok=True)
    for path, write in ((f"{name}.bash", bash), (f"_{name}", zsh), (f"{name}.fish", fish)):
        (directory / path).write_text(write(name, options))


main()
