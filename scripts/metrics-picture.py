#!/usr/bin/env python3
"""Makes docs/guides/metrics.svg from a real run.

    scripts/metrics-picture.py METRICS_SERVER [FILE.svg]

Starts examples/metrics_server and a Prometheus that scrapes it every second, sends datagrams for a
minute at rates that change, and draws what Prometheus' query_range answers. Needs Debian's prometheus
and gnuplot-nox.
"""
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Seconds, datagrams a second. In the fourth phase the server is stopped: its receive buffer fills up.
PHASES = ((10, 500), (10, 4000), (10, 1000), (5, 3000), (15, 1000), (10, 2500))
STOPPED_PHASE = 3
QUERIES = (
    ("received", "rate(ancillary_receive_datagrams_total[5s])"),
    ("replies", "rate(ancillary_reply_datagrams_total[5s])"),
    ("dropped by the kernel", "rate(ancillary_receive_kernel_drops_total[5s])"),
)
BATCH_QUERY = ("rate(ancillary_receive_datagrams_total[5s])"
               " / rate(ancillary_receive_batches_total[5s])")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def send(server, port):
    target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    target.connect(("127.0.0.1", port))
    target.setblocking(False)
    for number, (seconds, rate) in enumerate(PHASES):
        if number == STOPPED_PHASE:
            server.send_signal(signal.SIGSTOP)
        start, sent = time.monotonic(), 0
        while (now := time.monotonic() - start) < seconds:
            for _ in range(int(now * rate) - sent):
                try:
                    target.send(b"x" * 200)
                except OSError:
                    pass
                sent += 1
            while True:
                try:
                    target.recv(2048)
                except OSError:
                    break
            time.sleep(0.005)
        server.send_signal(signal.SIGCONT)


def query(port, text, begin, end):
    arguments = urllib.parse.urlencode({"query": text, "start": begin, "end": end, "step": 1})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query_range?{arguments}") as answer:
        result = json.load(answer)["data"]["result"]
    if not result:
        sys.exit(f"no samples of {text}")
    return [(float(at) - begin, float(value)) for at, value in result[0]["values"]
            if value != "NaN"]


def draw(series, batches, target):
    lines = ["set terminal svg size 760,420 font 'sans,12' background rgb 'white'",
             f"set output '{target}'", "set multiplot layout 2,1", "set grid",
             "set key outside top center horizontal", "set lmargin 9", "set rmargin 3",
             "set yrange [0:*]", "set ylabel 'datagrams/s'"]
    for number, points in enumerate((*(data for _, data in series), batches)):
        lines.append(f"$data{number} << END")
        lines += [f"{at} {value}" for at, value in points]
        lines.append("END")
    # Replies lie on the received datagrams: thin on thick.
    lines.append("plot " + ", ".join(f"$data{i} with lines lw {4 if i == 0 else 2} title '{name}'"
                                     for i, (name, _) in enumerate(series)))
    lines += ["set ylabel 'datagrams'", "set xlabel 'seconds'",
              f"plot $data{len(series)} with lines lw 2 title 'a receive call'", "unset multiplot"]
    subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, check=True)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    target = sys.argv[2] if len(sys.argv) == 3 else ROOT / "docs/guides/metrics.svg"
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.argv[1], "0", "--http", "0"], stdout=subprocess.PIPE, text=True)
        line = server.stdout.readline()
        port, page = re.search(r"on port (\d+), metrics at http://(\S+)/metrics", line).groups()
        pathlib.Path(folder, "prometheus.yml").write_text(
            "scrape_configs: [{job_name: picture, scrape_interval: 1s, static_configs: "
            f"[{{targets: ['{page}']}}]}}]\n", encoding="utf-8")
        web = free_port()
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{web}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(5)
            begin = time.time()
            send(server, int(port))
            end = time.time()
            time.sleep(2)
            series = [(name, query(web, text, begin, end)) for name, text in QUERIES]
            draw(series, query(web, BATCH_QUERY, begin, end), target)
        finally:
            for each in (prometheus, server):
                each.kill()
                each.wait()


main()
