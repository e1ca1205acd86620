#!/usr/bin/env python3
"""plot.py [--interval SECONDS] [FILE] OUTPUT.svg: draws what `receiver --format jsonl` recorded.

Three diagrams over time: datagrams and bits a second, the ECN codepoints of each interval as
shares, and the lowest and highest TTL. Reads standard input without FILE. Needs gnuplot (Debian:
gnuplot-nox). Lines without "timestamp_ns" cannot be placed in time; their number is printed.
"""
import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys

CODEPOINTS = {0: "none", 2: "ect0", 1: "ect1", 3: "ce"}

SCRIPT = """
set terminal svg noenhanced size 760,720 font "sans-serif,13" background "#ffffff"
set output "{output}"
set multiplot layout 3,1
set border 3
set xtics nomirror
set ytics nomirror
set grid lc rgb "#dddddd"
set xrange [0:{end}]
set yrange [0:*]
set lmargin 12
set rmargin 12
set key outside above horizontal
set ylabel "datagrams/s"
set y2label "Mbit/s"
set y2tics
set y2range [0:*]
plot $rows using 1:2 with steps lw 2 lc rgb "#1f77b4" title "datagrams/s", \\
     $rows using 1:3 axes x1y2 with steps lw 2 lc rgb "#ff7f0e" title "Mbit/s"
unset y2label
unset y2tics
set ylabel "ECN, %"
set yrange [0:100]
plot $rows using 1:4 with steps lw 2 lc rgb "#7f7f7f" title "none", \\
     $rows using 1:5 with steps lw 2 lc rgb "#2ca02c" title "ect0", \\
     $rows using 1:6 with steps lw 2 lc rgb "#1f77b4" title "ect1", \\
     $rows using 1:7 with steps lw 2 lc rgb "#d62728" title "ce"
set ylabel "TTL"
set yrange [0:256]
set xlabel "seconds"
plot $rows using 1:8 with steps lw 2 lc rgb "#9467bd" title "lowest", \\
     $rows using 1:9 with steps lw 2 lc rgb "#8c564b" title "highest"
unset multiplot
"""


class Interval:
    def __init__(self):
        self.datagrams = self.bytes = 0
        self.ecn = collections.Counter()
        self.ttls = []  # lowest, highest

    def add(self, datagram):
        self.datagrams += 1
        self.bytes += datagram["length"]
        if "ecn" in datagram:
            self.ecn[datagram["ecn"]] += 1
        if "ttl" in datagram:
            self.ttls = [min([*self.ttls[:1], datagram["ttl"]]), max([*self.ttls[1:], datagram["ttl"]])]

    def row(self, start, seconds):
        known = sum(self.ecn.values())
        shares = [100 * self.ecn[each] / known if known else "NaN" for each in CODEPOINTS]
        return [start, self.datagrams / seconds, self.bytes * 8 / 1e6 / seconds, *shares,
                *(self.ttls or ["NaN", "NaN"])]


def read(lines, seconds):
    """The rows of the diagrams from the first datagram on, and how many lines had no timestamp."""
    stamped, unstamped = [], 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            datagram = json.loads(line)
            datagram["length"]
        except (ValueError, KeyError, TypeError):
            sys.exit(f"plot.py: line {number} is none of `receiver --format jsonl`: {line.strip()[:60]!r}")
        if "timestamp_ns" in datagram:
            stamped.append((datagram["timestamp_ns"], datagram))
        else:
            unstamped += 1
    if not stamped:
        sys.exit("plot.py: no line has a timestamp_ns; run the receiver with --require timestamp")
    first = min(time for time, _ in stamped)
    intervals = collections.defaultdict(Interval)
    for time, datagram in stamped:
        intervals[int((time - first) / 1e9 / seconds)].add(datagram)
    # An interval without datagrams has a rate of 0; one more closes the last step.
    rows = [intervals[i].row(i * seconds, seconds) for i in range(max(intervals) + 1)]
    return [*rows, [len(rows) * seconds, *rows[-1][1:]]], unstamped


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[1].strip())
    parser.add_argument("--interval", type=float, default=1, metavar="SECONDS", help="of each point; default: 1")
    parser.add_argument("file", nargs="?", help="default: standard input")
    parser.add_argument("output", help="the SVG file to write")
    arguments = parser.parse_args()
    if not arguments.interval > 0:
        parser.error("--interval has to be above 0")
    if not shutil.which("gnuplot"):
        sys.exit("plot.py: gnuplot is missing (Debian: apt-get install gnuplot-nox)")
    if arguments.file:
        with open(arguments.file, encoding="utf-8") as lines:
            rows, unstamped = read(lines, arguments.interval)
    else:
        rows, unstamped = read(sys.stdin, arguments.interval)
    data = "$rows << END\n" + "".join(" ".join(map(str, row)) + "\n" for row in rows) + "END\n"
    script = SCRIPT.format(output=pathlib.Path(arguments.output), end=rows[-1][0])
    subprocess.run(["gnuplot"], input=data + script, text=True, check=True)
    if unstamped:
        print(f"plot.py: {unstamped} lines have no timestamp and are not shown", file=sys.stderr)


main()
