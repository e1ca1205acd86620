"""A group is received again after its interface went and came back, and the tool says so."""
import socket
import subprocess

from _tool import (enter_own_network, expect_keys, FOR_WINDOWS, is_own_network,
                   run, sender, Skip, Tool)

GROUP = "239.255.41.7"
# A separate network, whose links the test deletes.
LINK = """ip link set lo up && ip link add e0 type veth peer name e1 &&
ip addr add 10.9.0.1/24 dev e0 && ip link set e0 up && ip link set e1 up"""


def wait_for(tool, line):
    """Waits for a line; others may come before it."""
    while (actual := tool.errors.next()) != line:
        assert actual is not None, f"ended before {line!r}"


def an_interface_that_returns():
    if not is_own_network():
        raise Skip("needs a network namespace")
    with Tool("0.0.0.0:0", "--join", f"{GROUP}@e0", "--format", "jsonl") as tool:
        for _ in range(3):
            with sender(socket.AF_INET) as out:
                out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.1"))
                out.sendto(b"to all", (GROUP, tool.port))
            expect_keys(tool.objects(1)[0], {"destination": GROUP, "length": 6})
            subprocess.run(["ip", "link", "delete", "e0"], check=True)
            wait_for(tool, f"left {GROUP} on e0")
            subprocess.run(["sh", "-c", LINK], check=True)
            wait_for(tool, f"joined {GROUP} on e0")
        assert tool.end()["datagrams"] == 3


if not FOR_WINDOWS:
    enter_own_network(LINK)
run(an_interface_that_returns)
