"""compare.py FOLDER CLIENT [ROUNDS [BYTES]]: processor time of the server for each byte, beside the
same server on plain sockets, over the loopback interface.

FOLDER has quic_server and quic_server_plain. In each round, each server serves BYTES to CLIENT
(gtlsclient), once by GET and once by an echoed POST of a tenth as much, in an order that changes
from round to round. Prints nanoseconds of user and system time (getrusage) for each byte of the
responses, and the medians of the ratios within a round with their 95 percent bootstrap intervals.
"""
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile

folder, client = sys.argv[1:3]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
size = int(sys.argv[4]) if len(sys.argv) > 4 else 200_000_000

SERVERS = {
    "ancillary": ["quic_server"],
    "ancillary again": ["quic_server"],  # against itself, to show the noise
    "recvmsg and sendmsg with GRO and GSO": ["quic_server_plain"],
    "ancillary --no-segments": ["quic_server", "--no-segments"],
    "recvmsg and sendmsg, one datagram a call": ["quic_server_plain", "--no-segments"],
}


def measure(command, body):
    server = subprocess.Popen([os.path.join(folder, command[0]), "0", *command[1:]],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    port = re.search(r":(\d+)$", server.stderr.readline())[1]
    options, path = ([], size) if body is None else (["-m", "POST", "-d", body], "echo")
    subprocess.run([client, "-q", "--no-http-dump", "--no-quic-dump", "--exit-on-all-streams-close",
                    *options, "127.0.0.1", port, f"https://localhost/{path}"],
                   check=True, capture_output=True)
    server.send_signal(signal.SIGINT)
    totals = json.loads(server.communicate()[0])
    expected = size if body is None else os.path.getsize(body)
    assert totals["served_bytes"] == expected and totals["connection_errors"] == 0, totals
    return [totals[kind + "_seconds"] / expected * 1e9 for kind in ("user", "system")]


def interval(values):
    medians = sorted(statistics.median(random.choices(values, k=len(values))) for _ in range(2000))
    return f"{statistics.median(values):.3f} [{medians[50]:.3f}, {medians[1949]:.3f}]"


with tempfile.NamedTemporaryFile() as body_file:
    body_file.write(os.urandom(size // 10))
    body_file.flush()
    for kind, body in (("GET", None), ("POST", body_file.name)):
        results = {name: [] for name in SERVERS}
        for _ in range(rounds):
            for name in random.sample(list(SERVERS), len(SERVERS)):
                results[name].append(measure(SERVERS[name], body))
        print(f"{kind}: ns/byte user, system, both; relative to ancillary")
        base = [sum(values) for values in results["ancillary"]]
        for name, values in results.items():
            user, system, both = (statistics.median(column) for column in
                                  ([v[0] for v in values], [v[1] for v in values],
                                   [sum(v) for v in values]))
            ratios = [sum(v) / b for v, b in zip(values, base)]
            print(f"  {name}: {user:.3f} {system:.3f} {both:.3f}; {interval(ratios)}", flush=True)
