"""Options that change what the tool prints: the limit of lines, names of services, histograms,
the live view without a terminal."""
import re
import socket

from _tool import (FOR_WINDOWS, ON_WINDOWS, Skip, Tool, complete, expect,
                   expect_keys, run, send, sender)


def rate_limit():
    """Of a burst, only the first lines are printed; the rest is counted."""
    with Tool("127.0.0.1:0", "--format", "jsonl", "--rate-limit", 3, "--count", 200) as tool:
        with sender() as out:
            for i in range(200):
                out.sendto(bytes(i), ("127.0.0.1", tool.port))
        expect(tool.wait(), 0, tool.errors.lines)
        summary = tool.summary()
        expect(summary["datagrams"], 200)
        expect(summary["shown"] + summary["left_out"], 200)
        expect(len(tool.output.rest()), summary["shown"])
        heading = next(line for line in tool.errors.lines if line.startswith("summary after "))
        seconds = int(float(heading.split()[2])) + 2  # begun ones
        assert 3 <= summary["shown"] <= 3 * seconds, (heading, summary)


def service_names():
    if FOR_WINDOWS:
        raise Skip("Wine has no table of services, and on Windows the port may be in use")
    try:
        port = socket.getservbyname("ntp", "udp")
    except OSError:
        raise Skip("this machine has no table of services") from None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.bind(("127.0.0.1", port))
        except OSError as problem:
            raise Skip(f"cannot send from port {port}: {problem}") from None
        with Tool("127.0.0.1:0", "--format", "jsonl", "--names") as tool:
            out.sendto(b"x", ("127.0.0.1", tool.port))
            expect_keys(tool.objects(1)[0], {"remote": "127.0.0.1:123", "remote_service": "ntp"})
        with Tool("127.0.0.1:0", "--names") as tool:
            out.sendto(b"x", ("127.0.0.1", tool.port))
            tool.output.next()
            assert " 127.0.0.1:ntp " in tool.output.next(), tool.output.lines
        with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
            out.sendto(b"x", ("127.0.0.1", tool.port))
            expect_keys(tool.objects(1)[0], {"remote_service": None})


def histogram():
    with Tool("127.0.0.1:0", "--format", "none", "--histogram", "--count", 6) as tool:
        for size in (0, 5, 100, 100, 127, 128):
            send(tool.port, "127.0.0.1", bytes(size))
        expect(tool.wait(), 0)
        lines = tool.errors.rest()
    counts = {}
    for line in lines[lines.index("payload sizes") + 1:]:
        if line.startswith("times between arrivals, by "):
            break
        found = re.fullmatch(r" +(\S.*) bytes +(\d+)(?:  #+)?", line)
        counts[found[1]] = int(found[2])
    expect(counts, {"0": 1, "1": 0, "2 - 3": 0, "4 - 7": 1, "8 - 15": 0, "16 - 31": 0,
                    "32 - 63": 0, "64 - 127": 3, "128 - 255": 1})
    between = [line.split(" us ")[1] for line in lines if " us " in line]
    expect(sum(int(rest.split()[0]) for rest in between), 5, lines)


def reuse():
    """A second tool on the port; both receive what is sent to a broadcast address."""
    status, _, errors = complete("127.0.0.1:0", "--reuse", "--duration", 0.01)
    expect(status, 0, errors)
    with Tool("0.0.0.0:0", "--reuse", "--format", "jsonl") as first:
        with Tool(f"0.0.0.0:{first.port}", "--reuse", "--format", "jsonl") as second:
            if ON_WINDOWS:
                return  # that both start is what this option promises there
            with sender() as out:
                out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                out.sendto(b"to all", ("127.255.255.255", first.port))
            for tool in (first, second):
                expect_keys(tool.objects(1)[0], {"length": 6})
        status, _, errors = complete(f"0.0.0.0:{first.port}", "--duration", 0.01)
        if not FOR_WINDOWS:
            expect(status, 1, errors)
            assert "or --reuse if that program shares it" in errors[0], errors


def cells(line, titles):
    """The numbers of a row under the titles; its name first."""
    values = line.split()
    return dict(zip(titles, [" ".join(values[:len(values) - len(titles) + 1]),
                             *values[len(values) - len(titles) + 1:]]))


