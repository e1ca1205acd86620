"""IPv4 groups, joined by the interface's name, index and address."""
import socket

from _tool import FOR_WINDOWS, Skip, Tool, expect, expect_keys, run, send, sender

GROUP = "239.255.41.7"


def send_to_group(port, group=GROUP):
    with sender(socket.AF_INET) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 3)
        out.sendto(b"to all", (group, port))


def need_groups_on_the_loopback():
    """Tests the system first: not every system delivers multicast there."""
    loopback = socket.inet_aton("127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("0.0.0.0", 0))
        probe.settimeout(2)
        try:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                             socket.inet_aton(GROUP) + loopback)
            send_to_group(probe.getsockname()[1])
            probe.recv(100)
        except OSError as problem:
            raise Skip(f"no IPv4 group on the loopback interface here: {problem}") from None


def ipv4_group():
    need_groups_on_the_loopback()
    interfaces = ["127.0.0.1"]
    if not FOR_WINDOWS:
        interfaces += ["lo", socket.if_nametoindex("lo")]
    for interface in interfaces:
        with Tool("0.0.0.0:0", "--join", f"{GROUP}@{interface}", "--format", "jsonl") as tool:
            send_to_group(tool.port)
            (seen,) = tool.objects(1)
            expect_keys(seen, {"destination": GROUP, "ttl": 3, "multicast": True,
                               "broadcast": False, "length": 6})


def a_group_joined_twice():
    """The second join is skipped and said so; each datagram comes once."""
    need_groups_on_the_loopback()
    join = ["--join", f"{GROUP}@127.0.0.1"]
    with Tool("0.0.0.0:0", *join, *join, "--format", "jsonl") as tool:
        expect(tool.errors.next(), f"note: {GROUP} on 127.0.0.1: joined already")
        send_to_group(tool.port)
        send(tool.port, "127.0.0.1", b"last")
        first, last = tool.objects(2)
        expect_keys(first, {"destination": GROUP})
        expect_keys(last, {"destination": "127.0.0.1"})


def one_source_of_a_group():
    """Only what the source of the join sends arrives."""
    if FOR_WINDOWS:
        raise Skip("Wine reads the addresses of IP_ADD_SOURCE_MEMBERSHIP in Linux' order")
    need_groups_on_the_loopback()
    group = "232.255.41.7"
    with Tool("0.0.0.0:0", "--join", f"{group}@lo=127.0.0.9", "--format", "jsonl") as tool:
        for source in ("127.0.0.8", "127.0.0.9"):
            with sender(socket.AF_INET) as out:
                out.bind((source, 0))
                out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
                out.sendto(source.encode(), (group, tool.port))
        send(tool.port, "127.0.0.1", b"last")
        first, last = tool.objects(2)
        expect_keys(first, {"destination": group, "remote": first["remote"]})
        assert first["remote"].startswith("127.0.0.9:"), first
        expect_keys(last, {"destination": "127.0.0.1"})


run(one_source_of_a_group, ipv4_group, a_group_joined_twice)
