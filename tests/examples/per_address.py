"""per_address listens on an address while the host has it, on whichever interface."""
import os
import signal
import socket
import subprocess

from _server import (EMULATOR, enter_own_network, FOR_WINDOWS, is_own_network,
                     PATIENCE_SECONDS, PROGRAM, run, Skip)

# A network of its own, whose addresses it may change.
SET_UP = ("ip link set lo up && ip link add e0 type veth peer name p0 && ip link add e1 type veth peer name p1 && "
          "ip link set e0 up && ip link set e1 up")
PORT = 9


def echoes(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.sendto(b"hello", (address, PORT))
        assert client.recvfrom(100) == (b"hello", (address, PORT))


def expect(process, line):
    """Waits for a line; others may come before it."""
    while (actual := process.stdout.readline()) != line + "\n":
        assert actual, f"ended before {line!r}"


def ip(command):
    subprocess.run(["ip", *command.split()], check=True)


def in_one_list(process, *commands):
    """All changes are there when the program looks."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    for command in commands:
        ip(command)
    process.send_signal(signal.SIGCONT)


def keeps_an_address_that_another_interface_has():
    if not is_own_network():
        raise Skip("needs a network namespace")
    with subprocess.Popen([*EMULATOR, PROGRAM, str(PORT)], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            ip("addr add 10.9.9.9/32 dev e1")
            expect(process, f"listening on 10.9.9.9:{PORT}")
            marker = 0

            def expect_nothing():
                """Up to the change of another address, in a later list."""
                nonlocal marker
                marker += 1
                ip(f"addr add 10.9.8.{marker}/32 dev lo")
                for line in iter(process.stdout.readline, f"listening on 10.9.8.{marker}:{PORT}\n"):
                    assert line and "10.9.9.9" not in line, line

            for here, there in (("e1", "e0"), ("e0", "e1")):  # to an interface before it in the list, and behind it
                in_one_list(process, f"addr del 10.9.9.9/32 dev {here}", f"addr add 10.9.9.9/32 dev {there}")
                expect_nothing()
                echoes("10.9.9.9")
            ip("addr add 10.9.9.9/32 dev e0")
            expect_nothing()
            ip("addr del 10.9.9.9/32 dev e1")
            expect_nothing()
            echoes("10.9.9.9")
            ip("addr del 10.9.9.9/32 dev e0")
            expect(process, f"closed 10.9.9.9:{PORT}")
        finally:
            process.kill()


def follows_the_addresses():
    if not is_own_network():
        raise Skip("needs a network namespace")
    with subprocess.Popen([*EMULATOR, PROGRAM, str(PORT)], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            expect(process, f"listening on 127.0.0.1:{PORT}")
            echoes("127.0.0.1")
            for _ in range(3):
                ip("addr add 10.9.9.9/32 dev lo")
                expect(process, f"listening on 10.9.9.9:{PORT}")
                echoes("10.9.9.9")
                ip("addr del 10.9.9.9/32 dev lo")
                expect(process, f"closed 10.9.9.9:{PORT}")
            echoes("127.0.0.1")
        finally:
            process.kill()


if not FOR_WINDOWS:
    enter_own_network(SET_UP)
run(follows_the_addresses, keeps_an_address_that_another_interface_has)
