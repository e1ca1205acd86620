"""Groups that are joined by the interface's name, index and address."""
import socket

from _tool import FOR_WINDOWS, Skip, Tool, expect_keys, need_ipv6, run, sender

GROUP = "239.255.41.7"


def send_to_group(port, group=GROUP):
    with sender(socket.AF_INET) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 3)
        out.sendto(b"to all", (group, port))


def ipv4_group():
    interfaces = ["127.0.0.1"]
    if not FOR_WINDOWS:
        interfaces += ["lo", socket.if_nametoindex("lo")]
    for interface in interfaces:
        with Tool("0.0.0.0:0", "--join", f"{GROUP}@{interface}", "--format", "jsonl") as tool:
            send_to_group(tool.port)
            (seen,) = tool.objects(1)
            expect_keys(seen, {"destination": GROUP, "ttl": 3, "multicast": True,
                               "broadcast": False, "length": 6})


def ipv6_group():
    need_ipv6()
    group = "ff01::41:7"
    index = socket.if_nametoindex("lo") if hasattr(socket, "if_nametoindex") else 1
    with Tool("[::]:0", "--join", f"{group}@{index}", "--format", "jsonl") as tool:
        with sender(socket.AF_INET6) as out:
            out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
            out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 3)
            try:
                out.sendto(b"to all", (group, tool.port))
            except OSError as problem:
                raise Skip(f"no way for IPv6 multicast here: {problem}") from None
        (seen,) = tool.objects(1)
        expect_keys(seen, {"destination": group, "ttl": 3, "multicast": True, "broadcast": False})


run(ipv4_group, ipv6_group)
