"""Reads the benchmarks' results as figures in one format.

A figure is a dictionary: name, metric, median, low, high, unit, and if it was compared: ratio,
ratio_low, ratio_high, ratio_to. Intervals are 95 percent confidence intervals.
"""
import json
import os
import random
import statistics

RESAMPLES = 1000


def bootstrap(values):
    """The median with its interval; equal values give equal intervals."""
    chance = random.Random(1)
    medians = sorted(
        statistics.median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    tail = RESAMPLES // 40
    return statistics.median(values), medians[tail], medians[-1 - tail]


def figure(name, metric, values, unit):
    median, low, high = bootstrap(values)
    return dict(name=name, metric=metric, median=median, low=low, high=high, unit=unit)


def compared(one, values, to, ratio_to):
    """Repetitions are interleaved: the first of one ran near the first of the other."""
    ratio, low, high = bootstrap([a / b for a, b in zip(values, to)])
    return dict(one, ratio=ratio, ratio_low=low, ratio_high=high, ratio_to=ratio_to)


def repetitions(part):
    """Google Benchmark's results by name: ns for each repetition."""
    measured = {}
    for run in part["benchmarks"]:
        if run["run_type"] == "iteration":
            # "/real_time" ends the names of benchmarks measured by it.
            name = run["run_name"].removesuffix("/real_time")
            clock = "cpu_time" if name == run["run_name"] else "real_time"
            ns = run["datagram"] * 1e9 if "datagram" in run else run[clock]
            measured.setdefault(name, []).append(ns)
    return measured


def dearest_legal(measured, layout):
    """The legal input that takes longest to walk with the macros."""
    legal = [name for name in measured
             if name.startswith(layout + "/") and name.endswith("/macros")
             and ("_legal_" in name or "512" not in name)]
    return max(legal, key=lambda name: statistics.median(measured[name]), default=None)


def of_decoding(measured, prefix):
    for name, values in sorted(measured.items()):
        one = figure(prefix + name, "time", values, "ns/buffer")
        layout, content, way = name.split("/")
        macros = f"{layout}/{content}/macros"
        if way == "macros" or macros not in measured:
            yield one
            continue
        yield compared(one, values, measured[macros], prefix + macros)
        if not content.isdigit():
            dearest = dearest_legal(measured, layout)
            yield compared(one, values, measured[dearest], prefix + dearest)


def of_dispatching(measured, prefix):
    for name, values in measured.items():
        yield figure(prefix + name, "own_cpu", values, "ns/datagram")


def read(directory):
    """All figures of the files "SYSTEM-PROGRAM_bench.json" in a folder."""
    figures = []
    for file in sorted(os.listdir(directory)):
        system, program = file.removesuffix("_bench.json").split("-", 1)
        with open(os.path.join(directory, file), encoding="utf-8") as source:
            part = json.load(source)
        if "benchmarks" in part:
            of = of_decoding if program == "decode" else of_dispatching
            figures += of(repetitions(part), f"{system}/{program}/")
        for one in part.get("figures", []):
            one["name"] = f"{system}/{one['name']}"
            if one.get("ratio_to"):
                one["ratio_to"] = f"{system}/{one['ratio_to']}"
            figures.append(one)
    return figures
