"""own_loop prints the metadata of each datagram, replies, and ends after an empty one."""
import re

from _server import PATIENCE_SECONDS, Server, asking, expect, refuses_wrong_arguments, run


def says_and_answers():
    with Server() as server:
        with asking(server, "127.0.0.1", hop_limit=77) as client:
            for payload in (b"hello", b"x" * 2000):
                client.send(payload)
                expect(client.recv(4096), payload)
            client.send(b"")
        output = server.process.stdout.read()
        expect(server.process.wait(PATIENCE_SECONDS), 0, "exit status")
        lines = output.splitlines()
        assert re.fullmatch(r"5 bytes from 127\.0\.0\.1:\d+ to 127\.0\.0\.1, TTL 77", lines[0]), lines
        assert lines[1].startswith("2000 bytes"), lines
        expect(lines[2:], ["3 received"])


run(refuses_wrong_arguments, says_and_answers)
