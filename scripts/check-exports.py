#!/usr/bin/env python3
"""check-exports.py: a shared library exports what its public headers declare.

Every function that a header declares and a source defines has ANCILLARY_API or ANCILLARY_DECODERS_API, or is a
member of a class that has it. Static libraries, which most builds make, would not notice.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPORTED = re.compile(r"\bANCILLARY_(DECODERS_)?API\b")
# Defined in the header itself, or no function.
ELSEWHERE = re.compile(r"\b(template|constexpr|inline|using|friend|static_assert)\b|= (default|delete|0)$")
COMMENT_OR_LITERAL = re.compile(r'//.*|"(?:\\.|[^"\\])*"|(?<!\d)\'(?:\\.|[^\'\\])+\'')


def statements(text):
    """(the heads of the blocks around it, statement) of each statement that ends with a semicolon."""
    blocks, statement, depth = [], "", 0
    for character in text:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if depth == 0 and character in "{};":
            words = " ".join(re.sub(r"\b(public|private|protected)\s*:", " ", statement).split())
            statement = ""
            if character == "{":
                blocks.append(words)
            elif character == "}":
                blocks.pop()
            else:
                yield list(blocks), words
        else:
            statement += character


def is_type(head):
    return re.search(r"\b(class|struct)\b", head) and "(" not in head


def main():
    checked, problems = 0, []
    for path in sorted((*ROOT.glob("decoders/include/**/*.hpp"), *ROOT.glob("recvmsg/include/**/*.hpp"))):
        lines = path.read_text(encoding="utf-8").split("\n")
        text = "\n".join(COMMENT_OR_LITERAL.sub("", line) for line in lines if not line.lstrip().startswith("#"))
        for blocks, words in statements(text):
            types = [head for head in blocks if is_type(head)]
            if not all(re.search(r"\bnamespace\b", head) or is_type(head) for head in blocks):
                continue  # in a function's body
            if "(" not in words or ELSEWHERE.search(words) or any("template" in head for head in types):
                continue
            if "=" in words.split("(")[0] and "operator" not in words:
                continue  # a member with a default value
            checked += 1
            if not any(EXPORTED.search(each) for each in (words, *types)):
                problems.append(f"{path.relative_to(ROOT)}: not exported: {words}")
    print("\n".join(problems) or f"check-exports: {checked} declarations")
    if not checked:
        print("check-exports: found no declaration")
    sys.exit(1 if problems or not checked else 0)


main()
