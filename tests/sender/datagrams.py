"""What the sender tool sends, seen by a socket of the standard library."""
import json
import signal
import socket
import subprocess

from _sender import HAS_MESSAGES, Witness, send
from _tool import (EMULATOR, FOR_WINDOWS, ON_WINDOWS, PATIENCE_SECONDS, Skip, TOOL, UNDER_WINE,
                   expect, expect_keys, need_ipv6, run)


def header_fields():
    with Witness() as witness:
        status, lines, errors = send(witness.name, "--ttl", 33, "--dscp", "ef", "--ecn", "ect1",
                                     "--payload", "hello")
        expect(status, 0, errors)
        expect(lines, [f"5 bytes to {witness.name}, TTL 33, DSCP 46, ECN ect1"])
        payload, _, ttl, tos = witness.next()
        expect(payload, b"hello")
        if HAS_MESSAGES:
            expect((ttl, tos), (33, 0xB9))
        assert witness.is_empty()


def ecn_alone_clears_dscp():
    if ON_WINDOWS:
        raise Skip("this Python cannot see the TOS")
    with Witness() as witness:
        expect(send(witness.name, "--ecn", "ect0")[0], 0)
        expect(witness.next()[3], 2)


def congestion_experienced():
    """Linux sends it; Windows refuses, and the tool says so."""
    with Witness() as witness:
        status, lines, errors = send(witness.name, "--ecn", "ce")
        if FOR_WINDOWS:
            expect((status, lines), (1, []), errors)
            assert any("Windows refuses to send ECN" in line for line in errors), errors
            assert witness.is_empty()
        else:
            expect(status, 0, errors)
            expect(witness.next()[3], 3)


def source_address_and_port():
    with Witness() as witness, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.9", 0))
        port = probe.getsockname()[1]
        probe.close()
        expect(send(witness.name, "--source", f"127.0.0.9:{port}")[0], 0)
        source = witness.next()[1]
        if UNDER_WINE and source == ("127.0.0.1", port):
            raise Skip("this Wine (8 does, 10 does not) binds to all addresses if no interface has the given one")
        expect(source, ("127.0.0.9", port))


def sources_of_a_prefix_in_turn():
    if FOR_WINDOWS:
        raise Skip("Wine ignores the source address of a single datagram; Windows has no 127.9.0.0/16")
    with Witness() as witness:
        expect(send(witness.name, "--source", "127.9.8.0/30", "--count", 6)[0], 0)
        expect([witness.next()[1][0] for _ in range(6)],
               [f"127.9.8.{i}" for i in (0, 1, 2, 3, 0, 1)])


def a_number_in_each_payload():
    with Witness() as witness:
        expect(send(witness.name, "--count", 200, "--size", 12, "--format", "none")[0], 0)
        expect([witness.next()[0] for _ in range(200)],
               [i.to_bytes(8, "big") + bytes(4) for i in range(200)])


def payloads_of_every_size():
    with Witness() as witness:
        for size in (0, 1, 7, 8, 1472, 65507):
            expect(send(witness.name, "--size", size)[0], 0, size)
            expect(len(witness.next()[0]), size)
        expect(send(witness.name, "--payload", "")[0], 0)
        expect(witness.next()[0], b"")


def segments():
    with Witness() as witness:
        status, _, errors = send(witness.name, "--size", 2500, "--segment", 1000)
        expect(status, 0, errors)
        expect([len(witness.next()[0]) for _ in range(3)], [1000, 1000, 500])
        assert any("sent 3 datagrams, 2500 bytes" in line for line in errors), errors


def json_lines():
    with Witness() as witness:
        _, lines, errors = send(witness.name, "--count", 3, "--ttl", 7, "--dscp", 10, "--format",
                                "jsonl")
        objects = [json.loads(line) for line in lines]
        expect([each["number"] for each in objects], [0, 1, 2], errors)
        for each in objects:
            _, remote, _, _ = witness.next()
            expect_keys(each, {"remote": witness.name, "source_port": remote[1], "ttl": 7,
                               "dscp": 10, "ecn": None, "length": 64})


def a_rate():
    """Nothing is sent early: 40 intervals of the rate take at least their time."""
    with Witness() as witness:
        status, lines, _ = send(witness.name, "--count", 41, "--rate", 100, "--format", "jsonl")
        expect((status, len(lines)), (0, 41))
        times = [json.loads(line)["timestamp_ns"] for line in lines]
        assert times[-1] - times[0] >= 0.39e9, times  # the clock of the lines may be adjusted


def a_duration_without_count():
    with Witness() as witness:
        status, lines, errors = send(witness.name, "--duration", 0.2, "--rate", 1000)
        expect(status, 0, errors)
        assert 1 <= len(lines) <= 201, len(lines)
        for _ in lines:
            witness.next()


def ipv6():
    need_ipv6()
    with Witness("::1") as witness:
        status, _, errors = send(witness.name, "--source", "::1", "--ttl", 9, "--payload", "six")
        expect(status, 0, errors)
        payload, remote, _, _ = witness.next()
        expect((payload, remote[0]), (b"six", "::1"))


def an_unreachable_port():
    """The error names the datagram's address, and who reported it."""
    if FOR_WINDOWS:
        raise Skip("Wine has no IP_RECVERR, and what Windows does with it is not documented")
    with Witness() as witness:
        closed = witness.name
    status, _, errors = send(closed, "--error-detail", "--linger", 0.5)
    expect(status, 0, errors)
    line = next((line for line in errors if line.startswith("error: ")), "")
    for word in ("port_unreachable", closed, "ICMP type 3, code 3, from 127.0.0.1"):
        assert word in line, errors


def broadcast_needs_permission():
    if FOR_WINDOWS:
        raise Skip("Wine checks it only for the limited broadcast address")
    status, lines, errors = send("127.255.255.255:9")
    expect((status, lines), (1, []))
    assert "a broadcast address needs --broadcast" in "\n".join(errors), errors
    expect(send("127.255.255.255:9", "--broadcast")[0], 0)


def a_signal_ends_it():
    if ON_WINDOWS:
        raise Skip("a console's signal would also reach this script")
    with Witness() as witness:
        command = [*EMULATOR, TOOL, witness.name, "--rate", "50", "--duration", "1000"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as sender:
            try:
                witness.next()
                # Wine turns SIGINT, and only that, into Ctrl-C.
                sender.send_signal(signal.SIGINT if FOR_WINDOWS else signal.SIGTERM)
                _, errors = sender.communicate(timeout=PATIENCE_SECONDS)
            finally:
                sender.kill()
        expect(sender.returncode, 0, errors)
        assert "sent " in errors, errors


run(header_fields, ecn_alone_clears_dscp, congestion_experienced, source_address_and_port,
    sources_of_a_prefix_in_turn, a_number_in_each_payload, payloads_of_every_size, segments,
    json_lines, a_rate, a_duration_without_count, ipv6, an_unreachable_port,
    broadcast_needs_permission, a_signal_ends_it)
