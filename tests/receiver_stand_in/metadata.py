"""The tool on several versions of Windows, each through a stand-in, on real sockets: the five
options of Windows, end to end."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "receiver"))
from _tool import (ALL_KINDS, FOR_WINDOWS, Skip, Tool, complete, expect, expect_keys,  # noqa: E402
                   need_ipv6, of_traffic_class, run, send)

FIVE = "destination,interface,receive-interface,arrival-interface,ttl,tos"
TUNNEL = 4711  # no machine has an interface with this index


def tool(profile, *arguments, tunnel=None):
    machine = ["--stand-in", profile] + (["--tunnel", tunnel] if tunnel else [])
    return Tool(*machine, *arguments, "--format", "jsonl")


def answers_of(running):
    """The system's answer for each kind, by the kind's name."""
    lines = [running.errors.next() for _ in ALL_KINDS]
    return dict(line.split(": ", 1) for line in lines)


def all_five_options(profile):
    with tool(profile, "0.0.0.0:0", "--require", FIVE) as running:
        port = send(running.port, "127.0.0.5", b"0123456789", hop_limit=33, traffic_class=0xB9)
        (seen,) = running.objects(1)
        expect_keys(seen, {
            "remote": f"127.0.0.1:{port}", "destination": "127.0.0.5", "ttl": 33,
            "length": 10, "control_truncated": False, **of_traffic_class(0xB9)})
        assert seen["interface"] > 0
        expect_keys(seen, {"receive_interface": seen["interface"],
                           "original_arrival_interface": seen["interface"]})
        expect_keys(running.end(), {"datagrams": 1, "metadata_missing": 0, "control_malformed": 0})


def required_on(address, destinations, profile="windows_11"):
    """Destination, TTL and TOS of one datagram to each destination."""
    with tool(profile, address + ":0", "--require", "destination,ttl,tos") as running:
        for destination in destinations:
            send(running.port, destination, hop_limit=33)
            (seen,) = running.objects(1)
            expect_keys(seen, {"ttl": 33})
            expect(seen["destination"].removeprefix("::ffff:"), destination)
            assert "tos" in seen, seen
        expect_keys(running.end(), {"datagrams": len(destinations), "metadata_missing": 0})


def required_fields_on_any_ipv4_address_through_a_stand_in():
    for profile in ("windows_10", "windows_11", "server_2022"):
        required_on("0.0.0.0", ["127.0.0.1", "127.0.0.5"], profile)


def required_fields_on_a_specific_address_through_a_stand_in():
    required_on("127.0.0.1", ["127.0.0.1"])
    need_ipv6()
    required_on("[::1]", ["::1"])


def required_fields_on_any_address_of_both_families_through_a_stand_in():
    need_ipv6()
    required_on("[::]", ["::1", "127.0.0.1"])


def an_ipv4_socket_on_the_port_of_both_families_through_a_stand_in():
    """Linux refuses it without an option, so only the program for Windows sets one."""
    need_ipv6()
    if not FOR_WINDOWS:
        raise Skip("the code for Windows that sets SO_EXCLUSIVEADDRUSE does not run here")
    with Tool("--stand-in", "windows_11", "--beside", "0.0.0.0", "[::]:0") as running:
        running.end()
        answers = [line for line in running.errors.lines if line.startswith("stand-in: ")]
        expect(answers, ["stand-in: binding 0.0.0.0 to the port: error 10048"])


def all_five_options_on_windows_10_through_a_stand_in():
    all_five_options("windows_10")


def all_five_options_on_windows_11_through_a_stand_in():
    all_five_options("windows_11")


def all_five_options_on_server_2022_through_a_stand_in():
    all_five_options("server_2022")


def all_five_options_over_ipv6_through_a_stand_in():
    need_ipv6()
    with tool("windows_11", "[::1]:0", "--require", FIVE) as running:
        send(running.port, "::1", hop_limit=33)
        (seen,) = running.objects(1)
        expect_keys(seen, {"destination": "::1", "ttl": 33,
                           "receive_interface": seen["interface"],
                           "original_arrival_interface": seen["interface"]})
        assert "tos" in seen, seen


def a_tunnel_through_a_stand_in():
    with tool("windows_11", "127.0.0.1:0", "--require", FIVE, tunnel=TUNNEL) as running:
        send(running.port, "127.0.0.1")
        (seen,) = running.objects(1)
        expect_keys(seen, {"original_arrival_interface": TUNNEL,
                           "receive_interface": seen["interface"]})
        assert seen["receive_interface"] != TUNNEL


def windows_7_through_a_stand_in():
    with tool("windows_7", "127.0.0.1:0") as running:
        answers = answers_of(running)
        for kind in ("destination", "receive-interface", "arrival-interface"):
            assert answers[kind].startswith("granted"), answers
        for kind, since in (("ttl", "Windows 10"), ("tos", "Windows 10"),
                            ("timestamp", "Windows 11")):
            assert answers[kind].startswith("refused") and since in answers[kind], answers
        send(running.port, "127.0.0.1", hop_limit=33)
        (seen,) = running.objects(1)
        expect_keys(seen, {"ttl": None, "tos": None, "destination": "127.0.0.1"})
        assert seen["original_arrival_interface"] > 0


def version_1607_through_a_stand_in():
    """Older message types, and no IP_RECVIF."""
    with tool("windows_10_1607", "127.0.0.1:0", "--require", "ttl,tos") as running:
        assert "available since Windows 10 version 1703" in answers_of(running)["receive-interface"]
        send(running.port, "127.0.0.1", hop_limit=33, traffic_class=0xB9)
        (seen,) = running.objects(1)
        expect_keys(seen, {"ttl": 33, "receive_interface": None, **of_traffic_class(0xB9)})


def what_is_required_and_missing_through_a_stand_in():
    status, output, errors = complete("--stand-in", "windows_10_1607", "127.0.0.1:0", "--require",
                                      "receive-interface")
    expect(status, 1)
    expect(output, "")
    assert len(errors) == 1 and "IP_RECVIF" in errors[0] and "1703" in errors[0], errors


def timestamps_through_a_stand_in():
    with tool("windows_11", "127.0.0.1:0", "--require", "timestamp") as running:
        send(running.port, "127.0.0.1")
        (seen,) = running.objects(1)
        if not FOR_WINDOWS:  # only Windows has the clock of this timestamp
            expect_keys(seen, {"timestamp_ns": None})
        else:
            assert "timestamp_ns" in seen, seen


run(required_fields_on_any_ipv4_address_through_a_stand_in,
    required_fields_on_a_specific_address_through_a_stand_in,
    required_fields_on_any_address_of_both_families_through_a_stand_in,
    an_ipv4_socket_on_the_port_of_both_families_through_a_stand_in,
    all_five_options_on_windows_10_through_a_stand_in,
    all_five_options_on_windows_11_through_a_stand_in,
    all_five_options_on_server_2022_through_a_stand_in,
    all_five_options_over_ipv6_through_a_stand_in, a_tunnel_through_a_stand_in,
    windows_7_through_a_stand_in, version_1607_through_a_stand_in,
    what_is_required_and_missing_through_a_stand_in, timestamps_through_a_stand_in)
