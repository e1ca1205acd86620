"""_scenarios.py SERVER LINK CLIENT: what the QUIC server does for ngtcp2's client. The peer is a
program of others, so that the two do not share an error of the library."""
import functools
import glob
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from _peers import (Server, Skipped, configure, fetch, ip, namespaces, pattern, within)

server_program, link_program, client = sys.argv[1:4]
Server = functools.partial(Server, server_program)
fetch = functools.partial(fetch, client)


def check_clean(totals):
    for name in ("connection_errors", "unusable", "metadata_missing", "send_errors", "refused",
                 "without_source", "without_ecn"):
        assert totals[name] == 0, (name, totals)


def download_leaves_from_the_asked_address_in_segments():
    size = 5_000_000
    with Server() as server:
        # On this wildcard socket the routes would choose 127.0.0.1, which the client would ignore.
        assert fetch(server, "127.0.0.5", [str(size)]) == [pattern(size)]
    check_clean(server.totals)
    assert server.totals["served_bytes"] == size
    assert server.totals["sent"] > 4 * server.totals["send_calls"], server.totals
    assert server.totals["segments_refused"] == 0, server.totals


def without_segments_every_packet_is_a_datagram():
    with Server("--no-segments") as server:
        assert fetch(server, "127.0.0.1", ["1000000"]) == [pattern(1_000_000)]
    check_clean(server.totals)
    assert server.totals["coalesced_buffers"] == 0


def streams_are_echoed_and_their_ecn_arrives():
    body = os.urandom(3_000_000)
    with Server() as server:
        assert fetch(server, "::1", ["a", "b", "c"], body=body) == [body] * 3
    check_clean(server.totals)
    assert server.totals["requests"] == 3
    assert server.totals["ecn"]["ect0"] > 1000, server.totals


def a_wrong_request_is_refused():
    with Server() as server:
        assert fetch(server, "127.0.0.1", ["nothing"]) == [b""]
    assert server.totals["requests"] == 1 and server.totals["served_bytes"] == 0


def a_connection_migrates(*options):
    body = os.urandom(40_000_000)
    with Server() as server:
        assert fetch(server, "::1", ["x"], "--change-local-addr=30ms", *options, body=body) == [body]
    check_clean(server.totals)
    assert server.totals["migrations"] >= 1 and server.totals["connections"] == 1, server.totals


def a_connection_survives_a_new_nat_binding():
    a_connection_migrates("--nat-rebinding")


def a_client_proves_its_address():
    with Server("--retry-above", "0") as server:
        assert fetch(server, "127.0.0.6", ["1000"]) == [pattern(1000)]
    check_clean(server.totals)
    assert server.totals["retries"] == 1 and server.totals["handshakes"] == 1


def a_client_with_another_version_learns_ours():
    with Server() as server:
        options = ["-v", "0x5a5a5a5a", "--preferred-versions=0x1"]
        assert fetch(server, "127.0.0.6", ["1000"], *options) == [pattern(1000)]
    check_clean(server.totals)
    assert server.totals["version_negotiations"] == 1


def an_unknown_connection_gets_a_stateless_reset():
    with Server() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        to = ("127.0.0.7", int(server.port))
        peer.settimeout(5)
        peer.sendto(b"\x40" + bytes(99), to)
        reset, sender = peer.recvfrom(2000)
        assert sender == to and 21 <= len(reset) < 100, (sender, len(reset))
        peer.settimeout(0.3)
        for stray in (b"\x40" + bytes(20), b"", b"\xc0", b"\xff" * 1300):
            peer.sendto(stray, to)
        try:
            answer = peer.recvfrom(2000)
            # The last one has a long header and an unknown version.
            assert answer[0][1:5] == bytes(4), answer
        except TimeoutError:
            pass
    assert server.totals["stateless_resets"] == 1, server.totals
    assert server.totals["connections"] == 0


def packets_wait_while_the_send_buffer_is_full():
    size = 20_000_000
    with namespaces("lo") as (name,):
        configure(name, *"tc qdisc add dev lo root tbf rate 300mbit burst 200kb limit 20mb".split())
        inside = within(name)
        with Server("--send-buffer", "20000", inside=inside) as server:
            assert fetch(server, "127.0.0.1", [str(size)], inside=inside) == [pattern(size)]
    check_clean(server.totals)
    assert server.totals["blocked"] > 0 and server.totals["refused_runs"] == 0, server.totals


