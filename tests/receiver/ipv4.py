"""The metadata of an IPv4 datagram: TTL, TOS and destination address."""
import time

from _tool import (ALL_KINDS, FOR_WINDOWS, ON_WINDOWS, Skip, Tool, expect, expect_keys,
                   of_traffic_class, run, send)


def ttl_tos_and_destination():
    payload = b"0123456789"
    with Tool("0.0.0.0:0", "--format", "jsonl") as tool:
        expect(tool.address, "0.0.0.0")
        for destination in ("127.0.0.5", "127.0.0.6"):
            port = send(tool.port, destination, payload, hop_limit=33, traffic_class=0xB9)
            (seen,) = tool.objects(1)
            expect_keys(seen, {
                "remote": f"127.0.0.1:{port}", "destination": destination, "ttl": 33,
                "length": len(payload), "segment_bytes": None, "payload_truncated": False,
                "control_truncated": False, "broadcast": False, "multicast": False,
                **of_traffic_class(0xB9)})
            assert seen["interface"] > 0
        expect_keys(tool.end(), {"shown": 2, "datagrams": 2, "bytes": 2 * len(payload),
                                 "payload_truncated": 0, "control_truncated": 0,
                                 "control_malformed": 0, "metadata_missing": 0})


def the_ends_of_the_ranges():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        for ttl, tos in ((1, 0), (255, 0xFF)):
            send(tool.port, "127.0.0.1", hop_limit=ttl, traffic_class=tos)
            (seen,) = tool.objects(1)
            # Zero is a reported value, not an absent one.
            expect_keys(seen, {"ttl": ttl, **of_traffic_class(tos)})


def interface_of_the_loopback():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        send(tool.port, "127.0.0.1")
        (seen,) = tool.objects(1)
        if not FOR_WINDOWS:
            expect_keys(seen, {"interface_name": "lo", "receive_interface": seen["interface"],
                               "original_arrival_interface": None})
        elif not ON_WINDOWS:
            # Wine supports neither of these options.
            expect_keys(seen, {"receive_interface": None, "original_arrival_interface": None})
            assert seen["interface_name"]


def time_of_receipt():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        granted = any(line.startswith("timestamp: granted") for line in tool.errors.lines + [
            tool.errors.next() for _ in ALL_KINDS])
        before, steady = time.time_ns(), time.monotonic_ns()
        send(tool.port, "127.0.0.1")
        (seen,) = tool.objects(1)
        after, steady_after = time.time_ns(), time.monotonic_ns()
        if ON_WINDOWS and granted and seen["timestamp_ns"] is None:
            raise Skip("Windows does not timestamp datagrams within this host")
        if granted:
            # The clock may be set during the test, and that of a virtual machine often is.
            slack_ns = 50_000_000 + abs((after - before) - (steady_after - steady))
            assert before - slack_ns <= seen["timestamp_ns"] <= after + slack_ns
        else:
            expect_keys(seen, {"timestamp_ns": None})


def only_what_was_asked_for():
    with Tool("127.0.0.1:0", "--format", "jsonl", "--want", "ttl") as tool:
        send(tool.port, "127.0.0.1", hop_limit=7)
        (seen,) = tool.objects(1)
        expect(sorted(seen), ["control_truncated", "length", "payload_truncated", "remote", "ttl"])


run(ttl_tos_and_destination, the_ends_of_the_ranges, interface_of_the_loopback, time_of_receipt,
    only_what_was_asked_for)
