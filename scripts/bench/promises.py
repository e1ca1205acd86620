#!/usr/bin/env python3
"""The project's performance promises, and the verdict of a run.

promises.py SYSTEM: prints the limits of the comparisons in pairs, for a program's option --promises.
"""
import re
import sys


def ratio(what, name, to, limit, at_least=False, beside=None):
    """`beside`: another reference, whose ratio is shown and not promised."""
    return dict(what=what, name=name, to=to, limit=limit, at_least=at_least, beside=beside)


def value(what, name, limit):
    return dict(what=what, name=name, to=None, limit=limit, at_least=False, beside=None)


def pair(what, program, load, size, ours, reference, limit, blocking=None):
    prefix = f"linux/{program}/{load}/{size}/"
    return ratio(f"{what}, {size} B", prefix + ours, prefix + reference, limit,
                 beside=blocking and prefix + blocking)


def all_promises():
    """A receiver on an io_context can reach what a bare epoll loop does; the blocking loop beside it
    shows what epoll costs."""
    decode = "linux/decode/linux_64/"
    for messages in (1, 3, 5, 8):
        yield ratio(f"decoding and reading {messages} messages, to the macros", f"{decode}{messages}/decoder",
                    f"{decode}{messages}/macros", 1.00)
    yield ratio("hostile and changing bytes, to the macros on costliest valid ones",
                decode + "(512_(?!legal).*|5_reversed|alternating.*|random.*)/(all|decoder)",
                decode + "512_legal_.*/macros", 1.5)
    yield value("own cost per datagram, batch 64, ns", "linux/dispatch/packets_read/64", 8)
    yield value("own cost per coalesced datagram, ns", "linux/dispatch/coalesced_visited/64", 1.5)
    for size, to_asio in ((64, 0.92), (1200, 0.97)):
        yield pair("to epoll and recvmmsg", "throughput", "drain", size, "ours", "epoll", 1.01, "recvmmsg")
        yield pair("to async_receive_from", "throughput", "drain", size, "ours", "asio", to_asio)
        for load in ("drain", "flood"):
            yield pair(f"coalesced, {load}, to epoll and recvmmsg", "throughput", load, size, "ours-gro",
                       "epoll-gro", 1.02, "recvmmsg-gro")
        yield pair("echo, to epoll, recvmmsg and sendmmsg", "echo", "drain", size, "ours", "epoll", 1.03,
                   "bare")
        yield pair("echo, to Asio", "echo", "drain", size, "ours", "asio", 0.85)
        wine = f"wine/throughput/drain/{size}/"
        yield ratio(f"Wine: rate, to blocking WSARecvMsg, {size} B", wine + "ours",
                    wine + "wsarecvmsg", 0.97, at_least=True)
        yield ratio(f"Wine: rate, to async_receive_from, {size} B", wine + "ours", wine + "asio",
                    1.35, at_least=True)
    yield pair("one datagram per wake-up, to epoll and recvmmsg", "throughput", "pace", 64, "ours",
               "epoll", 1.02, "recvmmsg")
    yield pair("1,000 sockets, to epoll and recvmmsg", "scaling", "pace", 64, "ours-1000", "epoll-1000", 1.05)
    yield value("bytes of a slot besides its payload", "linux/scaling/memory/.*slot-beside-payload",
                1024)
    yield value("bytes of a socket besides the pool", "linux/scaling/memory/socket-1000", 4096)
    yield dict(value("allocations per datagram", r"(linux|wine)/(throughput|scaling)/.*/ours.*", 0),
               metric="allocations")
    # The host's addresses are read again every 5 s, in one round of many.
    yield dict(value("allocations per reply, median of the rounds", r"(linux|wine)/echo/.*/ours.*", 0),
               metric="allocations_of_median_round")


def limits(system):
    """What a program of this system needs to know: its figure, its reference, the limit."""
    for promise in all_promises():
        if promise["to"] and promise["name"].startswith(system + "/"):
            name, to = (promise[key].removeprefix(system + "/") for key in ("name", "to"))
            if not name.startswith("decode/"):
                yield name, to, promise["limit"]


def matching(name, to, metric, figures):
    for one in figures:
        if not re.fullmatch(name, one["name"]):
            continue
        if to is None:
            if one["metric"] == (metric or one["metric"]):
                yield one["median"], one["low"], one["high"]
        elif re.fullmatch(to, one.get("ratio_to", "")):
            yield one["ratio"], one["ratio_low"], one["ratio_high"]


def verdict(promise, found):
    """"cannot tell" if the interval contains the limit."""
    _, low, high = found
    sign = -1 if promise["at_least"] else 1
    best, worst = sorted((sign * low, sign * high))
    limit = sign * promise["limit"]
    return "kept" if worst <= limit else "missed" if best > limit else "cannot tell"


def judge(promise, figures):
    """(found, verdict) of the worst figure; found is None if there is none."""
    sign = -1 if promise["at_least"] else 1
    matches = matching(promise["name"], promise["to"], promise.get("metric"), figures)
    found = max(matches, key=lambda each: sign * each[0], default=None)
    return found, verdict(promise, found) if found else "NOT MEASURED"


def beside(promise, figures):
    """The ratio to the other reference, if it was measured."""
    if promise["beside"] is None:
        return None
    return next(matching(promise["name"], promise["beside"], None, figures), None)


if __name__ == "__main__":
    for line in limits(sys.argv[1]):
        print(*line)
