"""A signal and --duration end the tool although nobody reads its output."""
import os
import select
import time

from _tool import FOR_WINDOWS, UNDER_WINE, Skip, Tool, expect, run, sender


def wait_until_it_writes_in_vain(pid):
    """Waits until the pipe is full and the tool sleeps: with datagrams left, it can only sleep in a write."""
    pipe = os.open(f"/proc/{pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
    try:
        room = select.poll()
        room.register(pipe, select.POLLOUT)
        while room.poll(0) or state_of(pid) != "S":
            time.sleep(0.01)
    finally:
        os.close(pipe)


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0]


def reader_that_never_reads():
    if FOR_WINDOWS:
        raise Skip("Windows cannot interrupt a blocked write")
    with Tool("127.0.0.1:0", "--format", "jsonl", read_output=False) as tool:
        with sender() as out:
            for _ in range(2000):  # far more text than a pipe holds
                out.sendto(b"x", ("127.0.0.1", tool.port))
        wait_until_it_writes_in_vain(tool.process.pid)
        summary = tool.end()
        assert 0 < summary["not_shown"], summary
        expect(summary["shown"] + summary["not_shown"] + summary["discarded_on_stop"],
               summary["datagrams"])


def duration_with_a_reader_that_never_reads():
    if UNDER_WINE:
        raise Skip("Wine does not cancel a blocked write to a pipe of the host")
    with Tool("127.0.0.1:0", "--format", "jsonl", "--duration", 3, read_output=False) as tool:
        with sender() as out:
            while tool.process.poll() is None:  # more in a second than a pipe holds
                out.sendto(b"x", ("127.0.0.1", tool.port))
                time.sleep(0.0005)
        expect(tool.wait(), 0)
        summary = tool.summary()
        assert 0 < summary["not_shown"], summary
        expect(summary["shown"] + summary["not_shown"] + summary["discarded_on_stop"],
               summary["datagrams"])


run(reader_that_never_reads, duration_with_a_reader_that_never_reads)
