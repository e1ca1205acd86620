"""_run_program.py DESCRIPTION PROGRAM [EMULATOR]: runs a program of a guide and sends it datagrams.

A program that names a port must print a line that matches `expect` in its description; another one
must end by itself.
"""
import json
import os
import pathlib
import queue
import re
import socket
import subprocess
import sys
import threading
import time

PATIENCE_SECONDS = 50
about = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
command = [*sys.argv[3:], os.path.abspath(sys.argv[2])]


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
            return True
        except OSError:
            return False


deadline = time.monotonic() + PATIENCE_SECONDS
if not about["ports"]:
    sys.exit(subprocess.run(command, stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS).returncode)
while not all(is_free(port) for port in about["ports"]):
    if time.monotonic() > deadline:
        print(f"skipped: another program uses a port of {about['ports']}")
        sys.exit(77)
    time.sleep(0.2)

expected = re.compile(about.get("expect", "."))
with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process, \
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    lines, printed = queue.Queue(), []
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
    try:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 33)
        sender.bind(("127.0.0.1", 0))
        while time.monotonic() < deadline and process.poll() is None:
            sender.sendto(b"hello", ("127.0.0.1", about["ports"][0]))
            try:
                printed.append(lines.get(timeout=0.2).rstrip())
            except queue.Empty:
                continue
            if expected.search(printed[-1]):
                print(about["title"], printed[-1])
                sys.exit(0)
    finally:
        process.kill()
sys.exit(f"{about['title']}: no line matches {expected.pattern!r}: {printed}")
