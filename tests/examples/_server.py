"""Runs an example server and its client programs. Standard library only.

Exit status of a script that ends with run(): 0 passed, 1 failed, 77 skipped, with the reason printed.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from _own_network import enter_own_network, is_own_network  # noqa: E402, F401

PROGRAM = os.path.abspath(sys.argv[1])
EMULATOR = sys.argv[2:]
ON_WINDOWS = os.name == "nt"
FOR_WINDOWS = PROGRAM.endswith(".exe")
UNDER_WINE = FOR_WINDOWS and not ON_WINDOWS
SKIPPED = 77
# For operations that take milliseconds. Every wait ends with its event; this limit only ends a test
# that would hang otherwise, shortly before CTest does, so that it reports what was missing.
PATIENCE_SECONDS = 50


class Skip(Exception):
    pass


class Server:
    """One run of a server on a free port; a context manager."""

    def __init__(self, program=PROGRAM, arguments=()):
        self.process = subprocess.Popen([*EMULATOR, program, "0", *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.first_line = line
        match = re.search(r"on port (\d+)", line)
        if not match:
            self.process.kill()
            raise AssertionError(f"{program} did not start: {line!r}")
        self.port = int(match.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def refuses_wrong_arguments():
    for wrong in ("0.0.0.0:5353", "x", "70000", "-1", "53 4 extra"):
        done = subprocess.run([*EMULATOR, PROGRAM, *wrong.split()],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)
        expect(done.returncode != 0, True)
        expect("usage" in (done.stdout + done.stderr).lower(), True)


def need(command, package):
    # Debian installs chronyd in a folder outside the users' PATH.
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Skip(f"{command} is not installed (Debian: {package})")
    return found


def need_source_addresses():
    if UNDER_WINE:
        raise Skip("Wine ignores the source address of a reply; this needs Windows or Linux")


def need_traffic_classes():
    if ON_WINDOWS:
        raise Skip("Windows ignores a TOS that a program sets")
    if UNDER_WINE:
        raise Skip("Wine ignores how a reply is to be sent")


def need_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError as problem:
        raise Skip(f"no IPv6 on the loopback interface here: {problem}") from None


def asking(server, address, *, hop_limit=None, traffic_class=None):
    """A connected socket: it drops datagrams from any other address."""
    v6 = ":" in address
    made = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(PATIENCE_SECONDS)
    level = socket.IPPROTO_IPV6 if v6 else socket.IPPROTO_IP
    if hop_limit is not None:
        made.setsockopt(level, socket.IPV6_UNICAST_HOPS if v6 else socket.IP_TTL, hop_limit)
    if traffic_class is not None:
        made.setsockopt(level, socket.IPV6_TCLASS if v6 else socket.IP_TOS, traffic_class)
    made.connect((address, server.port))
    return made


class WallClock:
    """The interval of an event, robust against changes of the clock."""

    # Tolerance between two readings of one clock and for a clock being adjusted. Windows' clock may
    # tick only 64 times per second.
    SLACK_SECONDS = 0.1

    def __init__(self):
        self._wall, self._steady = time.time(), time.monotonic()

    def bounds(self):
        """The earliest and the latest time since construction."""
        wall, steady = time.time(), time.monotonic()
        slack = self.SLACK_SECONDS + abs((wall - self._wall) - (steady - self._steady))
        return self._wall - slack, wall + slack


def output_of(*command):
    done = subprocess.run([str(each) for each in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=PATIENCE_SECONDS)
    return done.returncode, done.stdout


def expect(actual, wanted, what=""):
    assert actual == wanted, f"{what}: {actual!r} instead of {wanted!r}"


def run(*cases):
    failed = skipped = 0
    for case in cases:
        try:
            case()
            result = "passed"
        except Skip as reason:
            skipped += 1
            result = f"skipped: {reason}"
        except Exception:
            failed += 1
            result = "FAILED\n" + traceback.format_exc()
        print(f"{case.__name__} {result}", flush=True)
    sys.exit(1 if failed else SKIPPED if skipped == len(cases) else 0)
