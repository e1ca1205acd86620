"""Odd command lines, each with its exit status and its message."""
import os
import subprocess

from _tool import EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, Skip, TOOL, expect, run

WRONG, FAILED, STARTED = 2, 1, 0

# Status, words of the one line (of the output, if it starts), arguments.
EVERYWHERE = (
    (WRONG, "is not ADDRESS:PORT", "9000"),
    (WRONG, "is not ADDRESS:PORT", "localhost:9000"),
    (WRONG, "is not ADDRESS:PORT", ""),
    (WRONG, "is not ADDRESS:PORT", ":9000"),
    (WRONG, "no port from 0 to 65535", "0.0.0.0:9000x"),
    (WRONG, "without brackets; use [ADDRESS6]:PORT", "::1:9000"),
    (WRONG, "is not ADDRESS:PORT", "[127.0.0.1]:1"),
    (WRONG, "no port from 0 to 65535", "0.0.0.0:70000"),
    (WRONG, "no port from 0 to 65535", "0.0.0.0:"),
    (WRONG, "no port from 0 to 65535", "[::]:-1"),
    (WRONG, "127.0.0.1:2", "127.0.0.1:1 127.0.0.1:2"),
    (WRONG, "no interface of this host after the %: 'nosuch'", "[fe80::1%nosuch]:9000"),
    (WRONG, "no interface of this host after the %: ''", "[fe80::1%]:9000"),
    (WRONG, "no interface of this host after the %: '4000000000'", "[fe80::1%4000000000]:9000"),
    (WRONG, "a zone (%lo), which only a link-local address needs", "[::1%lo]:9000"),
    (WRONG, "a zone (%lo), which only a link-local address needs", "127.0.0.1%lo:9000"),
    (STARTED, "listening on 127.0.0.1:", "[::ffff:127.0.0.1]:0"),
    (STARTED, "listening on 0.0.0.0:", "[::ffff:0.0.0.0]:0"),
    (WRONG, "--want 'hops' ttl", "--want hops"),
    (WRONG, "--require '' ttl", "--require ttl,"),
    (WRONG, "--want", "--want"),
    (WRONG, "--join 10.0.0.1 multicast", "--join 10.0.0.1"),
    (WRONG, "--join ::1 multicast", "--join ::1@lo"),
    (WRONG, "--join no interface after the @", "--join 239.1.2.3@"),
    (WRONG, "--join no interface of this host after the %: 'nosuch'", "--join ff02::fb%nosuch"),
    (WRONG, "--join two interfaces", "--join ff02::fb%lo@eth7"),
    (WRONG, "--join a zone (%lo)", "--join 239.1.2.3%lo"),
    (FAILED, "cannot join 239.1.2.3 on nowhere7: no interface 'nowhere7'",
     "0.0.0.0:0 --join 239.1.2.3@nowhere7"),
    (FAILED, "cannot join ff02::fb: an IPv4 socket receives no IPv6 groups; listen on [::]:0",
     "0.0.0.0:0 --join ff02::fb"),
    (FAILED, "cannot join 239.1.2.3: IPv4 groups; listen on [::]:0", "[::1]:0 --join 239.1.2.3"),
    (WRONG, "--join no sender's address of the group's family after the =, such as 192.0.2.1",
     "--join 232.1.2.3@lo=::1"),
    (WRONG, "--join no sender's address 2001:db8::1", "--join ff3e::1=192.0.2.1"),
    (WRONG, "--join no sender's address", "--join 232.1.2.3="),
    (WRONG, "--join no sender's address", "--join 232.1.2.3=239.1.2.3"),
    (WRONG, "--join no interface after the @", "--join 232.1.2.3@=127.0.0.1"),
    (WRONG, "--top '0' seconds", "127.0.0.1:0 --top 0"),
    (WRONG, "--top '127.0.0.1:0' write the address before --top, or --top=1", "--top 127.0.0.1:0"),
    (WRONG, "--format excludes --top", "127.0.0.1:0 --top --format none"),
    (WRONG, "--by requires --top", "127.0.0.1:0 --by peer"),
    (WRONG, "--by 'port' peer, destination or dscp", "127.0.0.1:0 --top --by port"),
    (WRONG, "--rate-limit '0'", "--rate-limit 0"),
    (WRONG, "--pause-on-full needs --pcapng FILE", "127.0.0.1:0 --pause-on-full"),
    (WRONG, "--top excludes --rate-limit", "127.0.0.1:0 --top --rate-limit 1"),
    (WRONG, "--format 'xml' table, jsonl or none", "--format xml"),
    (WRONG, "--count '0'", "--count 0"),
    (WRONG, "--count 'many'", "--count many"),
    (WRONG, "--count '18446744073709551616'", "--count 18446744073709551616"),
    (WRONG, "--duration '-1' seconds", "--duration=-1"),
    (WRONG, "--duration '1e400' seconds", "--duration 1e400"),
    (WRONG, "--duration '1s' seconds", "--duration 1s"),
    (WRONG, "--stats 'nan' seconds", "--stats nan"),
    (WRONG, "--batch '-3'", "--batch=-3"),
    (WRONG, "--batch '1025' 1024", "--batch 1025"),
    (WRONG, "--payload-capacity 65536 65535", "--payload-capacity 65536"),
    (WRONG, "--receive-buffer", "--receive-buffer"),
    (WRONG, "--receive-buffer '1k'", "--receive-buffer 1k"),
    (WRONG, "--colour", "--colour"),
    (WRONG, "-v", "-v"),
    (STARTED, "listening on 127.0.0.1:", "127.0.0.1:0 --reuse"),
    (STARTED, "payload sizes times between arrivals", "127.0.0.1:0 --histogram"),
    (STARTED, "239.1.2.3 on 127.0.0.1: joined already",
     "0.0.0.0:0 --join 239.1.2.3@127.0.0.1 --join 239.1.2.3@127.0.0.1"),
)

