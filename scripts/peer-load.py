#!/usr/bin/env python3
"""peer-load.py SERVER LOAD [PEERS RATE SECONDS]: many peers of a server with a socket for each. Linux.

SERVER is the example per_peer, LOAD the test program peer_load.
PEERS (10,000) come one after the other while those that are there send; then all send, RATE datagrams a second
together (20,000) for SECONDS (5). Fails unless each datagram is answered exactly once, counted as its peer's.
Prints what a peer costs: memory, time of set-up, processor time of a datagram.
"""
import json
import os
import re
import resource
import subprocess
import sys

PATIENCE_SECONDS = 50


def memory_of(process):
    """Resident bytes of the process, and of the kernel's caches (unaccounted slabs of the whole machine)."""
    with open(f"/proc/{process.pid}/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    with open("/proc/meminfo", encoding="ascii") as file:
        slab = int(re.search(r"SUnreclaim:\s+(\d+)", file.read())[1]) * 1024
    return resident, slab


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(server, load, peers="10000", rate="20000", seconds="5"):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with subprocess.Popen([server, "0", "--peers", str(2 * int(peers) + 1)], stdout=subprocess.PIPE, text=True) as process:
        try:
            port = re.search(r"on port (\d+)", process.stdout.readline())[1]
            before = memory_of(process)
            subprocess.run([load, port, "1", "1"], check=True, capture_output=True, timeout=PATIENCE_SECONDS)
            done = subprocess.run([load, port, peers, "0"], check=True, capture_output=True, text=True,
                                  timeout=2 * PATIENCE_SECONDS)
            after, spent = memory_of(process), processor_seconds(process)
            results = [json.loads(done.stdout)]
            sys.stdout.write(done.stderr)
            if float(seconds) > 0:
                done = subprocess.run([load, port, peers, rate, seconds], check=True, capture_output=True, text=True,
                                      timeout=2 * PATIENCE_SECONDS + float(seconds))
                results.append(json.loads(done.stdout))
                used = processor_seconds(process) - spent
                print(f"processor time: {used / results[-1]['sent'] * 1e9:.0f} ns a datagram, with the set-up")
        finally:
            process.terminate()
            said = process.stdout.read()
    print(said.strip())
    count = results[0]["peers"]
    print(f"memory: {(after[0] - before[0]) / count:.0f} bytes a peer in the process, "
          f"{(after[1] - before[1]) / count:.0f} in the kernel (both ends)")
    for result in results:
        print(json.dumps(result))
        for name in ("missing", "doubled", "strange", "wrong_counts", "refused"):
            assert result[name] == 0, f"{name}: {result[name]}"


main(*sys.argv[1:])
