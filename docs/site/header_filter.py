#!/usr/bin/env python3
"""header_filter.py HEADER: prints a public header as Doxygen reads it.

The headers use plain comments. A block of `//` before a declaration of a namespace, a class or an
enumeration becomes `///`, a comment behind one `///<`, the first block of a file its description.
An overload without a comment of its own gets that of the overload before it; a declaration whose form
says everything, a sentence from a list. The number of lines stays the same, so that warnings name the right line.
"""
import re
import sys

COMMENT = re.compile(r"^(\s*)//(?!/)(.*)$")
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|//.*|/\*.*?\*/')
# What a declaration means by its form alone, if it has no comment.
IDIOMS = [
    (r"\boperator<<\(std::ostream", "Writes the text of the value."),
    (r"\bto_string\(", "The text of the value."),
    (r"\bmake_error_code\(", "Makes a std::error_code, which std::error_code itself uses."),
    (r"\bend\(\)", "The end of the range."),
    (r"\bbegin\(\)", "The beginning of the range."),
    (r"\b(level|name|data|size|resize)\(const Protocol&", "For Asio, when the option is set or read."),
    (r"\busing (iterator_c\w+|value_type|difference_type|pointer|reference)\b", "For the standard library."),
    (r"\boperator\*\(\)", "The current element."),
    (r"\boperator\+\+\(", "Advances to the next element."),
    (r"\busing messages =", "The numbers of the messages."),
    (r"\blayout_id id =", "The layout as a value."),
    (r"\boperator(==|<=>)\(", "Compares all members."),
    (r"=\s*default\s*;", "Defaulted."),
    (r"=\s*delete\s*;", "Deleted."),
]
# A quotation mark between digits separates them.
DIGITS = re.compile(r"(?<=\d)'(?=\d)")


def code_of(line):
    """The line without comments and the contents of literals."""
    return TOKEN.sub(lambda m: "" if m.group()[0] == "/" else '""', DIGITS.sub("", line)).rstrip()


def trailing_comment(line):
    """The column of a comment behind code, or None."""
    for found in TOKEN.finditer(DIGITS.sub("_", line)):
        if found.group().startswith("//") and line[:found.start()].strip():
            return found.start()
    return None


class Scopes:
    """The braces around the current line."""

    def __init__(self):
        self.kinds, self.before, self.statement, self.round = [], [], "", 0

    def declares(self):
        """Whether declarations that the site shows may stand here."""
        return self.round == 0 and all(kind in ("namespace", "type", "enum") for kind in self.kinds)

    def starts(self):
        """Whether the next line begins a declaration."""
        return self.declares() and not self.statement.strip()

    def feed(self, code):
        if code.lstrip().startswith("#"):
            return
        for character in code:
            if character in "([":
                self.round += 1
            elif character in ")]":
                self.round -= 1
            if character == "{":
                self.kinds.append(self.kind())
                self.before.append(self.statement)
                self.statement = ""
            elif character == "}":
                kind, before = self.kinds.pop(), self.before.pop()
                # After an initializer, a requires-expression or a type, the declaration goes on.
                self.statement = before + "{}" if kind in ("expression", "type", "enum") else ""
            elif character == ";" and self.round == 0:
                self.statement = ""
            elif character == "," and self.kinds[-1:] == ["enum"]:
                self.statement = ""
            else:
                self.statement += character
        self.statement += " "
        if re.fullmatch(r"\s*(public|private|protected)\s*:\s*", self.statement):
            self.statement = ""

    def kind(self):
        text = re.sub(r"<[^<>]*>", "", self.statement)
        if self.round:
            return "expression"
        if re.search(r"\bnamespace\b", text):
            return "detail" if re.search(r"\bdetail\b", text) else "namespace"
        if re.search(r"\benum\b", text):
            return "enum"
        if re.search(r"\b(class|struct)\b", text) and "(" not in text:
            return "type"
        if re.search(r"\bconcept\b|=\s*$|\brequires\b[^)]*$", text) or re.search(r"\w\s*$", text) and "(" not in text:
            return "expression"
        return "function"


def name_of(code):
    """The name of a declared function, or None."""
    text = re.sub(r"^\s*(template\s*<.*?>\s*)?(requires\b.*?\)\s*)?", "", code)
    found = re.search(r"(operator\s*\W+|[~\w]+)\s*\(", re.sub(r"\[\[\w+\]\]", "", text))
    return found.group(1) if found and not re.match(r"(requires|explicit|decltype|noexcept)$", found.group(1)) else None


def whole(lines, at):
    """The declaration that begins there, in one line, up to its body."""
    text = ""
    for line in lines[at:at + 12]:
        text += code_of(line).strip() + " "
        if re.search(r"[;{]", code_of(line)):
            break
    return text


def with_code(texts):
    """Marks the indented parts of a comment as code or as they are."""
    result, inside = [], None
    for number, text in enumerate(texts):
        if inside is None and re.match(r" {3,}\S", text):
            block = [t for t in texts[number:] if re.match(r" {3,}|\s*$", t)]
            inside = "code" if re.search(r"[;{]\s*(//.*)?$", "\n".join(block), re.M) else "verbatim"
            # In the line of the text before, so that the number of lines stays.
            result[-1] += f" @{inside}{'{.cpp}' if inside == 'code' else ''}"
        elif inside and text.strip() and not re.match(r" {3,}", text):
            result[-1] += f" @end{inside}"
            inside = None
        result.append(text)
    if inside:
        result[-1] += f" @end{inside}"
    return result


def convert(text, described):
    lines = text.split("\n")
    scopes, out, pending = Scopes(), [], []
    previous, previous_name, file_described, trailing = [], None, False, None

    def flush(mark):
        nonlocal pending
        texts = [COMMENT.match(line).group(2) for line in pending]
        indent = COMMENT.match(pending[0]).group(1) if pending else ""
        out.extend(f"{indent}{mark}{t}" for t in (with_code(texts) if mark == "///" else texts))
        pending = []
        return texts

    for number, line in enumerate(lines):
        comment = COMMENT.match(line)
        if comment and trailing is not None and line.index("//") == trailing:
            out.append(line.replace("//", "///<", 1))
            continue
        trailing = None
        if comment:
            pending.append(line)
            continue
        code = code_of(line)
        if pending and not file_described and code.startswith("#pragma once"):
            flush("///" if described else "//")
            file_described = True
            # Headers in detail/ declare a few public names, but nobody includes them.
            line = "/// @file" if described else line
        elif scopes.starts() and code.strip() and not code.lstrip().startswith(("#", "}", "public", "private", "protected")):
            declaration = whole(lines, number)
            column = trailing_comment(line)
            name = name_of(declaration)
            if column is not None:
                flush("//")
                line = line[:column] + line[column:].replace("//", "///<", 1)
                trailing = column
                previous, previous_name = [line[column + 4:]], name
            elif pending:
                previous, previous_name = flush("///"), name
            elif previous and previous_name and re.search(rf"(?<![\w:.>&]){re.escape(previous_name)}\s*\(", declaration):
                line = "/** " + " ".join(t.strip() for t in with_code(list(previous))) + " */ " + line if not any(
                    re.match(r" {3,}", t) for t in previous) else "/** @overload */ " + line
            elif idiom := next((text for form, text in IDIOMS if re.search(form, declaration)), None):
                line = f"/** {idiom} */ " + line
            else:
                previous, previous_name = [], None
        elif pending:
            flush("//")
        out.append(line)
        scopes.feed(code)
    flush("//")
    return "\n".join(out)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(convert(file.read(), "/detail/" not in sys.argv[1]))
