"""scripts/plot.py draws what the tool recorded."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from _tool import Skip, Tool, expect, run, send

PLOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "plot.py")


def plot(text, *arguments):
    """Exit status, errors, and the text in the picture."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "out.svg")
        done = subprocess.run([sys.executable, PLOT, *arguments, output], input=text, text=True,
                              capture_output=True)
        words = []
        if os.path.exists(output):
            words = [word.strip() for word in xml.etree.ElementTree.parse(output).getroot().itertext()]
        return done.returncode, done.stderr, words


def need_gnuplot():
    if not shutil.which("gnuplot"):
        raise Skip("gnuplot is missing")


def a_recording_of_the_tool():
    need_gnuplot()
    with Tool("127.0.0.1:0", "--format", "jsonl", "--count", 20) as tool:
        for _ in range(20):
            send(tool.port, "127.0.0.1", bytes(100))
        expect(tool.wait(), 0)
        lines = tool.output.rest()
    if "timestamp_ns" not in json.loads(lines[0]):
        raise Skip("this system gives no timestamps")
    status, errors, words = plot("\n".join(lines), "--interval", "0.01")
    expect((status, errors), (0, ""))
    for title in ("datagrams/s", "Mbit/s", "ect0", "ce", "TTL", "lowest", "highest"):
        assert title in words, words


def lines_without_timestamps_are_counted():
    need_gnuplot()
    stamped = '{"length": 1, "timestamp_ns": 1000000000}\n'
    status, errors, _ = plot(stamped + '{"length": 1}\n\n{"length": 2}\n')
    expect((status, errors), (0, "plot.py: 2 lines have no timestamp and are not shown\n"))
    status, errors, _ = plot('{"length": 1}\n')
    expect((status, errors), (1, "plot.py: no line has a timestamp_ns; run the receiver with --require timestamp\n"))


def lines_of_something_else():
    need_gnuplot()
    for text in ("time (UTC)  remote\n", "[1]\n", '{"number": 1}\n', "7\n"):
        status, errors, _ = plot(text)
        expect(status, 1)
        assert "line 1 is none of `receiver --format jsonl`" in errors, errors


run(a_recording_of_the_tool, lines_without_timestamps_are_counted, lines_of_something_else)
