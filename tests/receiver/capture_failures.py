"""A capture that ends badly: the disk is full, the tool is killed, the reader stops or goes away."""
import os
import shutil
import signal
import subprocess
import threading
import time

import _capture
from _capture import file_has, need_wireshark, new_folder, path_for_tool, wait_until
from _tool import (EMULATOR, FOR_WINDOWS, ON_WINDOWS, TOOL, UNDER_WINE, Skip, Tool, expect, expect_keys, run, send,
                   sender)


def killed():
    """What has been flushed is readable; nothing needs the tool's cooperation."""
    need_wireshark()
    if UNDER_WINE:
        raise Skip("the process that would be killed is the emulator's starter")
    with new_folder() as folder:
        path = os.path.join(folder, "capture")
        with Tool("127.0.0.1:0", "--format", "none", "--pcapng", path) as tool:
            with sender() as out:
                for number in range(500):
                    out.sendto(number.to_bytes(2, "big"), ("127.0.0.1", tool.port))
                    if (number + 1) % 50 == 0:  # so that the receive buffer never fills
                        wait_until(file_has(path, number + 1), f"{number + 1} datagrams in the file")
            tool.process.kill()  # SIGKILL
            tool.wait()
        found = _capture.packets(path, ["udp.payload"])
        expect([int(packet["udp.payload"], 16) for packet in found], list(range(500)))


def device_is_full():
    if FOR_WINDOWS:
        raise Skip("/dev/full is a file of Linux")
    with Tool("127.0.0.1:0", "--format", "none", "--pcapng", "/dev/full") as tool:
        # Even the section header fails, so the tool ends by itself.
        expect(tool.wait(), 1)
        lines = tool.errors.rest()
    assert any("receiver: cannot write the capture to /dev/full: No space left on device" in line
               for line in lines), lines


