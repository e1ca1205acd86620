"""The minimal example: the README quotes it verbatim, and it does what the README says."""
import os
import pathlib
import queue
import re
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 9000  # fixed in the program
PATIENCE_SECONDS = 50


def check_quotation():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first_code = re.search(r"```cpp\n(.*?)```", readme, re.DOTALL).group(1)
    program = (ROOT / "examples" / "minimal.cpp").read_text(encoding="utf-8")
    assert first_code == program, "README.md does not quote examples/minimal.cpp as it is"


def wait_for_port():
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("0.0.0.0", PORT))
                return
            except OSError:
                time.sleep(0.2)
    print(f"skipped: another program uses port {PORT}")
    sys.exit(77)


def first_line(process):
    """Sends until the program, which does not report when it is ready, prints a line."""
    lines = queue.Queue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 33)
        sender.bind(("127.0.0.1", 0))  # systems choose different sources for 127.0.0.5
        while time.monotonic() < deadline and process.poll() is None:
            sender.sendto(b"hello", ("127.0.0.5", PORT))
            try:
                return lines.get(timeout=0.2).rstrip(), sender.getsockname()[1]
            except queue.Empty:
                pass
    raise AssertionError("the program printed nothing")


check_quotation()
wait_for_port()
command = [*sys.argv[2:], os.path.abspath(sys.argv[1])]
with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
    try:
        line, port = first_line(process)
    finally:
        process.kill()
wanted = f"5 bytes from 127.0.0.1:{port} to 127.0.0.5, TTL 33"
assert line == wanted, f"{line!r} instead of {wanted!r}"
print(line)
