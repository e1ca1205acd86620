"""Standard output is prompt and complete, and missing data is reported."""
import json
import re
import threading
import time

from _tool import ON_WINDOWS, Skip, Tool, expect, expect_keys, run, send, sender


def a_line_waits_for_no_other():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        for _ in range(3):
            send(tool.port, "127.0.0.1")
            tool.objects(1)


def payloads_of_every_size():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        for size in (0, 1, 1472, 65507):  # 65507: the largest IPv4 payload
            send(tool.port, "127.0.0.1", bytes(size))
            (seen,) = tool.objects(1)
            expect_keys(seen, {"length": size, "payload_truncated": False})


def truncated_payload():
    with Tool("127.0.0.1:0", "--format", "jsonl", "--payload-capacity", 8) as tool:
        for size, length, truncated in ((8, 8, False), (9, 8, True), (1400, 8, True), (0, 0, False)):
            send(tool.port, "127.0.0.1", bytes(size), hop_limit=9)
            (seen,) = tool.objects(1)
            # The metadata is complete nevertheless.
            expect_keys(seen, {"length": length, "payload_truncated": truncated, "ttl": 9,
                               "control_truncated": False, "destination": "127.0.0.1"})
        expect_keys(tool.end(), {"shown": 4, "payload_truncated": 2, "control_truncated": 0})


def a_burst_in_order():
    count = 200
    with Tool("127.0.0.1:0", "--format", "jsonl", "--receive-buffer", 1 << 20) as tool:
        with sender() as out:
            for number in range(count):
                out.sendto(bytes(number), ("127.0.0.1", tool.port))
        expect([seen["length"] for seen in tool.objects(count)], list(range(count)))


def slow_reader():
    """While nobody reads, the tool waits, and the kernel's drops are counted."""
    count = 20000
    with Tool("127.0.0.1:0", "--format", "jsonl", "--want", "ttl", read_output=False) as tool:
        with sender() as out:
            for _ in range(count):
                out.sendto(bytes(100), ("127.0.0.1", tool.port))
            reading = Reading(tool.process.stdout)
            # The kernel reports its total with the next datagram that it does not drop.
            more = 0
            while not more or not reading.ends_with(100 + more):
                more += 1
                out.sendto(bytes(100 + more), ("127.0.0.1", tool.port))
        summary = tool.end()
        expect(summary["shown"], len(reading.lines))
        expect(summary["datagrams"], len(reading.lines))
        if summary["kernel_drops"] is not None:
            assert summary["kernel_drops"] > 0, "the reader was not slow enough"
            expect(summary["shown"] + summary["kernel_drops"], count + more)


class Reading:
    """Starts reading the output."""

    def __init__(self, pipe):
        self.lines = []
        self._pipe = pipe
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._pipe:
            self.lines.append(line)

    def ends_with(self, length):
        """Whether the last line shows a datagram of this length, once no more lines arrive."""
        seen = -1
        while len(self.lines) != seen:
            seen = len(self.lines)
            time.sleep(0.2)
        return bool(self.lines) and json.loads(self.lines[-1])["length"] == length


def reader_that_goes_away():
    with Tool("127.0.0.1:0", "--format", "jsonl", read_output=False) as tool:
        tool.process.stdout.close()
        send(tool.port, "127.0.0.1")
        expect(tool.wait(), 1)
        line = next(line for line in tool.errors.rest() if line.startswith("receiver: "))
        assert "cannot write to standard output" in line, line
        expect(tool.summary()["datagrams"], 1)


def columns(line, heading):
    """The cells of a line under the titles of the heading."""
    titles = heading.replace("time (UTC)", "time_(UTC)").split()
    starts = [heading.replace("time (UTC)", "time_(UTC)").index(title) for title in titles]
    ends = [start + len(title) for start, title in zip(starts, titles)]
    right = {"ttl", "tos", "dscp", "segment", "length"}
    cells = {}
    for i, title in enumerate(titles):
        if title in right:
            cells[title] = line[:ends[i]].split()[-1]
        else:
            cells[title] = (line[starts[i]:].split() or [""])[0]
            if line[starts[i]:starts[i] + 1] == " ":
                cells[title] = None  # nothing under this title, or not aligned
    return cells


def table():
    if ON_WINDOWS:
        raise Skip("the table has a TOS, and Windows ignores one that a program sets")
    with Tool("0.0.0.0:0", "--payload-capacity", 5) as tool:
        port = send(tool.port, "127.0.0.5", b"abc", hop_limit=33, traffic_class=0xB9)
        heading, first = tool.output.next(), tool.output.next()
        send(tool.port, "127.0.0.1", b"abcdef", hop_limit=255, traffic_class=0)
        second = tool.output.next()
        tool.end()
        expect(tool.output.next(), None)
    cells = columns(first, heading)
    expect_keys(cells, {"remote": f"127.0.0.1:{port}", "destination": "127.0.0.5", "arrived": "-",
                        "ttl": "33", "tos": "0xb9", "dscp": "46", "ecn": "ect1", "segment": "-",
                        "length": "3"})
    expect(columns(second, heading), {
        **columns(second, heading), "destination": "127.0.0.1", "ttl": "255", "tos": "0x00",
        "dscp": "0", "ecn": "none", "length": "5", "flags": "truncated"})


def table_without_metadata():
    with Tool("127.0.0.1:0", "--want", "ecn") as tool:
        send(tool.port, "127.0.0.1")
        heading, first = tool.output.next(), tool.output.next()
    cells = columns(first, heading)
    # The time of reading is marked.
    assert re.fullmatch(r"~\d\d:\d\d:\d\d\.\d\d\d", cells["time_(UTC)"]), cells
    for title in ("destination", "interface", "received", "ttl", "segment"):
        expect(cells[title], "-", title)


run(a_line_waits_for_no_other, payloads_of_every_size, truncated_payload, a_burst_in_order, slow_reader,
    reader_that_goes_away, table, table_without_metadata)