def coalesced_packets_are_received_at_once():
    body = os.urandom(20_000_000)
    with namespaces("c", "s") as (at_client, at_server):
        ip("-n", at_client, *"link add v0 type veth peer name v0 netns".split(), at_server)
        for name, address in ((at_client, "10.92.1.2"), (at_server, "10.92.1.1")):
            ip("-n", name, "addr", "add", address + "/24", "dev", "v0")
            ip("-n", name, "link", "set", "v0", "up")
        # A veth pair coalesces if the sender does not segment, and waits for more if told to.
        configure(at_client, *"ethtool -K v0 tso off".split())
        configure(at_server, *"ethtool -K v0 gro on".split())
        configure(at_server, "sh", "-c", "echo 200000 > /sys/class/net/v0/gro_flush_timeout")
        with Server(inside=within(at_server)) as server:
            assert fetch(server, "10.92.1.1", ["x"], body=body, inside=within(at_client)) == [body]
    check_clean(server.totals)
    if server.totals["coalesced_buffers"] == 0:
        raise Skipped("this system did not coalesce")
    assert server.totals["received"] > 2 * server.totals["coalesced_buffers"], server.totals


def congestion_marks_reach_the_congestion_controllers():
    body = os.urandom(3_000_000)
    with namespaces("c", "s") as names, tempfile.TemporaryDirectory() as logs:
        link = subprocess.Popen([link_program, *names, "60", "1", "1", "2"], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            if link.stdout.readline() != "up\n":
                raise Skipped(link.stderr.read().strip())
            for name, hosts in zip(names, ((1,), (2, 3))):
                for host in hosts:
                    ip("-n", name, "addr", "add", f"10.93.1.{host}/24", "dev", "link0")
                ip("-n", name, "link", "set", "link0", "up")
            with Server("--qlog", logs, inside=within(names[1])) as server:
                inside = within(names[0])
                # Not the address that the routes would choose.
                assert fetch(server, "10.93.1.3", ["20000000"], inside=inside) == [pattern(20_000_000)]
                assert fetch(server, "10.93.1.3", ["x"], body=body, inside=inside) == [body]
        finally:
            link.send_signal(signal.SIGTERM)
            counts = link.communicate(timeout=10)[0]
        marks, losses = (sum(map(int, re.findall(r"(\d+) " + word, counts)))
                         for word in ("marked", "lost"))
        assert marks > 0 and losses > 0, counts
        check_clean(server.totals)
        # ngtcp2 saw marks that the client acknowledged, and those that the library delivered.
        log = "".join(open(path).read() for path in glob.glob(os.path.join(logs, "*")))
        acknowledged = max(map(int, re.findall(r'"ce":(\d+)', log)), default=0)
        assert acknowledged > 0, (counts, server.totals)
        print(f"  {marks} marks, {losses} losses; the client acknowledged {acknowledged} marks, "
              f"{server.totals['ecn']['ce']} arrived here")


failures = 0
for scenario in (download_leaves_from_the_asked_address_in_segments,
                 without_segments_every_packet_is_a_datagram,
                 streams_are_echoed_and_their_ecn_arrives, a_wrong_request_is_refused,
                 a_connection_migrates, a_connection_survives_a_new_nat_binding,
                 a_client_proves_its_address, a_client_with_another_version_learns_ours,
                 an_unknown_connection_gets_a_stateless_reset,
                 packets_wait_while_the_send_buffer_is_full,
                 coalesced_packets_are_received_at_once,
                 congestion_marks_reach_the_congestion_controllers):
    name = scenario.__name__.replace("_", " ")
    try:
        scenario()
        print(f"passed: {name}", flush=True)
    except Skipped as reason:
        print(f"not run: {name}: {reason}", flush=True)
    except (AssertionError, subprocess.TimeoutExpired) as failure:
        print(f"FAILED: {name}: {failure}", flush=True)
        failures += 1
sys.exit(1 if failures else 0)
