"""_scenarios.py SERVER LINK CLIENT: what the QUIC server does for ngtcp2's client. The peer is a
program of others, so that the two do not share an error of the library."""
import functools
import glob
import os
import re
import socket
import subprocess
import sys
import tempfile

from _peers import Link, Server, Skipped, configure, fetch, ip, namespaces, pattern, within

server_program, link_program, client = sys.argv[1:4]
Server = functools.partial(Server, server_program)
fetch = functools.partial(fetch, client)
Link = functools.partial(Link, link_program)


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
    # The proof of the new path is lost if it meets a full receive buffer, which is here one of
    # twenty times, and repeated too late for so short a transfer.
    for _ in range(5):
        with Server() as server:
            assert fetch(server, "::1", ["x"], "--change-local-addr=30ms", *options, body=body) == [body]
        check_clean(server.totals)
        assert server.totals["connections"] == 1, server.totals
        if server.totals["migrations"] >= 1:
            return
    raise AssertionError(server.totals)


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


def most_marks(logs, event):
    """The highest count of CE in the acknowledgments of each connection, added up."""
    total = 0
    for path in glob.glob(os.path.join(logs, "*")):
        with open(path) as log:
            marks = [int(ce) for line in log if event in line
                     for ce in re.findall(r'"ce":(\d+)', line)]
        total += max(marks, default=0)
    return total


def congestion_marks_reach_both_ends_of_a_lossy_link():
    body = os.urandom(10_000_000)
    with tempfile.TemporaryDirectory() as logs:
        with Link(1) as link, Server("--qlog", logs, inside=link.server) as server:
            # Not the address that the routes would choose.
            to = functools.partial(fetch, server, "10.93.1.3", inside=link.client)
            assert to(["20000000"]) == [pattern(20_000_000)]
            assert to(["x"], body=body) == [body]
        # The peers' acknowledgments carry their counts of marks (RFC 9000, 13.4).
        by_client = most_marks(logs, "packet_received")
        by_server = most_marks(logs, "packet_sent")
    check_clean(server.totals)
    assert link.lost > 0, link.counts
    assert 0 < by_client + by_server <= link.marked, (by_client, by_server, link.counts)
    assert by_client > 0 and 0 < by_server <= server.totals["ecn"]["ce"], server.totals
    print(f"  {link.lost} losses, {link.marked} marks; the client acknowledged {by_client} of them, "
          f"the server {by_server}")


def a_mark_shrinks_the_congestion_window_without_a_loss():
    with tempfile.TemporaryDirectory() as logs:
        with Link(0) as link, Server("--qlog", logs, inside=link.server) as server:
            assert fetch(server, "10.93.1.2", ["4000000"], inside=link.client) == [pattern(4_000_000)]
        with open(glob.glob(os.path.join(logs, "*"))[0]) as log:
            events = log.read().split("\x1e")
    assert link.marked > 0 and link.lost == link.overflowed == 0, link.counts
    window, marked = 0, False
    for event in events:
        if "packet_lost" in event:
            raise Skipped("packets were late enough to count as lost")
        marked |= "packet_received" in event and re.search(r'"ce":[1-9]', event) is not None
        found = re.search(r'"congestion_window":(\d+)', event)
        if found:
            if int(found[1]) < 0.9 * window:
                assert marked, "the window shrank without a mark"
                return
            window = int(found[1])
    raise AssertionError("the window never shrank")


failures = 0
for scenario in (download_leaves_from_the_asked_address_in_segments,
                 without_segments_every_packet_is_a_datagram,
                 streams_are_echoed_and_their_ecn_arrives, a_wrong_request_is_refused,
                 a_connection_migrates, a_connection_survives_a_new_nat_binding,
                 a_client_proves_its_address, a_client_with_another_version_learns_ours,
                 an_unknown_connection_gets_a_stateless_reset,
                 packets_wait_while_the_send_buffer_is_full,
                 coalesced_packets_are_received_at_once,
                 congestion_marks_reach_both_ends_of_a_lossy_link,
                 a_mark_shrinks_the_congestion_window_without_a_loss):
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
