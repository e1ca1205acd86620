"""Help, failed set-ups, and the report of the granted metadata."""
import socket

from _tool import (ALL_KINDS, FOR_WINDOWS, ON_WINDOWS, Skip, Tool, complete, expect,
                   expect_one_line, run)


def help_is_no_error():
    status, output, errors = complete("--help")
    expect((status, errors), (0, []))
    for word in ("--require", "--payload-capacity", "arrival-interface", "jsonl"):
        assert word in output, output


def missing_required_kind():
    if ON_WINDOWS:
        raise Skip("Windows has every kind")
    expect_one_line(1, ["arrival-interface", "IP_ORIGINAL_ARRIVAL_IF", "Windows 7"],
                    "127.0.0.1:0", "--require", "arrival-interface")
    if FOR_WINDOWS:  # Wine has neither; both are named
        expect_one_line(1, ["arrival-interface", "receive-interface", "IP_RECVIF"],
                        "127.0.0.1:0", "--require", "ttl,receive-interface,arrival-interface")


def port_in_use():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        expect_one_line(1, ["cannot listen on " + address, "another port"], address)


def a_line_for_each_kind():
    with Tool("127.0.0.1:0", "--duration", 0.1) as tool:
        kinds = {}
        for line in tool.errors.rest()[1:]:
            name, _, answer = line.partition(": ")
            if name in ALL_KINDS:
                kinds[name] = answer
        expect(list(kinds), ALL_KINDS)
        for name, answer in kinds.items():
            assert answer.startswith(("granted (", "refused (")), (name, answer)
        assert "TTL" in kinds["ttl"] and kinds["ttl"].startswith("granted"), kinds["ttl"]
        expect(tool.wait(), 0)
    with Tool("127.0.0.1:0", "--want", "tos,ttl", "--duration", 0.1) as tool:
        names = [line.partition(": ")[0] for line in tool.errors.rest()[1:3]]
        expect(names, ["ttl", "tos"])
        assert tool.errors.lines[3].startswith("summary"), tool.errors.lines


def two_groups_before_the_address():
    with Tool("--join", "239.1.2.3@127.0.0.1", "--join", "239.1.2.4@127.0.0.1", "0.0.0.0:0") as tool:
        expect(tool.address, "0.0.0.0")


run(help_is_no_error, missing_required_kind, port_in_use,
    a_line_for_each_kind, two_groups_before_the_address)
