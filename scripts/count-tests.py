#!/usr/bin/env python3
"""count-tests.py JUNIT.xml...: sums CTest results; fails unless every test passed or was skipped.

A test counts as skipped only if it reports that itself. One that crashed, timed out, could not be
started or was disabled, and a missing or broken result file, count as failed.
"""
import sys
import xml.etree.ElementTree

SKIP_REASONS = ("SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION")


def outcome(case):
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if case.get("status") == "notrun" and skipped is not None:
        if skipped.get("message", "").startswith(SKIP_REASONS):
            return "skipped"
    return "failed"


def output(case):
    return (case.findtext("system-out") or "").splitlines()


def reason(case):
    for line in output(case):
        if "skipped: " in line:
            return line.split("skipped: ", 1)[1]
    return "no reason given"


def main(paths):
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        try:
            cases = xml.etree.ElementTree.parse(path).getroot().findall("testcase")
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            print(f"failed: no results: {error}")
            cases = []
        if not cases:
            count["failed"] += 1
        preset = path.split("/")[-2]
        for case in cases:
            result = outcome(case)
            count[result] += 1
            for line in output(case):
                if line.startswith("wine-run: "):
                    print(f"note: {preset}, {case.get('name')}: {line}")
            if result == "failed":
                print(f"failed: {preset}, {case.get('name')}")
                print("    " + "\n    ".join(output(case)[-60:]))
            elif result == "skipped":
                print(f"skipped: {preset}, {case.get('name')}: {reason(case)}")
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] else 0


sys.exit(main(sys.argv[1:]))
