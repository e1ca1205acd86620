"""An IPv6 group, joined by the interface's name and index."""
import socket

from _tool import (enter_own_network, expect_keys, FOR_WINDOWS, is_own_network,
                   need_ipv6, run, sender, Skip, Tool)

GROUP = "ff02::41:7"

# A separate network, because a host with only a loopback interface has no route for IPv6 groups.
SET_UP = """ip link set lo up && ip link add group0 type veth peer name group1 &&
ip link set group0 up && ip link set group1 up && ip addr add fd00::1/64 dev group0 nodad"""


def name_of_interface():
    names = [name for _, name in socket.if_nameindex() if name not in ("lo", "group1")]
    if not names:
        raise Skip("no interface except the loopback")
    return names[0]


def ipv6_group():
    need_ipv6()
    if FOR_WINDOWS:
        raise Skip("not written yet for Windows, where interfaces have other names and numbers")
    name = name_of_interface()
    index = socket.if_nametoindex(name)
    for interface in (name, index):
        with Tool("[::]:0", "--join", f"{GROUP}@{interface}", "--format", "jsonl") as tool:
            with sender(socket.AF_INET6) as out:
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 3)
                try:
                    out.sendto(b"to all", (GROUP, tool.port))
                except OSError as problem:
                    raise Skip(f"no route for IPv6 multicast here: {problem}") from None
            (seen,) = tool.objects(1)
            expect_keys(seen, {"destination": GROUP, "ttl": 3, "multicast": True,
                               "broadcast": False, "interface": index, "interface_name": name})


if not FOR_WINDOWS:
    enter_own_network(SET_UP)
run(ipv6_group)
