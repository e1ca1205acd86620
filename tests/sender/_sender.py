"""Runs the sender tool; a socket of the standard library is the witness."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "receiver"))
from _tool import PATIENCE_SECONDS, complete  # noqa: E402

IP_PKTINFO, IP_RECVTTL, IP_RECVTOS = 8, 12, 13  # of linux/in.h
IP_TTL, IP_TOS = 2, 1
HAS_MESSAGES = hasattr(socket.socket, "recvmsg")  # not on Windows


def send(*arguments):
    """Exit status, lines of standard output, lines of standard error."""
    status, output, errors = complete(*arguments)
    return status, output.splitlines(), errors


class Witness:
    """A socket on a free port; a context manager."""

    def __init__(self, address="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                                    socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        if HAS_MESSAGES and ":" not in address:
            for option in (IP_PKTINFO, IP_RECVTTL, IP_RECVTOS):
                self.socket.setsockopt(socket.IPPROTO_IP, option, 1)
        self.port = self.socket.getsockname()[1]
        host = f"[{address}]" if ":" in address else address
        self.name = f"{host}:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def next(self):
        """Payload, sender, and TTL and TOS where this Python can tell."""
        if not HAS_MESSAGES:
            payload, remote = self.socket.recvfrom(65535)
            return payload, remote, None, None
        payload, messages, _, remote = self.socket.recvmsg(65535, 256)
        ttl = tos = None
        for level, kind, data in messages:
            if (level, kind) == (socket.IPPROTO_IP, IP_TTL):
                ttl = int.from_bytes(data[:4], sys.byteorder)
            elif (level, kind) == (socket.IPPROTO_IP, IP_TOS):
                tos = data[0]
        return payload, remote, ttl, tos

    def is_empty(self):
        self.socket.setblocking(False)
        try:
            self.socket.recvfrom(65535)
            return False
        except BlockingIOError:
            return True