# What Linux does differently, and what Wine does not imitate.
ON_LINUX = (
    (FAILED, "cannot join 239.1.2.3: a socket on 127.0.0.1 receives only what is sent to that address; listen on 0.0.0.0:0",
     "127.0.0.1:0 --join 239.1.2.3"),
    (FAILED, "cannot join ff02::fb: a socket on ::1 receives only what is sent to that address; listen on [::]:0",
     "[::1]:0 --join ff02::fb"),
    (FAILED, "cannot listen on [fe80::1]:9000 a link-local address needs its interface",
     "[fe80::1]:9000"),
    (STARTED, "note: 239.1.2.3 is a multicast group that this run does not join; use --join 239.1.2.3",
     "239.1.2.3:0"),
    (STARTED, "coalescing: refused (UDP_GRO: coalesced buffers do not fit",
     "127.0.0.1:0 --want coalescing --payload-capacity 24000"),
    (FAILED, "required metadata: coalescing: refused (UDP_GRO: coalesced buffers do not fit",
     "127.0.0.1:0 --require coalescing --payload-capacity 24000"),
)

# In a network namespace with the links e0, which has 10.9.0.1, and e1.
WITH_LINKS = (
    (STARTED, "239.1.2.3 on 10.9.0.1: joined already",
     "0.0.0.0:0 --join 239.1.2.3@e0 --join 239.1.2.3@10.9.0.1"),
    (STARTED, "listening on 0.0.0.0:", "0.0.0.0:0 --join ::ffff:239.1.1.1@e0"),
    (STARTED, "listening on [::]:", "[::]:0 --join ff02::fb%e0@e0 --join ff02::fb@e1"),
    (STARTED, "listening on [::]:", "[::]:0 --join 239.1.2.3@e0 --join ff02::fb%e0"),
    (STARTED, "listening on [fe80::9%e0]:", "[fe80::9%e0]:0"),
    (WRONG, "--join two interfaces", "--join ff02::fb%e0@e1"),
    (STARTED, "232.1.2.3 on e0 from 10.9.0.7: joined already",
     "0.0.0.0:0 --join 232.1.2.3@e0=10.9.0.7 --join 232.1.2.3@e0=10.9.0.7"),
    (STARTED, "listening on [::]:",
     "[::]:0 --join 232.1.2.3@e0=10.9.0.7 --join 232.1.2.3@e0=10.9.0.8 --join ff3e::1@e1=2001:db8::1"),
    (FAILED, "cannot join 239.1.1.21 on e0: igmp_max_memberships",
     "0.0.0.0:0 " + " ".join(f"--join 239.1.1.{i}@e0" for i in range(1, 22))),
    (STARTED, "ff02::fb on e0: joined already", "[::]:0 --join ff02::fb@10.9.0.1 --join ff02::fb@e0"),
    (STARTED, "listening on 0.0.0.0:", "0.0.0.0:0 --join 239.1.2.3"),
    (STARTED, "239.1.2.3: joined already", "0.0.0.0:0 --join 239.1.2.3 --join 239.1.2.3"),
)


