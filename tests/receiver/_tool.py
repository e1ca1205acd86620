"""Runs the receiver tool and sends to it over real sockets. Standard library only.

A script here is called with the tool, and an emulator if the tool needs one (Wine). It passes its
cases to run(). Exit status: 0 passed, 1 failed, 77 skipped, with the reason printed.
"""
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from _own_network import enter_own_network, is_own_network  # noqa: E402, F401

TOOL = os.path.abspath(sys.argv[1])
EMULATOR = sys.argv[2:]
ON_WINDOWS = os.name == "nt"
FOR_WINDOWS = TOOL.endswith(".exe")
UNDER_WINE = FOR_WINDOWS and not ON_WINDOWS
SKIPPED = 77
# The metadata that the tool requests unless told otherwise, in the order of its report.
ALL_KINDS = ["destination", "interface", "receive-interface", "arrival-interface", "ttl", "tos",
             "ecn", "coalescing", "timestamp", "hardware-timestamp"]
# For operations that take milliseconds. Every wait ends with its event; this limit only ends a test
# that would hang otherwise, shortly before CTest does, so that it reports what was missing.
PATIENCE_SECONDS = 50


class Skip(Exception):
    pass


class Output:
    """The lines of a pipe, read by a thread so that the tool never blocks."""

    def __init__(self, pipe):
        self.lines = []
        self._queue = queue.Queue()
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe):
        for line in pipe:
            self._queue.put(line.rstrip("\r\n"))
        self._queue.put(None)

    def next(self, timeout=PATIENCE_SECONDS):
        """The next line; None at the end."""
        try:
            line = self._queue.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no further line within {timeout} s after {self.lines}") from None
        if line is None:
            self._queue.put(None)
        else:
            self.lines.append(line)
        return line

    def rest(self):
        while self.next() is not None:
            pass
        return self.lines


class Tool:
    """One run of the receiver tool; a context manager that leaves no process behind."""

    def __init__(self, *arguments, read_output=True):
        flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if ON_WINDOWS else {}
        self.process = subprocess.Popen(
            [*EMULATOR, TOOL, *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            errors="replace", **flags)
        self.errors = Output(self.process.stderr)
        self.output = Output(self.process.stdout) if read_output else None
        try:
            first = self.errors.next()
        except AssertionError:
            self.process.kill()
            raise
        match = re.fullmatch(r"listening on (.*):(\d+)", first or "")
        if not match:
            self.process.kill()
            raise AssertionError(f"the tool did not start: {self.errors.rest()}")
        self.address, self.port = match.group(1), int(match.group(2))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def objects(self, count):
        return [json.loads(self.output.next()) for _ in range(count)]

    def ask_to_end(self):
        if ON_WINDOWS:
            self.process.send_signal(signal.CTRL_BREAK_EVENT)
        else:  # Wine turns SIGINT, and only that, into Ctrl-C
            self.process.send_signal(signal.SIGINT if FOR_WINDOWS else signal.SIGTERM)

    def wait(self):
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def summary(self):
        """The counters of the tool's summary, by name; "-" as None."""
        lines = self.errors.rest()
        begin = next((i for i, line in enumerate(lines) if line.startswith("summary ")), None)
        assert begin is not None, f"no summary in {lines}"
        pairs = (line.split() for line in lines[begin + 1:] if line.startswith("  "))
        return {name: None if value == "-" else int(value) for name, value in pairs}

    def end(self):
        """Stops the tool; returns the summary."""
        self.ask_to_end()
        status = self.wait()
        assert status == 0, f"exit status {status}: {self.errors.rest()}"
        return self.summary()


def complete(*arguments):
    """Runs the tool without traffic; returns exit status, standard output, lines of errors."""
    def once():
        done = subprocess.run([*EMULATOR, TOOL, *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, encoding="utf-8", errors="replace",
                              timeout=PATIENCE_SECONDS)
        return done.returncode, done.stdout, done.stderr.splitlines()

    answer = once()
    if UNDER_WINE and answer == (1, "", []):  # a fault of Wine 8, see scripts/wine-run
        print("wine-run: the program ended with status 1 and no output; once more")
        answer = once()
    return answer


def sender(family=socket.AF_INET, *, hop_limit=None, traffic_class=None):
    """Omits the traffic class on Windows, which accepts the option and sends zero."""
    made = socket.socket(family, socket.SOCK_DGRAM)
    v6 = family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if v6 else socket.IPPROTO_IP
    if hop_limit is not None:
        made.setsockopt(level, socket.IPV6_UNICAST_HOPS if v6 else socket.IP_TTL, hop_limit)
    if traffic_class is not None and not ON_WINDOWS:
        made.setsockopt(level, socket.IPV6_TCLASS if v6 else socket.IP_TOS, traffic_class)
    return made


def of_traffic_class(traffic_class):
    """The tool's output for a datagram with this class from sender(); arbitrary on Windows."""
    if ON_WINDOWS:
        return {}
    return {"tos": traffic_class, "dscp": traffic_class >> 2, "ecn": traffic_class & 3}


def send(port, destination, payload=b"x", **options):
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with sender(family, **options) as out:
        if destination.startswith("127."):
            out.bind(("127.0.0.1", 0))  # systems choose different sources for 127.0.0.0/8
        out.sendto(payload, (destination, port))
        return out.getsockname()[1]


def need_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError as problem:
        raise Skip(f"no IPv6 on the loopback interface here: {problem}") from None


def expect(actual, wanted, what=""):
    assert actual == wanted, f"{what}: {actual!r} instead of {wanted!r}"


def expect_keys(actual, wanted):
    """`actual` has these keys with these values; None: the key must be absent."""
    for key, value in wanted.items():
        expect(actual.get(key), value, f"{key} of {actual}")


def expect_one_line(status, words, *arguments):
    """The tool exits with this status and prints one line that contains all these words."""
    actual, output, errors = complete(*arguments)
    expect(actual, status, f"exit status of {arguments}, which said {errors}")
    expect(output, "", f"standard output of {arguments}")
    expect(len(errors), 1, f"lines of {arguments}: {errors}")
    assert errors[0].startswith("receiver: "), errors
    for word in words:
        assert word in errors[0], f"{word!r} is not in {errors[0]!r}"


def run(*cases):
    failed = skipped = 0
    for case in cases:
        start = time.monotonic()
        try:
            case()
            result = "passed"
        except Skip as reason:
            skipped += 1
            result = f"skipped: {reason}"
        except Exception:
            failed += 1
            result = "FAILED\n" + traceback.format_exc()
        print(f"{case.__name__} ({time.monotonic() - start:.1f} s) {result}", flush=True)
    sys.exit(1 if failed else SKIPPED if skipped == len(cases) else 0)
