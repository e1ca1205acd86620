#!/usr/bin/env python3
"""capture-million.py RECEIVER FOLDER [DATAGRAMS]: captures a million datagrams as fast as they can be sent.

RECEIVER is the receiver tool (build/linux/examples/receiver/receiver), FOLDER a place on the disk to be measured.
Every datagram is in the file, or the summary counts it: as dropped by the kernel, or as lost by the capture. The file
is read by Wireshark's capinfos as well. Exit status 1 if a datagram is missing. Linux.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PAYLOAD_BYTES = 64
PER_CALL = 50
UDP_SEGMENT = 103  # linux/udp.h
SECTION, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6


def packets_in(path):
    """The numbers in the packets of a file; the file must consist of whole blocks."""
    with open(path, "rb") as file:
        data = file.read()
    numbers, at = [], 0
    while at < len(data):
        kind, length = int.from_bytes(data[at:at + 4], "little"), int.from_bytes(data[at + 4:at + 8], "little")
        assert at + length <= len(data) and data[at + 4:at + 8] == data[at + length - 4:at + length], f"at {at}"
        if kind == PACKET:
            numbers.append(int.from_bytes(data[at + 28 + 28:at + 28 + 28 + 4], "big"))
        at += length
    return numbers


def send_all(port, count):
    rest = bytes(PAYLOAD_BYTES - 4)
    begin = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", port))
        out.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, PAYLOAD_BYTES)
        for first in range(0, count, PER_CALL):
            out.send(b"".join(number.to_bytes(4, "big") + rest for number in range(first, min(first + PER_CALL, count))))
        seconds = time.monotonic() - begin
        # The kernel reports its drops with the next datagram that it does not drop.
        for marker in range(count, count + 100):
            time.sleep(0.01)
            out.send(marker.to_bytes(4, "big") + rest)
    return count + 100, seconds


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tool, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = os.path.join(place, "capture.pcapng")
        process = subprocess.Popen([tool, "127.0.0.1:0", "--format", "none", "--receive-buffer", str(1 << 26),
                                    "--want", "destination,interface,ttl,tos,timestamp", "--pcapng", path],
                                   stderr=subprocess.PIPE, text=True)
        port = int(process.stderr.readline().rpartition(":")[2])
        sent, seconds = send_all(port, count)
        process.send_signal(signal.SIGTERM)
        errors = process.communicate()[1]
        summary = {name: int(value) for name, value in re.findall(r"^  (\S+) +(\d+)$", errors, re.M)}
        numbers = packets_in(path)
        size = os.path.getsize(path)
        if shutil.which("capinfos"):
            output = subprocess.run(["capinfos", "-Mc", path], capture_output=True, text=True, check=True).stdout
            assert int(re.search(r"Number of packets: +(\d+)", output)[1]) == len(numbers), output
    print(f"sent {sent} in {seconds:.2f} s ({sent / seconds:.0f}/s), received {summary['datagrams']}, "
          f"in the file {len(numbers)} ({size / 1e6:.0f} MB), kernel drops {summary.get('kernel_drops', 0)}, "
          f"buffer full {summary['capture_buffer_full']}, write failed {summary['capture_write_failed']}")
    assert numbers == sorted(set(numbers)), "not in order"
    assert len(numbers) == summary["capture_written"], "the file and the summary differ"
    assert summary["datagrams"] == sum(summary[f"capture_{name}"] for name in ("written", "buffer_full", "write_failed"))
    assert sent == summary["datagrams"] + summary.get("kernel_drops", 0) + summary["discarded_on_stop"], "lost in silence"


main()
