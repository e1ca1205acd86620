"""echo_server replies from the requested address, to datagrams of any size and to many at once."""
import re
import signal
import socket

from _server import (FOR_WINDOWS, PATIENCE_SECONDS, Server, asking, expect, need_ipv6,
                     need_source_addresses, need_traffic_classes, refuses_wrong_arguments, run)


def from_every_address():
    need_source_addresses()
    with Server() as server:
        for last in range(1, 10):
            with asking(server, f"127.0.0.{last}") as client:
                client.send(b"hello")
                expect(client.recv(100), b"hello")


def over_ipv6():
    need_source_addresses()
    need_ipv6()
    with Server() as server, asking(server, "::1") as client:
        client.send(b"hello")
        expect(client.recv(100), b"hello")


def of_every_size():
    with Server() as server, asking(server, "127.0.0.1") as client:
        for size in (0, 1, 1472, 2048, 3000, 65507):
            client.send(bytes(size))
            expect(len(client.recv(65536)), size)


def traffic_class_and_ecn_of_the_request():
    need_traffic_classes()
    with Server() as server, asking(server, "127.0.0.3", traffic_class=0xB8 | 1) as client:
        client.setsockopt(socket.IPPROTO_IP, 13, 1)  # IP_RECVTOS, linux/in.h
        client.send(b"hello")
        _, control, _, _ = client.recvmsg(2048, 256)
        expect([data[0] for _, kind, data in control if kind == socket.IP_TOS], [0xB8 | 1])


def bursts_and_a_clean_end():
    with Server() as server:
        rounds, burst = 50, 40
        with asking(server, "127.0.0.1") as client:
            for _ in range(rounds):
                wanted = {b"%d" % number for number in range(burst)}
                for payload in wanted:
                    client.send(payload)
                expect({client.recv(100) for _ in wanted}, wanted)
        if not FOR_WINDOWS:
            server.process.send_signal(signal.SIGTERM)
            summary = server.process.stdout.read()
            expect(server.process.wait(PATIENCE_SECONDS), 0, "exit status")
            expect(re.findall(r"\d+", summary), [str(rounds * burst)] * 2 + ["0"], summary)


run(refuses_wrong_arguments,
    from_every_address, over_ipv6, of_every_size, traffic_class_and_ecn_of_the_request,
    bursts_and_a_clean_end)
