"""per_peer answers each peer through a socket of its own. (scripts/peer-load.py has many peers.)"""
import socket
import subprocess

from _server import (EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, PROGRAM, Server, Skip, expect,
                     need_source_addresses, run)


def asks(client, server, address, wanted):
    client.sendto(b"hello", (address, server.port))
    expect(client.recvfrom(100), (wanted, (address, server.port)))


def counts_each_peer_by_itself():
    if FOR_WINDOWS:
        raise Skip("two sockets cannot share a port on Windows")
    with Server() as server:
        clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(5)]
        for each in clients:
            each.bind(("127.0.0.1", 0))
            each.settimeout(PATIENCE_SECONDS)
        for count in range(1, 4):
            for each in clients:
                asks(each, server, "127.0.0.1", b"hello %d" % count)
        for each in clients:
            each.close()


def answers_from_the_asked_address():
    if FOR_WINDOWS:
        raise Skip("two sockets cannot share a port on Windows")
    need_source_addresses()
    with Server() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.1", 0))
        client.settimeout(PATIENCE_SECONDS)
        asks(client, server, "127.0.0.5", b"hello 1")
        asks(client, server, "127.0.0.5", b"hello 2")
        # The same peer at another address of the server: through the listener.
        asks(client, server, "127.0.0.6", b"hello 3")
        asks(client, server, "127.0.0.5", b"hello 4")


def says_what_the_system_lacks():
    if not FOR_WINDOWS:
        raise Skip("on Linux, sockets can share a port")
    done = subprocess.run([*EMULATOR, PROGRAM, "0"], capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS)
    expect(done.returncode, 1)
    assert "sharing the port" in done.stderr, done.stderr


run(counts_each_peer_by_itself, answers_from_the_asked_address, says_what_the_system_lacks)
