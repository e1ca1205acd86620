#!/usr/bin/env python3
"""instructions.py BUILD FILE [--update]: counts the instructions of the benchmarks for each datagram
with callgrind, and compares them with those in FILE, or writes them there.

Exit status 1 if one differs by more than the bound, is new, or is missing.
"""
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

BOUND = 0.01
SECONDS = 300  # a program needs a few; more: it hangs
PROGRAMS = ("decode", "dispatch", "throughput", "scaling", "echo")

# The C library chooses its functions by the processor. Without these, all choose the same.
SAME_FUNCTIONS = "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-BMI2,-ERMS,-FSRM,-RTM,-SSE4_2,-SSSE3"


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def cached(build, variable):
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as cache:
        return re.search(rf"^{variable}:[^=]*=(.*)$", cache.read(), re.MULTILINE).group(1)


def asio_version():
    """From the header that the preprocessor finds."""
    done = subprocess.run(["c++", "-DASIO_STANDALONE", "-E", "-dM", "-include", "asio/version.hpp", "-x",
                           "c++", os.devnull], capture_output=True, text=True, check=True)
    return int(re.search(r"ASIO_VERSION (\d+)", done.stdout).group(1))


def made_with(build):
    """What the figures depend on besides the sources, and the version of what counts."""
    number = asio_version()
    return {
        "compiler": first_line(cached(build, "CMAKE_CXX_COMPILER"), "--version"),
        "machine": os.uname().machine,
        "C library": first_line("getconf", "GNU_LIBC_VERSION"),
        "Asio": f"{number // 100000}.{number // 100 % 1000}.{number % 100}",
        "valgrind": first_line("valgrind", "--version"),
    }


def total(file):
    with open(file, encoding="utf-8") as dump:
        return int(re.search(r"^(?:totals|summary): (\d+)", dump.read(), re.MULTILINE).group(1))


def count(program, build, directory):
    """{name: instructions for each datagram} of one program, and {name: reason} of what cannot run."""
    dumps = os.path.join(directory, program)
    environment = dict(PATH=os.environ["PATH"], LD_BIND_NOW="1", GLIBC_TUNABLES=SAME_FUNCTIONS)
    done = subprocess.run(
        ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={dumps}",
         "--toggle-collect=ancillary_counted", "--dump-after=ancillary_counted_round",
         os.path.join(build, "bench", f"{program}_bench"), "--count"],
        capture_output=True, text=True, env=environment, check=False, timeout=SECONDS)
    if done.returncode != 0:
        sys.exit(f"{program}_bench: {done.stdout}{done.stderr}")
    files = sorted(glob.glob(glob.escape(dumps) + ".*"), key=lambda name: int(name.rsplit(".", 1)[1]))
    counts, reasons = {}, {}
    for line in done.stdout.splitlines():
        name, rounds, rest = line.split(" ", 2)
        if rounds == "0":
            reasons[f"{program}/{name}"] = rest
            continue
        mine, files = files[:int(rounds)], files[int(rounds):]
        # What happens at intervals of seconds falls into one round at most.
        counts[f"{program}/{name}"] = statistics.median(map(total, mine)) / int(rest)
        if counts[f"{program}/{name}"] == 0:
            sys.exit(f"{program}/{name}: callgrind counted nothing")
    if files:
        sys.exit(f"{program}_bench: {len(files)} rounds were not announced")
    return counts, reasons


def differences(counts, reasons, expected):
    """A sentence for each figure that is not as expected."""
    for name in sorted(expected.keys() | counts.keys()):
        if name in reasons:
            continue
        if name not in counts:
            yield f"{name}: no longer counted"
        elif name not in expected:
            yield f"{name}: new, {counts[name]:.1f}"
        elif abs(counts[name] / expected[name] - 1) > BOUND:
            change = counts[name] / expected[name] - 1
            yield (f"{name}: {counts[name]:.1f} instructions for each datagram, "
                   f"{abs(change):.1%} {'dearer' if change > 0 else 'cheaper'} than {expected[name]:.1f}")


def main(build, path, option=None):
    if not shutil.which("valgrind"):
        sys.exit("check-instructions: needs valgrind")
    made = made_with(build)
    counts, reasons = {}, {}
    with tempfile.TemporaryDirectory() as directory:
        for program in PROGRAMS:
            for found, into in zip(count(program, build, directory), (counts, reasons)):
                into.update(found)
    for name, reason in sorted(reasons.items()):
        print(f"{name}: not counted, {reason}")
    if option == "--update":
        with open(path, "w", encoding="utf-8") as out:
            json.dump(dict(made_with=made, instructions={name: round(value, 2) for name, value in
                                                         sorted(counts.items())}), out, indent=1)
            out.write("\n")
        print(f"check-instructions: {len(counts)} figures in {path}")
        return 0
    with open(path, encoding="utf-8") as source:
        kept = json.load(source)
    for name, value in kept["made_with"].items():
        if name != "valgrind" and made[name] != value:
            print(f"check-instructions: not comparable: made with {value}, this is {made[name]}; "
                  f"{len(counts)} counted, none compared")
            return 0
    found = list(differences(counts, reasons, kept["instructions"]))
    print(*found, sep="\n", end="\n" if found else "")
    result = f"{len(found)} not as in {path}" if found else f"within {BOUND:.1%} of {path}"
    print(f"check-instructions: {len(counts)} figures, {result}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
