#!/usr/bin/env python3
"""check-call-sites.py: every system call of the library is listed with a test in tests/recvmsg/call_sites.txt.

Fails if a call was added, moved or removed without updating the list, if a call bypasses
system_calls, and if a listed test does not exist. Also compares tests/stand_in/system_calls.txt with
the calls of a Windows program and with those that the stand-in replaces.
"""

import collections
import pathlib
import re
import sys

root = pathlib.Path(__file__).parent.parent
problems = []

# The library's own calls: through system_calls, or through the WSARecvMsg pointer.
OWN = re.compile(r"\bsystem\.(\w+)\(|(?<![:\w.])(recvmsg_?)\((?=socket)")
# Calls that Asio makes for the library, on sockets and timers.
BY_ASIO = re.compile(
    r"\b(?:socket_?|retry_)(?:\.|->)(open|bind|connect|set_option|get_option|async_wait|close|native_non_blocking)\("
)
# Direct calls: only those that cannot fail, whose result is ignored, or that look up a name.
STRAIGHT = re.compile(r"(?<![\w>:])::([A-Za-z_]\w*)\(")
LOOK_UPS = {
    "WSAGetLastError",
    "close",
    "closesocket",
    "freeifaddrs",
    "if_nametoindex",
    "if_indextoname",
    "MultiByteToWideChar",
    "WideCharToMultiByte",
    "ConvertInterfaceAliasToLuid",
    "ConvertInterfaceLuidToAlias",
    "ConvertInterfaceLuidToIndex",
    "ConvertInterfaceIndexToLuid",
    "QueryPerformanceCounter",
    "QueryPerformanceFrequency",
    "GetModuleHandleW",
    "GetProcAddress",
    "GetActiveProcessorCount",
    "getpid",
    "geteuid",
    "stat",
    "fcntl", # F_SETFD
}

found = collections.Counter()
source = root / "recvmsg" / "src"
for path in sorted(source.rglob("*.cpp")):
    name = path.relative_to(source).as_posix().removeprefix("platform/")
    text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
    for match in OWN.finditer(text):
        found[name, match[1] or "recvmsg"] += 1
    for match in BY_ASIO.finditer(text):
        found[name, match[1]] += 1
    for match in STRAIGHT.finditer(text):
        if match[1] not in LOOK_UPS and match[1] not in ("operator",):
            problems.append(f"{name}: ::{match[1]} bypasses system_calls")

listed = collections.Counter()
tests = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("recvmsg", "stand_in")
    for path in sorted((root / "tests" / folder).rglob("*.cpp"))
)
tests = re.sub(r'"\s*\n\s*"', "", tests)  # names that span two lines
for line in (root / "tests" / "recvmsg" / "call_sites.txt").read_text(encoding="utf-8").splitlines():
    if not line or line.startswith("#"):
        continue
    name, function, count, test = line.split(maxsplit=3)
    listed[name, function] += int(count)
    if f'TEST_CASE("{test}"' not in tests:
        problems.append(f"{name}: {function}: no test '{test}'")

for key in sorted(found.keys() | listed.keys()):
    if found[key] != listed[key]:
        problems.append(f"{key[0]}: {key[1]} is called {found[key]} times, {listed[key]} are listed")

# Which calls of a Windows program the stand-in replaces.
stand_in = (root / "tests/support/stand_in/windows/entry_points.cpp").read_text(encoding="utf-8")
replaced = set(re.findall(r"\bcalls\.(\w+) = &", stand_in))
calls = {call for name, call in found if not name.startswith("linux/")}
answered = dict(
    line.split()
    for line in (root / "tests/stand_in/system_calls.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
for call in sorted(calls ^ answered.keys()):
    problems.append(f"system_calls.txt: {call} is not {'listed' if call in calls else 'called'}")
for call in sorted(replaced ^ {call for call, by in answered.items() if by == "stand-in"}):
    problems.append(f"system_calls.txt: the stand-in and the list differ for {call}")

print("\n".join(problems) or f"{sum(found.values())} call sites, all with a test")
sys.exit(1 if problems else 0)
