"""A signal ends the tool although nobody reads what it writes."""
import time

from _tool import FOR_WINDOWS, Skip, Tool, run, sender


def reader_that_never_reads():
    if FOR_WINDOWS:
        raise Skip("Windows cannot interrupt a write that waits for its reader")
    with Tool("127.0.0.1:0", "--format", "jsonl", read_output=False) as tool:
        with sender() as out:
            for _ in range(2000):  # far more text than a pipe holds
                out.sendto(b"x", ("127.0.0.1", tool.port))
        time.sleep(0.3)
        summary = tool.end()
        assert summary["shown"] < summary["datagrams"], summary


run(reader_that_never_reads)
