"""Every way to end prints a summary with all counters on standard error; exit status 0."""
import signal
import time

from _tool import ALL_KINDS, ON_WINDOWS, Tool, expect, expect_keys, run, send, sender

COUNTERS = ["shown", "datagrams", "bytes", "batches", "coalesced_buffers", "payload_truncated",
            "control_truncated", "control_malformed", "metadata_missing", "metadata_duplicate",
            "discarded_on_stop", "kernel_drops", "pauses", "wakeups", "errors.port_unreachable",
            "errors.other"]


def after_a_count():
    with Tool("127.0.0.1:0", "--format", "jsonl", "--count", 3) as tool:
        with sender() as out:  # more than the count, so that the last batch has more than needed
            for number in range(20):
                out.sendto(bytes(number), ("127.0.0.1", tool.port))
        expect(tool.wait(), 0)
        expect([seen["length"] for seen in tool.objects(3)], [0, 1, 2])
        expect(tool.output.next(), None, "a line beyond the count")
        summary = tool.summary()
        expect(summary["shown"], 3)
        for name in COUNTERS:
            assert name in summary, name


def after_a_time():
    duration = 1.2
    start = time.monotonic()
    with Tool("127.0.0.1:0", "--format", "none", "--duration", duration) as tool:
        send(tool.port, "127.0.0.1", b"four")
        expect(tool.wait(), 0)
        assert time.monotonic() - start >= duration
        expect(tool.output.next(), None, "output of the format none")
        summary = tool.summary()
        shown = summary["shown"]  # it may have ended before the datagram arrived
        assert shown in (0, 1), summary
        expect_keys(summary, {"datagrams": shown, "bytes": 4 * shown, "batches": shown})


def on_ctrl_c():
    with Tool("127.0.0.1:0") as tool:
        if ON_WINDOWS:
            tool.ask_to_end()
        else:
            tool.process.send_signal(signal.SIGINT)
        expect(tool.wait(), 0)
        expect(tool.summary()["datagrams"], 0)


def with_traffic_on_its_way():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool, sender() as out:
        for _ in range(300):
            out.sendto(b"x", ("127.0.0.1", tool.port))
        summary = tool.end()
        lines = len(tool.output.rest())
        # The signal may have interrupted a write, of which a part is in the output.
        assert summary["shown"] <= lines <= summary["shown"] + summary["not_shown"], (lines, summary)
        expect(summary["shown"] + summary["not_shown"] + summary["discarded_on_stop"],
               summary["datagrams"])


def rates_while_it_runs():
    with Tool("127.0.0.1:0", "--format", "none", "--stats", 0.2) as tool:
        for _ in ALL_KINDS:
            tool.errors.next()  # the kinds
        for _ in range(2):
            send(tool.port, "127.0.0.1")
            line = tool.errors.next()
            assert line.startswith("stats at ") and "datagrams/s" in line, line
        tool.end()


run(after_a_count, after_a_time, on_ctrl_c, with_traffic_on_its_way, rates_while_it_runs)