def attempt(arguments, prefix=()):
    """Exit status, standard output and lines of errors of one run that ends by itself."""
    parts = arguments.split(" ")
    done = subprocess.run([*prefix, *EMULATOR, TOOL, *parts], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, encoding="utf-8", errors="replace",
                          timeout=PATIENCE_SECONDS)
    return done.returncode, done.stdout, done.stderr.splitlines()


def check(rows, prefix=()):
    wrong = []
    for status, words, arguments in rows:
        ends = " --duration 0.01 --format none" if status == STARTED else ""
        actual, output, errors = attempt(arguments + ends, prefix)
        text = "\n".join(errors)
        one_line = len(errors) == 1 and errors[0].startswith("receiver: ")
        # Each group of words up to a space is looked up by itself, in order.
        position = 0
        for word in words.split(" "):
            position = text.find(word, position) if position >= 0 else position
        if (actual, output) != (status, "") or position < 0 or (status != STARTED and not one_line):
            wrong.append(f"receiver {arguments}: status {actual}, {errors}; expected {status}, {words!r}")
    assert not wrong, "\n".join(wrong)


def everywhere():
    check(EVERYWHERE)


def on_linux():
    if FOR_WINDOWS:
        raise Skip("Windows differs")
    check(ON_LINUX)


def with_links():
    if FOR_WINDOWS:
        raise Skip("needs a network namespace")
    name = f"receiver-{os.getpid()}"
    set_up = f"""netns add {name}
        -n {name} link set lo up
        -n {name} link add e0 type veth peer name p0
        -n {name} link add e1 type veth peer name p1
        -n {name} addr add fe80::9/64 dev e0 nodad
        -n {name} addr add 10.9.0.1/24 dev e0""".splitlines()
    set_up += [f"-n {name} link set {link} up" for link in ("e0", "p0", "e1", "p1")]
    try:
        for line in set_up:
            done = subprocess.run(["ip", *line.split()], capture_output=True, text=True)
            if done.returncode != 0:
                raise Skip(f"ip {line.strip()}: {done.stderr.strip()}")
        if subprocess.run(["ip", "netns", "exec", name, "true"], capture_output=True).returncode != 0:
            raise Skip("ip cannot enter a namespace here")
        check(WITH_LINKS, ("ip", "netns", "exec", name))
    except FileNotFoundError:
        raise Skip("ip is missing") from None
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def closed_output():
    """`receiver >&-`: no socket takes the place of standard output."""
    if FOR_WINDOWS:
        raise Skip("of the shells of Unix")
    command = f"exec {TOOL} 127.0.0.1:0 --duration 0.01"
    for redirection, status, word in ((">&-", FAILED, "standard output is closed; use --format none"),
                                      ("--format none >&-", STARTED, "summary")):
        done = subprocess.run(["sh", "-c", f"{command} {redirection}"], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS)
        expect(done.returncode, status, done.stderr)
        assert word in done.stderr, done.stderr


def version():
    status, lines, errors = attempt("--version")
    expect((status, errors), (0, []))
    for word in ("receiver ", "Asio ", "Windows" if FOR_WINDOWS else "Linux"):
        assert word in lines, lines


run(version, everywhere, on_linux, with_links, closed_output)
