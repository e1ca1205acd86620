"""The project's performance promises, and the verdict of a run."""
import re


def ratio(what, name, to, limit, at_least=False):
    return dict(what=what, name=name, to=to, limit=limit, at_least=at_least)


def value(what, name, limit):
    return dict(what=what, name=name, to=None, limit=limit, at_least=False)


def throughput(what, load, size, ours, reference, limit):
    prefix = f"linux/throughput/{load}/{size}/"
    return ratio(f"{what}, {size} B", prefix + ours, prefix + reference, limit)


def all_promises():
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
        yield throughput("to bare recvmmsg", "drain", size, "ours", "recvmmsg", 1.01)
        yield throughput("to async_receive_from", "drain", size, "ours", "asio", to_asio)
        yield throughput("coalesced, to bare recvmmsg", "drain", size, "ours-gro", "recvmmsg-gro",
                         1.02)
        yield throughput("coalesced, flooded", "flood", size, "ours-gro", "recvmmsg-gro", 1.05)
        yield throughput("coalesced, flooded, to epoll and recvmmsg", "flood", size, "ours-gro",
                         "epoll-gro", 1.05)
        echo = f"linux/echo/drain/{size}/"
        yield ratio(f"echo, to bare recvmmsg and sendmmsg, {size} B", echo + "ours", echo + "bare",
                    1.05)
        yield ratio(f"echo, to epoll, recvmmsg and sendmmsg, {size} B", echo + "ours",
                    echo + "epoll", 1.05)
        yield ratio(f"echo, to Asio, {size} B", echo + "ours", echo + "asio", 0.85)
        wine = f"wine/throughput/drain/{size}/"
        yield ratio(f"Wine: rate, to blocking WSARecvMsg, {size} B", wine + "ours",
                    wine + "wsarecvmsg", 0.97, at_least=True)
        yield ratio(f"Wine: rate, to async_receive_from, {size} B", wine + "ours", wine + "asio",
                    1.35, at_least=True)
    scaling = "linux/scaling/pace/64/"
    yield ratio("1,000 sockets, to epoll and recvmmsg", scaling + "ours-1000",
                scaling + "epoll-1000", 1.10)
    yield value("bytes of a slot besides its payload", "linux/scaling/memory/.*slot-beside-payload",
                1024)
    yield value("bytes of a socket besides the pool", "linux/scaling/memory/socket-1000", 4096)
    yield throughput("one datagram per wake-up, to bare recvmmsg", "pace", 64, "ours", "recvmmsg", 1.06)
    yield throughput("one datagram per wake-up, to epoll and recvmmsg", "pace", 64, "ours", "epoll", 1.06)
    yield dict(value("allocations per datagram", r"(linux|wine)/[^/]*/.*/ours.*", 0),
               metric="allocations")


def matching(promise, figures):
    for one in figures:
        if not re.fullmatch(promise["name"], one["name"]):
            continue
        if promise["to"] is None:
            if one["metric"] == promise.get("metric", one["metric"]):
                yield one["median"], one["low"], one["high"]
        elif re.fullmatch(promise["to"], one.get("ratio_to", "")):
            yield one["ratio"], one["ratio_low"], one["ratio_high"]


def verdict(promise, found):
    """"open" if the interval contains the limit."""
    _, low, high = found
    sign = -1 if promise["at_least"] else 1
    best, worst = sorted((sign * low, sign * high))
    limit = sign * promise["limit"]
    return "kept" if worst <= limit else "missed" if best > limit else "open"


def judge(promise, figures):
    """(found, verdict) of the worst figure; found is None if there is none."""
    sign = -1 if promise["at_least"] else 1
    found = max(matching(promise, figures), key=lambda each: sign * each[0], default=None)
    return found, verdict(promise, found) if found else "NOT MEASURED"
