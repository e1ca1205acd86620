"""per_address listens on an address while the host has it."""
import os
import shutil
import socket
import subprocess
import sys

from _server import EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, PROGRAM, Skip, run

# A network of its own, whose addresses it may change.
IN_OWN_NETWORK = "ANCILLARY_TEST_IN_OWN_NETWORK"
SET_UP = "ip link set lo up && ip addr add 10.9.9.9/32 dev lo && ip addr del 10.9.9.9/32 dev lo"
PORT = 9


def enter_own_network():
    if FOR_WINDOWS or not shutil.which("unshare") or IN_OWN_NETWORK in os.environ:
        return
    if subprocess.run(["unshare", "--net", "sh", "-c", SET_UP], capture_output=True).returncode == 0:
        os.environ[IN_OWN_NETWORK] = "yes"
        os.execvp("unshare", ["unshare", "--net", "sh", "-c", SET_UP + ' && exec "$@"', "sh",
                              sys.executable, *sys.argv])


def echoes(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.sendto(b"hello", (address, PORT))
        assert client.recvfrom(100) == (b"hello", (address, PORT))


def expect(process, line):
    """Waits for a line; others may come before it."""
    while (actual := process.stdout.readline()) != line + "\n":
        assert actual, f"ended before {line!r}"


def follows_the_addresses():
    if IN_OWN_NETWORK not in os.environ:
        raise Skip("needs a network namespace")
    with subprocess.Popen([*EMULATOR, PROGRAM, str(PORT)], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            expect(process, f"listening on 127.0.0.1:{PORT}")
            echoes("127.0.0.1")
            for _ in range(3):
                subprocess.run(["ip", "addr", "add", "10.9.9.9/32", "dev", "lo"], check=True)
                expect(process, f"listening on 10.9.9.9:{PORT}")
                echoes("10.9.9.9")
                subprocess.run(["ip", "addr", "del", "10.9.9.9/32", "dev", "lo"], check=True)
                expect(process, f"closed 10.9.9.9:{PORT}")
            echoes("127.0.0.1")
        finally:
            process.kill()


enter_own_network()
run(follows_the_addresses)
