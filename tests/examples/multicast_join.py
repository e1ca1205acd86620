"""multicast_join receives its group on the loopback interface, but no group that others joined."""
import re
import socket
import subprocess

from _server import EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, PROGRAM, Skip, run

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


run(joins_and_prints)