def disk_is_full():
    """Up to the limit of the file's size, which acts as a full disk does, nothing is lost."""
    need_wireshark()
    if FOR_WINDOWS:
        raise Skip("there is no such limit")
    limit = 20_000
    with new_folder() as folder:
        path = os.path.join(folder, "capture")
        process = subprocess.Popen(
            ["sh", "-c", f'ulimit -f {limit // 1000}; trap "" XFSZ; exec "$@"', "sh", TOOL, "127.0.0.1:0", "--format",
             "none", "--pcapng", path], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        port = int(process.stderr.readline().rpartition(":")[2])
        sent = 0
        with sender() as out:
            while process.poll() is None and sent < 10_000:
                out.sendto(sent.to_bytes(4, "big") + bytes(300), ("127.0.0.1", port))
                sent += 1
                if sent % 20 == 0:
                    wait_until(lambda: file_has(path, sent)() or process.poll() is not None or
                               os.path.getsize(path) > limit // 2, "the file grows")
        errors = process.communicate(timeout=_capture.PATIENCE_SECONDS)[1].splitlines()
        expect(process.returncode, 1, errors)
        message = next(line for line in errors if line.startswith("receiver: cannot write the capture to "))
        summary = dict(line.split() for line in errors if line.startswith("  "))
        written = int(summary["capture_written"])
        assert "File too large" in message and f"it has {written} of " in message, message
        expect(int(summary["capture_written"]) + int(summary["capture_buffer_full"]) +
               int(summary["capture_write_failed"]), int(summary["datagrams"]), summary)
        found = _capture.packets(path, ["udp.payload"])
        expect([int(packet["udp.payload"][:8], 16) for packet in found], list(range(written)))
        assert written > 10, written


def reader_that_goes_away():
    process = subprocess.Popen([*EMULATOR, TOOL, "127.0.0.1:0", "--pcapng", "-"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    try:
        port = int(process.stderr.readline().rpartition(":")[2])
        process.stdout.buffer.read(12)  # the header is there
        process.stdout.close()
        send(port, "127.0.0.1")
        errors = process.communicate(timeout=_capture.PATIENCE_SECONDS)[1]
        expect(process.returncode, 1, errors)
        assert "receiver: cannot write the capture to standard output: " in errors, errors
    finally:
        process.kill()


def reader_that_never_reads():
    """Receiving goes on, the losses are counted, and the tool ends."""
    if FOR_WINDOWS:
        raise Skip("Wine does not cancel a blocked write to a pipe of the host; Windows is not tested")
    count = 3000
    with Tool("127.0.0.1:0", "--pcapng", "-", "--receive-buffer", 1 << 22, read_output=False) as tool:
        with sender() as out:
            for _ in range(count):
                out.sendto(bytes(1000), ("127.0.0.1", tool.port))
        tool.ask_to_end()
        expect(tool.wait(), 1)
        assert any("its reader has stopped reading" in line for line in tool.errors.rest()), tool.errors.lines
        summary = tool.summary()
    assert summary["capture_write_failed"] > 0, summary
    expect(summary["capture_written"] + summary["capture_buffer_full"] + summary["capture_write_failed"] +
           summary["discarded_on_stop"], summary["datagrams"], summary)
    expect_keys(summary, {"capture_buffer_full": 0})


def second_signal():
    """While the tool waits for a reader that has stopped reading, another Ctrl-C ends it at once."""
    if FOR_WINDOWS:
        raise Skip("which signals are caught is read from /proc")
    terminate = 1 << (signal.SIGTERM - 1)

    def catches_it(process):
        with open(f"/proc/{process}/status", encoding="ascii") as status:
            return int(next(line for line in status if line.startswith("SigCgt:")).split()[1], 16) & terminate

    with Tool("127.0.0.1:0", "--pcapng", "-", "--receive-buffer", 1 << 22, read_output=False) as tool:
        with sender() as out:
            for _ in range(200):  # more than the pipe holds
                out.sendto(bytes(1000), ("127.0.0.1", tool.port))
        wait_until(lambda: waiting_bytes(tool.port) == 0, "all are read")
        assert catches_it(tool.process.pid)
        tool.ask_to_end()
        wait_until(lambda: not catches_it(tool.process.pid), "it no longer catches the signal")
        tool.ask_to_end()
        expect(tool.wait(), -signal.SIGTERM)


def waiting_bytes(port):
    """In the receive buffer of the socket on 127.0.0.1:port."""
    local = f"0100007F:{port:04X}"
    with open("/proc/net/udp", encoding="ascii") as sockets:
        return sum(int(line.split()[4].partition(":")[2], 16) for line in sockets if line.split()[1] == local)


def pause_on_full():
    pause_on_full_with()


def pause_on_full_with_large_batches():
    """Its slots hold more than half of the usual buffer."""
    pause_on_full_with("--batch", 1024)


def pause_on_full_with(*arguments):
    """A reader that is slower than the network: with --pause-on-full the capture lacks nothing that was received."""
    if FOR_WINDOWS:
        raise Skip("the size of the receive queue is read from /proc/net/udp")
    need_wireshark()
    payload = bytes(60_000)
    with new_folder() as folder:
        path = os.path.join(folder, "capture")
        with Tool("127.0.0.1:0", "--pcapng", "-", "--pause-on-full", *arguments, read_output=False) as tool:
            paused = threading.Event()

            def wait_for_pause():
                while "receiving pauses until" not in tool.errors.next():
                    pass
                paused.set()

            threading.Thread(target=wait_for_pause, daemon=True).start()
            with sender() as out:
                while not paused.is_set():  # nobody reads, and two buffers of 32 MiB are not endless
                    out.sendto(payload, ("127.0.0.1", tool.port))
                    while waiting_bytes(tool.port) and not paused.is_set():
                        time.sleep(0.0001)
                # The datagrams that fill the slots, then those that the system drops.
                for _ in range(1200):
                    out.sendto(payload, ("127.0.0.1", tool.port))
                    time.sleep(0.0005)
            with open(path, "wb") as file:
                reader = threading.Thread(target=shutil.copyfileobj, args=(tool.process.stdout.buffer, file))
                reader.start()
                wait_until(lambda: waiting_bytes(tool.port) == 0, "receiving goes on")
                with sender() as out:
                    out.sendto(b"the last", ("127.0.0.1", tool.port))
                wait_until(lambda: waiting_bytes(tool.port) == 0, "the last datagram is read")
                tool.ask_to_end()
                expect(tool.wait(), 0, tool.errors.lines)
                reader.join()
            summary = tool.summary()
        assert summary["pauses"] >= 1, summary
        expect(summary["capture_written"], summary["datagrams"] - summary["discarded_on_stop"], summary)
        expect_keys(summary, {"capture_buffer_full": 0, "capture_write_failed": 0})
        found = _capture.packets(path, ["udp.length"])
        expect(len(found), summary["capture_written"])
        expect(int(found[-1]["udp.length"]), 8 + len(b"the last"))


run(killed, device_is_full, disk_is_full, reader_that_goes_away, reader_that_never_reads, second_signal, pause_on_full,
    pause_on_full_with_large_batches)
