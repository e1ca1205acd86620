"""A small STAMP session-sender (RFC 8762, 4.2.1) tests stamp_reflector."""
import socket
import struct
import time

from _server import (Server, WallClock, asking, expect, need_ipv6, need_source_addresses,
                     need_traffic_classes, refuses_wrong_arguments, run)

FROM_1900_TO_1970 = 2208988800
ERROR_ESTIMATE = 0x0C01


def ntp_time(seconds):
    return int((seconds + FROM_1900_TO_1970) * 2**32)


def exchange(client, number, size=44):
    """Sends one packet; returns the reply and the round-trip time."""
    clock = WallClock()
    sent = struct.pack(">IQH", number, ntp_time(time.time()), ERROR_ESTIMATE)
    client.send(sent + bytes(size - len(sent)))
    answer = client.recv(4096)
    earliest, latest = map(ntp_time, clock.bounds())
    expect(len(answer), max(44, size), "size of the reflected packet")
    reflected, left, _, _, received = struct.unpack(">IQHHQ", answer[:24])
    expect(reflected, number, "sequence number")
    expect(answer[24:38], sent, "what the sender had said")
    assert earliest <= received <= latest and earliest <= left <= latest
    expect(any(answer[41:]), False, "zero at the end")
    return answer[40]


def returns_the_ttl(address="127.0.0.4"):
    with Server() as server:
        for ttl in (1, 64, 137, 255):
            with asking(server, address, hop_limit=ttl) as client:
                for number in range(5):
                    expect(exchange(client, number), ttl, "TTL")


def over_ipv6():
    need_ipv6()
    returns_the_ttl("::1")


def sizes():
    with Server() as server, asking(server, "127.0.0.1") as client:
        for size in (14, 41, 44, 45, 512, 1472):
            exchange(client, size, size)
        client.send(bytes(13))  # too short for the reply's fields
        exchange(client, 99)


def many_in_a_row():
    with Server() as server, asking(server, "127.0.0.1") as client:
        for number in range(500):
            exchange(client, number)


def return_path():
    """The reply has TTL 255 and the traffic class of the request."""
    need_traffic_classes()
    with Server() as server:
        with asking(server, "127.0.0.1", traffic_class=0x28 | 1) as client:
            for option in (12, 13):  # IP_RECVTTL, IP_RECVTOS; linux/in.h
                client.setsockopt(socket.IPPROTO_IP, option, 1)
            client.send(bytes(44))
            _, control, _, _ = client.recvmsg(2048, 256)
        seen = {kind: data[0] for level, kind, data in control if level == socket.IPPROTO_IP}
        expect(seen, {socket.IP_TTL: 255, socket.IP_TOS: 0x28 | 1})


def run_where_sources_count(case):
    def checked():
        need_source_addresses()
        case()
    checked.__name__ = case.__name__
    return checked


run(refuses_wrong_arguments,
    run_where_sources_count(returns_the_ttl), run_where_sources_count(over_ipv6), sizes,
    many_in_a_row, return_path)
