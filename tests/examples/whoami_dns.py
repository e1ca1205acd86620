"""kdig and dig query whoami_dns at every address of a wildcard socket without a warning; they warn
about the same server if its replies have no source."""
import os
import re
import socket
import subprocess

from _server import (FOR_WINDOWS, PATIENCE_SECONDS, PROGRAM, Server, Skip, asking, expect, need,
                     need_ipv6, need_source_addresses, output_of, refuses_wrong_arguments, run)

ADDRESSES = [f"127.0.0.{last}" for last in range(1, 10)]


def kdig(server, address, *query):
    return output_of(need("kdig", "knot-dnsutils"), f"@{address}", "-p", server.port,
                     f"+timeout={PATIENCE_SECONDS}", "+retry=0", *query)


def dig(server, address, *query, seconds=PATIENCE_SECONDS):
    return output_of(need("dig", "bind9-dnsutils"), f"@{address}", "-p", server.port,
                     f"+timeout={seconds}", "+tries=1", "+norecurse", *query)


def check_txt(output, address):
    for wanted in (f'"destination={address}"', '"ttl=', '"dscp=0"', '"ecn=not_ect"', '"client='):
        assert wanted in output, f"no {wanted} in {output}"


def kdig_gets_answers_without_a_warning():
    need_source_addresses()
    with Server() as server:
        for address in ADDRESSES:
            status, output = kdig(server, address, "whoami.test", "TXT")
            expect(status, 0, output)
            assert "WARNING" not in output.upper(), output
            assert f"From {address}@{server.port}(UDP)" in output, output
            check_txt(output, address)


def dig_gets_answers_without_a_warning():
    need_source_addresses()
    with Server() as server:
        for address in ADDRESSES:
            status, output = dig(server, address, "whoami.test", "TXT")
            expect(status, 0, output)
            assert "WARNING" not in output and "unexpected source" not in output, output
            assert "status: NOERROR" in output and "flags: qr aa;" in output, output
            check_txt(output, address)


def both_over_ipv6():
    need_source_addresses()
    need_ipv6()
    with Server() as server:
        for ask in (kdig, dig):
            status, output = ask(server, "::1", "whoami.test", "TXT")
            expect(status, 0, output)
            assert "WARNING" not in output.upper(), output
            check_txt(output, "::1")
            _, output = ask(server, "::1", "whoami.test", "AAAA", "+short")
            expect(output.strip(), "::1")


def without_the_source_they_complain():
    need_source_addresses()
    program = os.path.join(os.path.dirname(PROGRAM), "whoami_without_source")
    if not os.path.exists(program):
        raise Skip(f"{program} was not built")
    with Server(program) as server:
        kdig_complains_of_the_source(server, "127.0.0.5")
        # The reply never arrives, however long dig waits.
        status, output = dig(server, "127.0.0.5", "whoami.test", "TXT", seconds=1)
        # dig of BIND 9.18 uses a connected socket, which drops the reply; older versions report it.
        assert status != 0 and re.search("timed out|reply from unexpected source", output), output
        # If the route's choice happens to be the requested address, nothing is visible.
        status, output = kdig(server, "127.0.0.1", "whoami.test", "TXT")
        expect(status, 0, output)


def kdig_complains_of_the_source(server, address):
    command = [need("kdig", "knot-dnsutils"), f"@{address}", "-p", str(server.port), "whoami.test"]
    # It warns, and continues to wait for a valid reply.
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as asking_it:
        complaint = asking_it.stderr.readline()
        asking_it.kill()
    assert "unexpected reply source" in complaint.lower(), complaint


def records():
    with Server() as server:
        for kind, wanted in (("A", "127.0.0.1"), ("AAAA", ""), ("MX", "")):
            _, output = dig(server, "127.0.0.1", "WhoAmI.test", kind)
            assert "status: NOERROR" in output, output
            if wanted:
                assert re.search(rf"\bIN\s+{kind}\s+{wanted}", output), output
            else:  # no data: the SOA has the negative TTL
                assert "ANSWER: 0, AUTHORITY: 1" in output, output
                assert re.search(r"\bIN\s+SOA\s+ns\.whoami\.test\. root", output, re.I), output
        _, output = dig(server, "127.0.0.1", "no.such.whoami.test", "A")
        assert "status: NXDOMAIN" in output and "AUTHORITY: 1" in output, output
        _, output = dig(server, "127.0.0.1", "example.org", "A")
        assert "status: REFUSED" in output, output
        _, output = dig(server, "127.0.0.1", "whoami.test", "SOA", "+bufsize=1232", "+dnssec")
        assert "status: NOERROR" in output and "ANSWER: 1" in output, output
        _, output = dig(server, "127.0.0.1", "+opcode=status", "whoami.test", "A")
        assert "status: NOTIMP" in output, output


def what_the_query_was_sent_with():
    if FOR_WINDOWS:
        raise Skip("Windows sends no DSCP, and for Wine's the receiver tool has tests")
    query = b"\0\1" + b"\0\0" + b"\0\1" + bytes(6) + b"\6whoami\4test\0" + b"\0\x10\0\1"
    with Server() as server, asking(server, "127.0.0.7", hop_limit=99,
                                    traffic_class=0xB8 | 2) as client:
        client.send(query)
        answer = client.recv(2048)
        for wanted in (b"ttl=99", b"dscp=46", b"ecn=ect0", b"destination=127.0.0.7",
                       b"port=%d" % client.getsockname()[1]):
            assert wanted in answer, (wanted, answer)


def hostile_queries():
    """No reply, or FORMERR, and the server continues."""
    good = b"\0\1" + b"\0\0" + b"\0\1" + bytes(6) + b"\6whoami\4test\0" + b"\0\x10\0\1"
    with Server() as server, asking(server, "127.0.0.1") as client:
        for length in range(len(good)):
            client.send(good[:length])
        client.send(good[:12] + b"\xc0\x0c" + b"\0\x10\0\1")  # a name that points at itself
        client.send(good[:12] + b"\x3f" * 300)
        client.send(good[:2] + b"\x80\0" + good[4:])  # a response, which must not be answered
        client.send(b"\x7f\x7f" + good[2:])
        client.settimeout(PATIENCE_SECONDS)
        while True:
            answer = client.recv(2048)
            if answer[:2] == b"\x7f\x7f":
                break
            expect(answer[3] & 15, 1, "response code")
        assert answer[3] & 15 == 0 and b"destination=127.0.0.1" in answer, answer
        client.settimeout(0.1)
        try:
            raise AssertionError(f"answered too often: {client.recv(2048)}")
        except socket.timeout:
            pass


run(refuses_wrong_arguments,
    kdig_gets_answers_without_a_warning, dig_gets_answers_without_a_warning, both_over_ipv6,
    without_the_source_they_complain, records, what_the_query_was_sent_with, hostile_queries)
