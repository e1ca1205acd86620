"""Datagrams of an independent program: socat sets TTL and TOS itself."""
import shutil
import subprocess

from _tool import Skip, Tool, expect_keys, run


def datagrams_from_socat():
    if not shutil.which("socat"):
        raise Skip("socat is not installed")
    with Tool("0.0.0.0:0", "--format", "jsonl", "--count", 2) as tool:
        for destination in ("127.0.0.5", "127.0.0.6"):
            subprocess.run(["socat", "-", f"UDP4:{destination}:{tool.port},ttl=33,tos=0xb9"],
                           input=b"x", check=True)
            (seen,) = tool.objects(1)
            expect_keys(seen, {"destination": destination, "ttl": 33, "tos": 185, "dscp": 46,
                               "ecn": 1, "length": 1})


run(datagrams_from_socat)
