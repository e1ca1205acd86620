#!/usr/bin/env python3
"""first-look.py RECEIVER OPTION_PROBE DIRECTORY [EMULATOR...]: records this machine's behaviour in files.

Sends a few datagrams to the receiver tool on the loopback interface and keeps its output, that of
option_probe, and on Windows the results of undocumented calls. It checks nothing, because the
tests do. Fails if a program does not run or shows nothing for IPv4. Standard library only.
"""
import json
import os
import pathlib
import platform
import re
import socket
import subprocess
import sys
import time

RECEIVER, OPTION_PROBE, DIRECTORY = sys.argv[1:4]
EMULATOR = sys.argv[4:]
PATIENCE_SECONDS = 60

# Listening address, then a destination for each datagram.
VISITS = {
    "ipv4": ("0.0.0.0:0", ["127.0.0.1", "127.0.0.5"]),
    "ipv6": ("[::1]:0", ["::1"]),
    "dual-stack": ("[::]:0", ["127.0.0.1", "::1"]),
}

# Windows' numbers (ws2def.h, ws2ipdef.h), because Python lacks some of them.
IP, IPV6 = 0, 41
IPV6_V6ONLY = 27
OPTIONS = {
    "IP_TOS": (IP, 3), "IP_TTL": (IP, 4), "IP_PKTINFO": (IP, 19), "IP_RECVTTL": (IP, 21),
    "IP_RECVIF": (IP, 24), "IP_RECVTOS": (IP, 40), "IP_ORIGINAL_ARRIVAL_IF": (IP, 47),
    "IP_ECN": (IP, 50), "IP_RECVERR": (IP, 75), "IP_MTU_DISCOVER": (IP, 71),
    "IPV6_PKTINFO": (IPV6, 19), "IPV6_HOPLIMIT": (IPV6, 21), "IPV6_RECVIF": (IPV6, 24),
    "IPV6_TCLASS": (IPV6, 39), "IPV6_RECVTCLASS": (IPV6, 40), "IPV6_ECN": (IPV6, 50),
    "UDP_SEND_MSG_SIZE": (17, 2), "UDP_RECV_MAX_COALESCED_SIZE": (17, 3),
}


def keep(name, text):
    path = pathlib.Path(DIRECTORY) / name
    path.write_text(text, encoding="utf-8")
    print(f"{path}: {len(text.splitlines())} lines")


def send(destination, port, number):
    v6 = ":" in destination
    with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM) as out:
        level, hops = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if v6 else (
            socket.IPPROTO_IP, socket.IP_TTL)
        out.setsockopt(level, hops, 33 + number)
        if not v6:
            out.setsockopt(level, socket.IP_TOS, 0xB9)
        out.sendto(bytes(number), (destination, port))


def port_in(report, tool):
    """The port that the tool listens on; None if it exits before."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and tool.poll() is None:
        match = re.search(r"listening on .*:(\d+)\s", report.read_text(encoding="utf-8"))
        if match:
            return int(match[1])
        time.sleep(0.05)
    return None


def visit(name, listen, destinations):
    """Three datagrams to each destination."""
    count = 3 * len(destinations)
    lines, report = (pathlib.Path(DIRECTORY) / f"receiver-{name}{end}" for end in (".jsonl", ".txt"))
    with lines.open("wb") as out, report.open("wb") as errors, subprocess.Popen(
            [*EMULATOR, RECEIVER, listen, "--format", "jsonl", "--count", str(count), "--duration",
             str(PATIENCE_SECONDS // 2)], stdin=subprocess.DEVNULL, stdout=out, stderr=errors) as tool:
        try:
            port = port_in(report, tool)
            for number in range(count if port else 0):
                send(destinations[number % len(destinations)], port, number)
            tool.wait(PATIENCE_SECONDS)
        finally:
            tool.kill()
    print(report.read_text(encoding="utf-8", errors="replace"))
    return bool(lines.read_bytes())


def probe(name, *arguments):
    done = subprocess.run([*EMULATOR, OPTION_PROBE, "--json", *arguments], capture_output=True,
                          encoding="utf-8", errors="replace", timeout=PATIENCE_SECONDS)
    keep(f"options-{name}.json", done.stdout)
    return done.returncode == 0 and bool(json.loads(done.stdout))


def answer(call):
    try:
        value = call()
        return value.hex() if isinstance(value, bytes) else "done" if value is None else str(value)
    except OSError as problem:
        return f"{type(problem).__name__} {getattr(problem, 'winerror', None) or problem.errno}"


def of_each_option(family):
    answers = {}
    for name, (level, number) in OPTIONS.items():
        for size, value in (("4 bytes of 1", b"\1\0\0\0"), ("1 byte of 1", b"\1")):
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                answers[f"set {name}, {size}"] = answer(
                    lambda: asked.setsockopt(level, number, value))
                answers[f"get {name} after {size}"] = answer(
                    lambda: asked.getsockopt(level, number, 4))
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        answers["get IPV6_V6ONLY"] = answer(lambda: asked.getsockopt(IPV6, IPV6_V6ONLY, 4))
        answers["receive unbound"] = answer(lambda: (asked.setblocking(False), asked.recv(1))[1])
    return answers


def of_one_port_for_both():
    """Which of a dual-stack and an IPv4 socket on one port receives an IPv4 datagram."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as dual, socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM) as v4:
        dual.setsockopt(IPV6, socket.IPV6_V6ONLY, 0)
        dual.bind(("::", 0))
        answers = {"bind beside it": answer(lambda: v4.bind(("0.0.0.0", dual.getsockname()[1])))}
        send("127.0.0.1", dual.getsockname()[1], 1)
        for name, each in (("dual-stack", dual), ("IPv4", v4)):
            each.settimeout(1)
            answers[f"{name} socket"] = answer(lambda: each.recv(10))
    return answers


def of_groups():
    member = socket.inet_aton("239.255.41.7") + socket.inet_aton("127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as joined:
        def join():
            joined.setsockopt(IP, socket.IP_ADD_MEMBERSHIP, member)
        return {"join on 127.0.0.1": answer(join), "join again": answer(join)}


def main():
    pathlib.Path(DIRECTORY).mkdir(parents=True, exist_ok=True)
    keep("machine.txt", "\n".join([platform.platform(), *platform.uname(), ""]))
    shown = {name: visit(name, *what) for name, what in VISITS.items()}
    probed = [probe("ipv4"), probe("ipv6", "--ipv6")]
    if os.name == "nt":
        keep("questions.json", json.dumps({
            "IPv4 socket": of_each_option(socket.AF_INET),
            "IPv6 socket": of_each_option(socket.AF_INET6),
            "one port for both": of_one_port_for_both(),
            "groups": of_groups()}, indent=2) + "\n")
    sys.exit(0 if shown["ipv4"] and all(probed) else 1)  # not every machine has IPv6


main()
