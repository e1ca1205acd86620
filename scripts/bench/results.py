#!/usr/bin/env python3
"""results.py quick|full DIRECTORY: joins the figures of DIRECTORY/parts in DIRECTORY/results.json,
prints them, and draws plots if gnuplot is installed.

Exit status 1 if a promised figure was not measured. A missed promise does not fail the run.
"""
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys

import figures
import plots
import promises


def line_of(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return (done.stdout.splitlines() or [None])[0]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as source:
        found = re.search(r"^model name\s*: (.*)$", source.read(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def machine():
    return dict(
        processor=processor(),
        processors=os.cpu_count(),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        kernel=platform.release(),
        load_average=os.getloadavg()[2],
    )


def versions():
    packages = ("libasio-dev", "libuv1-dev", "libbenchmark-dev", "wine64")
    found = {each: line_of("dpkg-query", "-W", "-f=${Version}", each) for each in packages}
    found["ancillary"] = line_of("git", "describe", "--always", "--dirty")
    found["g++"] = line_of("g++", "--version")
    found["mingw"] = line_of("x86_64-w64-mingw32-g++-posix", "--version")
    return {name: version for name, version in found.items() if version}


def number(value):
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"


def interval(median, low, high):
    return f"{number(median)} [{number(low)}, {number(high)}]"


def print_ratios(all_figures):
    print(f"\n{'figure':45} {'median':>12} {'unit':12} {'ratio, 95 %':>22}  to")
    for one in all_figures:
        if not one.get("ratio_to"):
            continue
        ratio = interval(one["ratio"], one["ratio_low"], one["ratio_high"])
        print(f"{one['name']:45} {number(one['median']):>12} {one['unit']:12} {ratio:>22}  "
              f"{one['ratio_to'].split('/', 2)[-1]}")


def print_promises(all_figures, systems):
    """Whether every promised figure was measured."""
    complete = True
    print(f"\n{'promised':65} {'limit':>8}  {'measured, 95 %':26} {'':12} what epoll costs: to blocking")
    for promise in promises.all_promises():
        if promise["name"].split("/")[0] not in systems and promise["name"][0] != "(":
            continue
        found, verdict = promises.judge(promise, all_figures)
        sign = ">=" if promise["at_least"] else "<="
        limit = f"{sign} {promise['limit']:g}"
        blocking = promises.beside(promise, all_figures)
        line = (f"{promise['what']:65} {limit:>8}  {interval(*found) if found else '-':26} {verdict:12} "
                f"{interval(*blocking) if blocking else ''}")
        print(line.rstrip())
        complete = complete and found is not None
    return complete


def main(mode, directory):
    measured = figures.read(os.path.join(directory, "parts"))
    path = os.path.join(directory, "results.json")
    with open(path, "w", encoding="utf-8") as out:
        made = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        json.dump(dict(mode=mode, made=made, machine=machine(), versions=versions(),
                       figures=measured), out, indent=1)
    print_ratios(measured)
    complete = print_promises(measured, {one["name"].split("/")[0] for one in measured})
    if shutil.which("gnuplot"):
        for plot in plots.draw(measured, directory):
            print("plot:", plot)
    print("figures:", path)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
