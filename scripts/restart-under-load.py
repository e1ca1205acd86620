#!/usr/bin/env python3
"""restart-under-load.py SERVER LOAD [RESTARTS RATE]: restarts a server while datagrams arrive. Linux.

SERVER is the example restarting_server, LOAD the test program restart_load (both are in the build folder).
Each run takes over from the one before, RESTARTS times (10), under RATE datagrams a second (50,000). Fails
unless each datagram that the system did not drop is answered exactly once and each flow keeps its lane.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

PATIENCE_SECONDS = 50
MEASURE_SECONDS = 0.3  # of traffic for each run


class Run:
    """One process of the server."""

    def __init__(self, server, port, path):
        self.began = time.monotonic()
        self.process = subprocess.Popen([server, str(port), path], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.ready = time.monotonic()
        found = re.search(r"receives on port (\d+)", line)
        assert found, f"the server did not start: {line!r}"
        self.port = int(found[1])

    def end(self):
        """Its last line; waits for its end."""
        said, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        assert self.process.returncode == 0, (self.process.returncode, said)
        return said.splitlines()[-1]


def drops_of(port):
    """What the system has dropped at the sockets of a port, by its own count."""
    with open("/proc/net/udp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return sum(int(row[-1]) for row in rows if int(row[1].split(":")[1], 16) == port)


def main(server, load, restarts=10, rate=50000):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server")
        running = Run(server, 0, path)
        port, runs, said = running.port, 1, []
        sender = subprocess.Popen([load, str(port), str(rate)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        try:
            for _ in range(int(restarts)):
                time.sleep(MEASURE_SECONDS)
                following = Run(server, port, path)
                said.append(running.end())
                assert " is replaced " in said[-1], said[-1]
                running, runs = following, runs + 1
            time.sleep(MEASURE_SECONDS)
            output, _ = sender.communicate("end\n", timeout=PATIENCE_SECONDS)
            dropped = drops_of(port)
            running.process.terminate()
            said.append(running.end())
            assert " ends " in said[-1], said[-1]
        finally:
            sender.kill()
            running.process.kill()
    result = json.loads(output)
    print("\n".join(said))
    print(output.strip())
    print(f"dropped at the server's sockets: {dropped}")
    assert result["sent"] > 0, "nothing was sent"
    for name in ("doubled", "strange", "refused", "flows_that_moved"):
        assert result[name] == 0, f"{name}: {result[name]}"
    assert result["processes"] == runs, f"{result['processes']} of {runs} processes answered"
    lost = dropped + result["dropped"]
    assert result["missing"] == lost, f"{result['missing']} without an answer, {lost} dropped by the system"
    received = sum(int(re.search(r"after (\d+) datagrams, 0 discarded", line)[1]) for line in said)
    assert received == result["sent"] - dropped, f"{received} received"


main(*sys.argv[1:])
