"""Finds the MTU of a path through a router with a narrow link, with and without ICMP."""
import os
import subprocess
import time

from _server import EMULATOR, FOR_WINDOWS, PROGRAM, PATIENCE_SECONDS, Skip, expect, need, run

WIDE = 9500


class Path:
    """Host A - router R - host B; the link from R to B has the MTU. A context manager."""

    def __init__(self, mtu, icmp=True):
        if FOR_WINDOWS:
            raise Skip("Wine has no IP_MTU_DISCOVER, and network namespaces are Linux's")
        if os.geteuid() != 0:
            raise Skip("network namespaces need root")
        need("ip", "iproute2")
        name = f"pmtu{os.getpid()}"
        self.hosts = {host: f"{name}{host}" for host in "ARB"}
        self.mtu, self.icmp, self.reflector = mtu, icmp, None

    def ip(self, host, *words):
        subprocess.run(["ip", "-n", self.hosts[host], *" ".join(words).split()], check=True)

    def __enter__(self):
        try:
            return self.set_up()
        except BaseException:
            self.__exit__()
            raise

    def set_up(self):
        try:
            for each in self.hosts.values():
                subprocess.run(["ip", "netns", "add", each], check=True, capture_output=True)
                # Fails where / is no mount point, as in a chroot.
                subprocess.run(["ip", "-n", each, "link", "show"], check=True, capture_output=True)
        except subprocess.CalledProcessError as problem:
            raise Skip(f"no network namespaces: {problem.stderr}") from None
        v6 = self.mtu >= 1280
        for host, link, other, mtu in (("A", "e0", "r0", WIDE), ("B", "p0", "r1", self.mtu)):
            self.ip("R", f"link add {other} mtu {mtu} type veth peer name {link} mtu {mtu} netns",
                    self.hosts[host])
        for host, link, net, last in (("A", "e0", 1, 1), ("R", "r0", 1, 2), ("R", "r1", 2, 1),
                                      ("B", "p0", 2, 2)):
            self.ip(host, f"address add 10.{net}.0.{last}/24 dev {link}")
            if v6:
                self.ip(host, f"address add fd0{net}::{last}/64 dev {link} nodad")
            self.ip(host, f"link set {link} up")
            self.ip(host, "link set lo up")
        for host, net, last in (("A", 1, 2), ("B", 2, 1)):
            self.ip(host, f"route add default via 10.{net}.0.{last}")
            if v6:
                self.ip(host, f"-6 route add default via fd0{net}::{last}")
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            self.run("R", "sh", "-c", f"echo 1 > /proc/sys/{name.replace('.', '/')}")
        if not self.icmp:  # what the router itself sends to A gets lost
            self.ip("R", "rule add from 10.1.0.2 blackhole")
        self.wait_for_links()
        self.reflector = subprocess.Popen(
            ["ip", "netns", "exec", self.hosts["B"], *EMULATOR, PROGRAM, "--reflect", "9000"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        expect(self.reflector.stdout.readline().strip(), "reflecting on port 9000")
        return self

    def wait_for_links(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        for host in self.hosts:
            while "state DOWN" in self.run(host, "ip", "link", "show", "type", "veth").stdout:
                expect(time.monotonic() < deadline, True, "links come up")
                time.sleep(0.01)

    def run(self, host, *command):
        return subprocess.run(["ip", "netns", "exec", self.hosts[host], *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)

    def probe(self, *arguments):
        return self.run("A", *EMULATOR, PROGRAM, *arguments)

    def __exit__(self, *_):
        if self.reflector:
            self.reflector.kill()
            self.reflector.wait()
        for each in self.hosts.values():
            subprocess.run(["ip", "netns", "delete", each], check=False, capture_output=True)


def expect_mtu(path, mtu, *arguments):
    done = path.probe(*arguments)
    expect((done.returncode, done.stdout, done.stderr), (0, f"{mtu}\n", ""), str(arguments))


def exact_path_mtu():
    for mtu in (576, 1280, 1400, 1500, 9000):
        with Path(mtu) as path:
            expect_mtu(path, mtu, "10.2.0.2", "9000")
            expect_mtu(path, mtu, "10.2.0.2", "9000")  # the host knows the path by now
            if mtu >= 1280:
                expect_mtu(path, mtu, "fd02::2", "9000")


def exact_path_mtu_without_icmp():
    with Path(1400, icmp=False) as path:
        # Two sizes get lost. The timeout is far above the path's delay on a busy machine.
        expect_mtu(path, 1400, "10.2.0.2", "9000", "--largest", "1404", "--timeout", "1000")


def an_upper_bound_below_the_path_mtu():
    with Path(1400) as path:
        expect_mtu(path, 1000, "10.2.0.2", "9000", "--largest", "1000")


def nobody_answers():
    with Path(1400) as path:
        done = path.probe("10.2.0.2", "9001")
        expect(done.returncode, 1)
        expect("nobody answers" in done.stderr, True, done.stderr)
        done = path.probe("10.2.0.9", "9000", "--timeout", "20")
        expect(done.returncode, 1)
        expect("no answer to" in done.stderr, True, done.stderr)


def wrong_arguments():
    for wrong in ((), ("10.2.0.2",), ("10.2.0.2", "x"), ("10.2.0.2", "9000", "--largest", "20"),
                  ("10.2.0.2", "9000", "--reflect", "9000"), ("nobody", "9000")):
        done = subprocess.run([*EMULATOR, PROGRAM, *wrong], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        expect(done.returncode != 0, True, str(wrong))
        expect(done.stderr != "", True, str(wrong))


run(exact_path_mtu, exact_path_mtu_without_icmp, an_upper_bound_below_the_path_mtu, nobody_answers,
    wrong_arguments)
