"""chronyd gets the time from ntp_server, at every address of a wildcard socket."""
import os
import re
import struct
import tempfile

from _server import (PATIENCE_SECONDS, Server, WallClock, asking, expect, need, need_ipv6,
                     need_source_addresses, output_of, refuses_wrong_arguments, run)

FROM_1900_TO_1970 = 2208988800


def chronyd_gets_an_offset():
    need_source_addresses()
    chronyd = need("chronyd", "chrony")
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        for address in ("127.0.0.1", "127.0.0.6"):
            # -x: do not change the clock; -Q: measure, print and exit.
            status, output = output_of(chronyd, "-Q", "-x", "-t", PATIENCE_SECONDS,
                                       f"server {address} port {server.port} iburst maxsamples 1",
                                       f"pidfile {os.path.join(folder, 'pid')}")
            match = re.search(r"System clock wrong by (-?[\d.]+) seconds", output)
            assert status == 0 and match, f"{status}: {output}"
            # Both use the same clock. On a busy machine, the reply may wait for the client.
            assert abs(float(match.group(1))) < 1, output


def query(server, address):
    sent = os.urandom(8)
    with asking(server, address) as client:
        client.send(bytes([4 << 3 | 3, 0, 7]) + bytes(37) + sent)
        return sent, client.recv(2048)


def the_fields():
    need_source_addresses()
    with Server() as server:
        for address in ("127.0.0.1", "127.0.0.9"):
            clock = WallClock()
            sent, answer = query(server, address)
            earliest, latest = clock.bounds()
            expect(len(answer), 48)
            expect(answer[:3], bytes([4 << 3 | 4, 1, 7]), "mode, stratum, poll")
            expect(answer[24:32], sent, "origin time")
            times = [each / 2**32 - FROM_1900_TO_1970 for each in struct.unpack(">QQ", answer[32:])]
            assert earliest <= times[0] <= latest, (earliest, times, latest)
            assert earliest <= times[1] <= latest, (earliest, times, latest)


def over_ipv6():
    need_source_addresses()
    need_ipv6()
    with Server() as server:
        sent, answer = query(server, "::1")
        expect(answer[24:32], sent, "origin time")


def nothing_for_what_is_no_request():
    with Server() as server, asking(server, "127.0.0.1") as client:
        client.send(b"")
        client.send(bytes(47))
        client.send(bytes([4 << 3 | 4]) + bytes(47))  # a server's packet: a reply could cause loops
        client.send(bytes([4 << 3 | 3]) + bytes(39) + b"the last")
        expect(client.recv(2048)[24:32], b"the last")


run(refuses_wrong_arguments,
    chronyd_gets_an_offset, the_fields, over_ipv6, nothing_for_what_is_no_request)
