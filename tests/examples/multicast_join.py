"""multicast_join receives its group, but no group that others joined, also after its interface went and came back."""
import re
import socket
import subprocess

from _server import (EMULATOR, enter_own_network, FOR_WINDOWS, is_own_network,
                     PATIENCE_SECONDS, PROGRAM, run, Skip)

GROUP = "239.77.1.2"
SOMEBODY_ELSES = "239.77.1.3"
LOOPBACK = socket.inet_aton("127.0.0.1")


def joins_and_prints():
    if FOR_WINDOWS:
        raise Skip("joins by the name of Linux' loopback interface")
    command = [*EMULATOR, PROGRAM, GROUP, "lo", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = int(re.search(r"on port (\d+)", process.stdout.readline()).group(1))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, LOOPBACK)
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 7)
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                  socket.inet_aton(SOMEBODY_ELSES) + LOOPBACK)
                sender.sendto(b"not ours", (SOMEBODY_ELSES, port))
                sender.sendto(b"hello", (GROUP, port))
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()
    assert process.returncode == 0, process.returncode
    assert f"destination={GROUP}" in output, output
    assert "hop_limit=7" in output, output


# A network of its own, whose links it may delete.
SET_UP = "ip link set lo up && ip link add e0 type veth peer name e1 && ip link delete e0"
LINK = """ip link add e0 type veth peer name e1 && ip addr add 10.9.0.1/24 dev e0 &&
ip addr add 10.9.0.2/24 dev e1 && ip link set e0 up && ip link set e1 up"""


def survives_its_interface():
    if not is_own_network():
        raise Skip("needs a network namespace")
    command = [*EMULATOR, PROGRAM, GROUP, "e0", "0", "--count", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        try:
            assert process.stderr.readline() == "waiting for e0\n"
            port = int(re.search(r"on port (\d+)", process.stdout.readline()).group(1))
            for _ in range(2):
                subprocess.run(["sh", "-c", LINK], check=True)
                while (line := process.stderr.readline()) != f"joined {GROUP} on e0\n":
                    assert line, "ended"
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                                      socket.inet_aton("10.9.0.1"))
                    sender.sendto(b"hello", (GROUP, port))
                assert f"destination={GROUP}" in process.stdout.readline()
                subprocess.run(["ip", "link", "delete", "e0"], check=True)
            assert process.wait(timeout=PATIENCE_SECONDS) == 0
        finally:
            process.kill()


if not FOR_WINDOWS:
    enter_own_network(SET_UP)
run(joins_and_prints, survives_its_interface)
