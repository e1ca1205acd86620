#!/usr/bin/env python3
"""live-view-cost.py RECEIVER SENDER [RATE [ROUNDS [OPTION...]]]: what the live view costs the receiver tool.

Pairs of rounds in the order A B B A: `--format none` and `--top`, each for three seconds of datagrams
at RATE a second (200,000) from the 65,536 addresses of a /16, one peer each. Prints the datagrams that
the system dropped and the processor time for each received one, for both. Linux, because the sender
needs all of 127.0.0.0/8. More options are for the receiver, such as --receive-buffer 4194304.
"""
import os
import re
import statistics
import subprocess
import sys
import time

RECEIVER, SENDER = sys.argv[1:3]
RATE = int(sys.argv[3]) if len(sys.argv) > 3 else 200_000
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 10
MORE = sys.argv[5:]
SECONDS = 3
WAYS = {"none": ["--format", "none"], "top": ["--top"]}


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_round(way):
    receiver = subprocess.Popen([RECEIVER, "127.0.0.1:0", *WAYS[way], *MORE], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    port = re.search(r":(\d+)", receiver.stderr.readline())[1]
    sent = subprocess.run([SENDER, f"127.0.0.1:{port}", "--source", "127.16.0.0/16", "--rate", str(RATE),
                           "--duration", str(SECONDS), "--format", "none"],
                          check=True, capture_output=True, text=True).stderr
    sent = int(re.search(r"sent (\d+) datagram", sent)[1])
    time.sleep(0.2)  # for the last datagrams
    used = processor_seconds(receiver)
    receiver.terminate()
    counters = dict(line.split() for line in receiver.communicate()[1].splitlines() if line.startswith("  "))
    received = int(counters["datagrams"])
    return {"sent": sent, "received": received, "dropped": sent - received, "ns": used / received * 1e9}


def main():
    results = {way: [] for way in WAYS}
    for pair in range(ROUNDS):
        for way in (("none", "top") if pair % 2 == 0 else ("top", "none")):
            results[way].append(one_round(way))
    for way, rounds in results.items():
        total = {key: sum(each[key] for each in rounds) for key in ("sent", "received", "dropped")}
        print(f"{way:>5}: {total['sent'] / ROUNDS / SECONDS:,.0f} sent/s, {total['dropped']:,} of "
              f"{total['sent']:,} dropped ({100 * total['dropped'] / total['sent']:.2f} %, median of a round "
              f"{statistics.median(each['dropped'] for each in rounds):.0f}), "
              f"{statistics.median(each['ns'] for each in rounds):.0f} ns of processor time each")


main()
