"""worker_pool: every datagram is processed and answered once, whatever the workers hold.

ANCILLARY_WORKER_POOL_DATAGRAMS says how many are sent (default 20,000).
"""
import os
import re
import signal

from _server import FOR_WINDOWS, PATIENCE_SECONDS, Server, asking, expect, refuses_wrong_arguments, run

DATAGRAMS = int(os.environ.get("ANCILLARY_WORKER_POOL_DATAGRAMS", "20000"))
OUTSTANDING = 100  # fits a default receive buffer and exceeds the number of slots


def each_datagram_is_answered_once():
    with Server() as server:
        seen = bytearray(DATAGRAMS)
        with asking(server, "127.0.0.1") as client:
            sent = answered = 0
            while answered < DATAGRAMS:
                while sent < DATAGRAMS and sent - answered < OUTSTANDING:
                    client.send(sent.to_bytes(8, "little"))
                    sent += 1
                number = int.from_bytes(client.recv(100), "little")
                assert not seen[number], f"{number} was answered twice"
                seen[number] = 1
                answered += 1
        expect(seen.count(1), DATAGRAMS)
        if not FOR_WINDOWS:
            server.process.send_signal(signal.SIGTERM)
            summary = server.process.stdout.read()
            expect(server.process.wait(PATIENCE_SECONDS), 0, "exit status")
            expect(re.findall(r"\d+", summary)[:2], [str(DATAGRAMS)] * 2, summary)
            print(summary.strip())


run(refuses_wrong_arguments, each_datagram_is_answered_once)
