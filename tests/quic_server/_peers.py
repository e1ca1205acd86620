"""The server, ngtcp2's client and network namespaces, for the scenarios."""
import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile

PATTERN = bytes((i * 131 + (i >> 8)) & 0xFF for i in range(65536))  # of the server's GET


def pattern(size):
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


class Skipped(Exception):
    pass


class Server:
    """The server until the end of the `with` block; then `totals` has its counters."""

    def __init__(self, program, *options, inside=()):
        self.command = [*inside, program, "0", *options]
        self.totals = None

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = self.process.stderr.readline()
        listening = re.match(r"listening on .*:(\d+)$", first)
        if not listening:
            raise AssertionError(f"the server did not start: {first}{self.process.stderr.read()}")
        self.port = listening[1]
        return self

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        if kind is None:
            assert self.process.returncode == 0, f"the server ended badly: {out}{err}"
            self.totals = json.loads(out)


def fetch(client, server, address, names, *options, body=None, inside=(), timeout=120):
    """Requests https://localhost/NAME for each name; returns the responses' bodies."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*inside, client, "-q", "--no-quic-dump", "--no-http-dump",
                   "--exit-on-all-streams-close", "--download", folder, *options]
        if body is not None:
            with open(os.path.join(folder, "request-body"), "wb") as file:
                file.write(body)
            command += ["-m", "POST", "-d", file.name]
        command += [address, server.port, *(f"https://localhost/{name}" for name in names)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stderr
        bodies = []
        for name in names:
            path = os.path.join(folder, name)
            assert os.path.exists(path), f"no response to {name}: {done.stderr[-500:]}"
            with open(path, "rb") as file:
                bodies.append(file.read())
        return bodies


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


@contextlib.contextmanager
def namespaces(*names):
    """Network namespaces with a loopback interface; yields their full names."""
    if os.geteuid() != 0:
        raise Skipped("network namespaces need root")
    full = [f"quic-{os.getpid()}-{name}" for name in names]
    made = []
    try:
        for name in full:
            if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
                raise Skipped("cannot make network namespaces")
            made.append(name)
            ip("-n", name, "link", "set", "lo", "up")
        yield full
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "del", name])


def within(name_space):
    return ["ip", "netns", "exec", name_space]


def configure(name_space, *command):
    """Runs a command of which not every system is capable."""
    done = subprocess.run([*within(name_space), *command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Skipped(f"{' '.join(command)}: {done.stderr.strip()}")


class Link:
    """Namespaces for a client and a server with a bottleneck between them (link.cpp): 60 Mbit/s, 2 ms
    round trip, marks after 2 ms of waiting. The server has 10.93.1.2 and 10.93.1.3. After the end
    of the `with` block `marked`, `lost` and `overflowed` have the counts of both directions."""

    def __init__(self, program, loss_percent):
        self.command = [program, "60", "1", str(loss_percent), "2"]

    def __enter__(self):
        self.spaces = namespaces("c", "s")
        names = self.spaces.__enter__()
        try:
            self.command[1:1] = names
            self.process = subprocess.Popen(self.command, text=True, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE)
            if self.process.stdout.readline() != "up\n":
                raise Skipped(self.process.stderr.read().strip())
            for name, hosts in zip(names, ((1,), (2, 3))):
                for host in hosts:
                    ip("-n", name, "addr", "add", f"10.93.1.{host}/24", "dev", "link0")
                ip("-n", name, "link", "set", "link0", "up")
        except BaseException as error:
            self.spaces.__exit__(type(error), error, None)
            raise
        self.client, self.server = map(within, names)
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.counts = self.process.communicate(timeout=10)[0]
        self.spaces.__exit__(*error)
        for word in ("marked", "lost", "overflowed"):
            setattr(self, word, sum(map(int, re.findall(r"(\d+) " + word, self.counts))))
