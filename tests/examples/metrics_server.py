"""metrics_server counts what it echoes, and Prometheus' own tools read its page."""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from _server import (PATIENCE_SECONDS, Server, Skip, asking, expect, need, refuses_wrong_arguments,
                     run)

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@contextlib.contextmanager
def server_and_page():
    with Server(arguments=("--http", "0")) as server:
        yield server, re.search(r"http://\S+", server.first_line).group()


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers),
                                timeout=PATIENCE_SECONDS) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def echo(server, count, payload=b"12345"):
    with asking(server, "127.0.0.1") as client:
        for _ in range(count):
            client.send(payload)
            expect(client.recv(100), payload)


def value(page, name):
    return float(re.search(rf"^{name}{{[^}}]*}} (\S+)$", page, re.MULTILINE).group(1))


def counts_what_it_echoes():
    with server_and_page() as (server, url):
        echo(server, 7)
        kind, page = fetch(url)
        expect(kind, "text/plain; version=0.0.4; charset=utf-8")
        expect(value(page, "ancillary_receive_datagrams_total"), 7)
        expect(value(page, "ancillary_receive_payload_bytes_total"), 35)
        expect(value(page, "ancillary_reply_datagrams_total"), 7)
        kind, page = fetch(url, Accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
        expect(kind, OPENMETRICS)
        assert page.endswith("\n# EOF\n"), page


def refuses_other_requests():
    with server_and_page() as (_, url):
        for other in ("/", "/metrics2", "/metrics/"):
            try:
                fetch(urllib.parse.urljoin(url, other))
                raise AssertionError(f"{other} was answered")
            except urllib.error.HTTPError as problem:
                expect(problem.code, 404)
        # Neither a connection that ends early nor one that says too much stops the server.
        address = urllib.parse.urlsplit(url)
        for text in (b"", b"GET", b"x" * 100_000):
            with socket.create_connection((address.hostname, address.port)) as client:
                with contextlib.suppress(ConnectionError):
                    client.sendall(text)
        fetch(url)


def promtool_accepts():
    promtool = need("promtool", "prometheus")
    with server_and_page() as (server, url):
        echo(server, 1)
        done = subprocess.run([promtool, "check", "metrics"], input=fetch(url)[1], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        expect((done.returncode, done.stdout), (0, ""))


PARSER = """
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = {each.name: each for each in text_string_to_metric_families(sys.stdin.read())}
received = families["ancillary_receive_datagrams"]
print(received.type, int(received.samples[0].value))
"""


def an_openmetrics_parser_accepts():
    # Debian's Python has Debian's packages.
    check = "import prometheus_client.openmetrics.parser"
    candidates = filter(os.path.exists, (sys.executable, "/usr/bin/python3"))
    python = next((each for each in candidates if not subprocess.call(
        [each, "-c", check], stderr=subprocess.DEVNULL)), None)
    if not python:
        raise Skip("no OpenMetrics parser (Debian: python3-prometheus-client)")
    with server_and_page() as (server, url):
        echo(server, 3)
        done = subprocess.run([python, "-c", PARSER], input=fetch(url, Accept=OPENMETRICS)[1],
                              text=True, stdout=subprocess.PIPE, check=True)
        expect(done.stdout.strip(), "counter 3")


def prometheus_scrapes():
    prometheus = need("prometheus", "prometheus")
    with server_and_page() as (server, url), tempfile.TemporaryDirectory() as folder:
        echo(server, 5)
        with open(f"{folder}/prometheus.yml", "w", encoding="utf-8") as config:
            config.write("scrape_configs: [{job_name: test, scrape_interval: 1s, static_configs: "
                         f"[{{targets: ['{urllib.parse.urlsplit(url).netloc}']}}]}}]\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [prometheus, f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            query = f"http://127.0.0.1:{port}/api/v1/query?query=ancillary_reply_datagrams_total"
            deadline = time.monotonic() + PATIENCE_SECONDS
            while True:
                with contextlib.suppress(OSError):
                    result = json.loads(fetch(query)[1])["data"]["result"]
                    if result:
                        break
                if process.poll() is not None:
                    raise AssertionError(f"prometheus ended: {process.returncode}")
                assert time.monotonic() < deadline, "Prometheus has no sample"
                time.sleep(0.1)
            expect(result[0]["value"][1], "5")
            expect(result[0]["metric"]["server"], "echo")
        finally:
            process.kill()
            process.wait()


run(refuses_wrong_arguments, counts_what_it_echoes, refuses_other_requests, promtool_accepts,
    an_openmetrics_parser_accepts, prometheus_scrapes)
