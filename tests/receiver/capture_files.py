"""Where --pcapng writes: series of files, standard output; and its command lines."""
import os
import re
import subprocess

import _capture
from _capture import capture, files_of, need_wireshark, new_folder, packets, path_for_tool
from _tool import EMULATOR, TOOL, Skip, complete, expect, expect_one_line, run, send, sender


def files_limited_by_size():
    need_wireshark("capinfos", "mergecap")
    limit, datagrams = 20_000, 200
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0", "--pcapng-max", "20k") as tool:
            with sender() as out:
                for number in range(datagrams):
                    out.sendto(number.to_bytes(4, "big") + bytes(500), ("127.0.0.1", tool.port))
                    if (number + 1) % 20 == 0:  # so that the receive buffer never fills
                        tool.objects(20)
            summary = tool.end()
        files = files_of(folder)
        expect(summary["capture_files"], len(files))
        expect(summary["capture_written"], datagrams)
        assert len(files) >= 6, files
        for number, path in enumerate(files, 1):
            name = os.path.basename(path)
            assert re.fullmatch(rf"capture_{number:05}_\d{{14}}\.pcapng", name), name
            assert os.path.getsize(path) <= limit, (path, os.path.getsize(path))
            kinds = [kind for kind, _ in _capture.blocks(path)]
            expect(kinds[:2], [_capture.SECTION, _capture.INTERFACE], name)
            expect(kinds[-1], _capture.STATISTICS, name)
            assert _capture.run("capinfos", path)[0] == 0, name
        merged = os.path.join(folder, "merged")
        status, _, errors = _capture.run("mergecap", "-w", merged, *files)
        expect(status, 0, errors)
        expect([int(packet["udp.payload"][:8], 16) for packet in packets(merged, ["udp.payload"])],
               list(range(datagrams)))


def files_limited_by_time():
    """A file ends after a second, and another begins with the next datagram."""
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0", "--pcapng-max", "1s,1M") as tool:
            for number in (1, 2):
                send(tool.port, "127.0.0.1", bytes([number]))
                tool.objects(1)
                _capture.wait_until(lambda: len(files_of(folder)) > number, "another file")
            tool.end()
        found = [[data[-1] for kind, data in _capture.blocks(path) if kind == _capture.PACKET]
                 for path in files_of(folder)]
        expect([len(each) for each in found], [1, 1, 0])


def no_directory_to_write_to():
    with new_folder() as folder:
        path = path_for_tool(os.path.join(folder, "no", "such", "file"))
        status, _, errors = complete("127.0.0.1:0", "--pcapng", path)
        expect(status, 1)
        assert any(line.startswith("receiver: cannot write the capture to ") and "file" in line
                   for line in errors), errors


def to_standard_output():
    need_wireshark()
    process = subprocess.Popen([*EMULATOR, TOOL, "127.0.0.1:0", "--pcapng", "-", "--count", "3"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    port = int(process.stderr.readline().rpartition(b":")[2])
    for number in range(3):
        # Bytes that a text stream on Windows would change.
        send(port, "127.0.0.1", bytes([number]) + b"\n\r\n\x1a\n")
    output, errors = process.communicate(timeout=_capture.PATIENCE_SECONDS)
    expect(process.returncode, 0, errors)
    with new_folder() as folder:
        path = os.path.join(folder, "out")
        with open(path, "wb") as file:
            file.write(output)
        expect([packet["udp.payload"] for packet in packets(path)],
               [(bytes([number]) + b"\n\r\n\x1a\n").hex() for number in range(3)])


def live_into_tshark():
    """receiver ... --pcapng - | tshark -i -: tshark shows a packet while the tool runs."""
    need_wireshark("tshark", "dumpcap")
    process = subprocess.Popen([*EMULATOR, TOOL, "127.0.0.1:0", "--pcapng", "-"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reader = None
    try:
        port = int(process.stderr.readline().rpartition(b":")[2])
        reader = subprocess.Popen(["tshark", "-n", "-l", "-i", "-", "-c", "2", "-T", "fields", "-e", "udp.payload"],
                                  stdin=process.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        send(port, "127.0.0.1", b"one")
        send(port, "127.0.0.1", b"two")
        output, errors = reader.communicate(timeout=_capture.PATIENCE_SECONDS)
        if b"Couldn't run dumpcap" in errors or b"Permission denied" in errors:
            raise Skip("this user may not run dumpcap")
        expect(output.decode().split(), [b"one".hex(), b"two".hex()], errors)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        if reader:
            reader.kill()
            reader.wait()


def odd_command_lines():
    expect_one_line(2, ["--pcapng-max", "needs --pcapng"], "--pcapng-max", "10M")
    expect_one_line(2, ["--pcapng-max", "file name"], "--pcapng", "-", "--pcapng-max", "10M")
    expect_one_line(2, ["--format", "standard output"], "--pcapng", "-", "--format", "jsonl")
    expect_one_line(2, ["--pcapng", "file name"], "--pcapng", "")
    for text in ("10", "M", "10X", "9k", "0s", "-1s", "1s,2s", "1M,2M", "1M,", ",", "1.5h", "10m", "9999999G",
                 "1M,1h,1s", "10 M"):
        expect_one_line(2, ["--pcapng-max", "'" + text + "'", "100M", "5min"], "--pcapng", "x", "--pcapng-max=" + text)


run(files_limited_by_size, files_limited_by_time, no_directory_to_write_to, to_standard_output, live_into_tshark,
    odd_command_lines)