def pictures(lines):
    """The live view's pictures, each a list of lines."""
    found = []
    for line in lines:
        if line.startswith("receiver "):
            found.append([])
        if line and found:
            found[-1].append(line)
    return found


def live_view_without_terminal():
    """Plain lines; the last picture has all datagrams, whenever the others were drawn."""
    with Tool("0.0.0.0:0", "--top=0.05", "--count", 30) as tool:
        with sender(socket.AF_INET, hop_limit=33, traffic_class=0xBB) as out:
            out.bind(("127.0.0.1", 0))
            for _ in range(20):
                out.sendto(bytes(100), ("127.0.0.5", tool.port))
            port = out.getsockname()[1]
        for i in range(10):
            send(tool.port, "127.0.0.1", bytes(i), hop_limit=64)
        expect(tool.wait(), 0)
        lines = tool.output.rest()
        expect(tool.summary()["shown"], 30)
    assert not any("\x1b" in line for line in lines), lines
    last = pictures(lines)[-1]
    titles = last[2].split()
    expect(titles[0], "peer")
    rows = {row["peer"]: row for row in (cells(line, titles) for line in last[3:])}
    expect_keys(rows[f"127.0.0.1:{port}"], {"total": "20", "bytes": "2.00k", "size": "100"})
    expect_keys(rows["total"], {"total": "30", "bytes": "2.04k", "size": "0-100"})
    expect_keys(rows["others"], {"total": "0"})
    if not ON_WINDOWS:
        expect_keys(rows[f"127.0.0.1:{port}"], {"ttl": "33", "ce%": "100", "ect%": "0"})
        expect_keys(rows["total"], {"ttl": "33-64", "ce%": "66"})


def live_view_by_destination_and_dscp():
    for by, names in (("destination", {"127.0.0.5": "2", "127.0.0.6": "1"}),
                      ("dscp", {"46 ef": "1", "0 be": "2"})):
        if by == "dscp" and ON_WINDOWS:
            continue
        with Tool("0.0.0.0:0", "--top", "--by", by, "--count", 3) as tool:
            send(tool.port, "127.0.0.5", traffic_class=0)
            send(tool.port, "127.0.0.6", traffic_class=0xB8)
            send(tool.port, "127.0.0.5", traffic_class=0)
            expect(tool.wait(), 0)
            last = pictures(tool.output.rest())[-1]
        titles = last[2].split()
        expect(titles[0], by)
        rows = {row[by]: row["total"] for row in (cells(line, titles) for line in last[3:-2])}
        expect(rows, names)


def live_view_whose_reader_goes_away():
    with Tool("127.0.0.1:0", "--top=0.01", read_output=False) as tool:
        tool.process.stdout.close()
        expect(tool.wait(), 1)
        errors = [line for line in tool.errors.rest() if line.startswith("receiver: ")]
        expect(len(errors), 1, errors)
        assert "cannot write to standard output" in errors[0], errors


def live_view_of_more_peers_than_it_follows():
    """The totals are exact, and the state says what a row may lack."""
    if FOR_WINDOWS:
        raise Skip("Windows has no 127.16.0.0/12 to send from; covered on Linux")
    with Tool("127.0.0.1:0", "--top", "--count", 6000, "--receive-buffer", 8 << 20) as tool:
        granted = next((int(line.split()[-2]) for line in iter(tool.errors.next, None)
                        if line.startswith("receive buffer: ")), 0)
        if granted < 6000 * 400:  # a datagram of one byte takes up 768, of twice as many
            raise Skip(f"the system limits receive buffers to {granted} bytes")
        for i in range(6000):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                out.bind((f"127.16.{i // 250}.{i % 250 + 1}", 5000))
                out.sendto(b"x", ("127.0.0.1", tool.port))
        expect(tool.wait(), 0)
        last = pictures(tool.output.rest())[-1]
    assert "a row may lack" in last[1], last[1]
    titles = last[2].split()
    expect(cells(last[-1], titles)["total"], "6.00k")


run(rate_limit, service_names, histogram, reuse, live_view_without_terminal,
    live_view_by_destination_and_dscp, live_view_whose_reader_goes_away,
    live_view_of_more_peers_than_it_follows)
