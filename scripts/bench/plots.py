"""Draws the figures of a run as SVG, with gnuplot."""
import os
import subprocess

TITLES = {
    "recvmsg": "bare recvmsg",
    "recvmmsg": "bare recvmmsg",
    "recvmmsg-none": "bare recvmmsg, no metadata",
    "epoll": "bare recvmmsg behind epoll",
    "ours": "Ancillary",
    "ours-batch": "Ancillary, batch handler",
    "asio": "Asio, no metadata",
    "libuv": "libuv, no metadata",
    "recvmmsg-gro": "bare recvmmsg",
    "ours-gro": "Ancillary",
    "ours-gro-batch": "Ancillary, batch handler",
    "wsarecvmsg": "blocking WSARecvMsg",
}

STYLE = """
set terminal svg noenhanced size 760,{height} font "sans-serif,13" background "#ffffff"
set output "{file}"
set title "{title}"
set xlabel "{label}"
set xrange [0:*]
set yrange [-0.6:{top}]
set ytics ({tics}) nomirror
set xtics nomirror
set border 3
set grid xtics lc rgb "#dddddd"
set style fill solid
set boxwidth 0.36
set key outside top center horizontal
"""

COLOURS = ("#4477aa", "#ccbb44")


def bars(file, title, label, names, series):
    """series: (title, {name: (median, low, high)}); the first name is at the top."""
    rows = list(reversed(names))
    tics = ", ".join(f'"{TITLES.get(name, name)}" {row}' for row, name in enumerate(rows))
    script = STYLE.format(height=150 + 40 * len(rows), file=file, title=title, label=label,
                          top=len(rows) - 0.4, tics=tics)
    plots, data = [], []
    for i, (name_of_series, values) in enumerate(series):
        offset = 0.19 - 0.38 * i if len(series) > 1 else 0
        plots.append(f"'-' using ($2*0.5):($1+{offset}):($2*0.5):(0.18) with boxxyerror "
                     f"lc rgb '{COLOURS[i]}' title '{name_of_series}'")
        plots.append(f"'-' using 2:($1+{offset}):3:4 with xerrorbars pt 0 lc rgb '#222222' notitle")
        lines = "".join(f"{row} {values[name][0]} {values[name][1]} {values[name][2]}\n"
                        for row, name in enumerate(rows) if name in values)
        data += [lines + "e\n"] * 2
    subprocess.run(["gnuplot"], input=script + "plot " + ", ".join(plots) + "\n" + "".join(data),
                   text=True, check=True)
    return file


def values_of(figures, prefix, metric):
    """The first figure of each name."""
    found = {}
    for one in figures:
        if one["metric"] == metric and one["name"].startswith(prefix):
            name = one["name"].removeprefix(prefix)
            found.setdefault(name, (one["median"], one["low"], one["high"]))
    return found


def ratios_of(figures, prefix, metric, reference):
    found = {}
    for one in figures:
        if one["metric"] == metric and one.get("ratio_to") == prefix + reference:
            name = one["name"].removeprefix(prefix)
            found[name] = (one["ratio"], one["ratio_low"], one["ratio_high"])
    return found


def receivers(figures, file, title, system, load, reference, metric, label, order):
    series = []
    for size in (64, 1200):
        prefix = f"{system}/throughput/{load}/{size}/"
        found = ratios_of(figures, prefix, metric, reference)
        if found:
            series.append((f"{size} bytes", found))
    names = [name for name in order if any(name in values for _, values in series)]
    return bars(file, title, label, names, series) if names else None


def sockets(figures, file):
    series = []
    for title, kind in (("Ancillary, one pool", "ours"), ("bare epoll and recvmmsg", "epoll")):
        found = values_of(figures, f"linux/scaling/pace/64/{kind}-", "receiver_cpu")
        series.append((title, {f"{n} sockets": found[n] for n in ("1", "10", "100", "1000")
                               if n in found}))
    names = [f"{n} sockets" for n in (1, 10, 100, 1000) if any(f"{n} sockets" in v for _, v in series)]
    return bars(file, "20,000 datagrams a second over many sockets",
                "receiver CPU, ns a datagram", names, series) if names else None


def draw(figures, directory):
    """The files that were drawn."""
    cpu = "receiver CPU, as a ratio to bare recvmmsg"
    drawn = [
        receivers(figures, os.path.join(directory, "receivers.svg"),
                  "Linux, loopback, full queue drained", "linux", "drain", "recvmmsg",
                  "receiver_cpu", cpu,
                  ("recvmmsg", "ours", "ours-batch", "epoll", "recvmsg", "asio", "libuv", "recvmmsg-none")),
        receivers(figures, os.path.join(directory, "coalesced.svg"),
                  "Linux, loopback, coalesced (GRO)", "linux", "drain", "recvmmsg-gro",
                  "receiver_cpu", cpu, ("recvmmsg-gro", "ours-gro", "ours-gro-batch")),
        receivers(figures, os.path.join(directory, "wine.svg"), "Windows build under Wine, flood",
                  "wine", "flood", "wsarecvmsg", "rate",
                  "rate, as a ratio to blocking WSARecvMsg",
                  ("wsarecvmsg", "ours", "ours-batch", "asio")),
        sockets(figures, os.path.join(directory, "sockets.svg")),
    ]
    return [file for file in drawn if file]
