"""tshark reads every packet that the fuzz target's corpus makes, and finds in it what went in."""
import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM, EMULATOR = os.path.abspath(sys.argv[1]), sys.argv[2:]
CORPUS = pathlib.Path(__file__).resolve().parent.parent / "fuzz" / "corpus" / "pcapng"
FIELDS = ["frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_name", "frame.drop_count", "ip.src", "ip.dst",
          "ip.ttl", "ip.dsfield", "ip.checksum.status", "ipv6.src", "ipv6.dst", "ipv6.hlim", "ipv6.tclass", "udp.srcport",
          "udp.dstport", "udp.length", "udp.checksum", "udp.checksum.status", "_ws.malformed"]
GOOD = "1"


def for_program(path):
    under_wine = PROGRAM.endswith(".exe") and os.name != "nt"
    return "Z:" + str(path).replace("/", "\\") if under_wine else str(path)


def read(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-o", "ip.check_checksum:TRUE",
               "-o", "udp.check_checksum:TRUE"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    errors = [line for line in done.stderr.splitlines() if line and "Running as user" not in line]
    assert not errors, errors
    return [dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.split("\n")[:-1]]


def compare(number, wanted, found):
    def expect(field, value):
        assert found[field] == str(value), f"packet {number}, {field}: {found[field]!r} instead of {value!r}: {wanted}"

    def same_address(field, text):
        assert ipaddress.ip_address(found[field]) == ipaddress.ip_address(text), (number, field, found[field], text)

    seconds, _, nanoseconds = found["frame.time_epoch"].partition(".")
    assert int(seconds) * 10**9 + int(nanoseconds) == wanted["time_ns"], (number, found, wanted)
    expect("frame.cap_len", wanted["captured"])
    expect("frame.len", wanted["length"])
    expect("frame.drop_count", wanted["lost"] or "")
    if "interface" in wanted:
        expect("frame.interface_name", wanted["interface"])
    ip = "ip" if wanted["v4"] else "ipv6"
    same_address(f"{ip}.src", wanted["source"])
    if "destination" in wanted:
        same_address(f"{ip}.dst", wanted["destination"])
    expect("ip.ttl" if wanted["v4"] else "ipv6.hlim", wanted["hop_limit"])
    if "traffic_class" in wanted:
        expect("ip.dsfield" if wanted["v4"] else "ipv6.tclass",
               f"0x{wanted['traffic_class']:0{2 if wanted['v4'] else 8}x}")
    if wanted["v4"]:
        expect("ip.checksum.status", GOOD)
    expect("udp.srcport", wanted["source_port"])
    expect("udp.dstport", wanted["port"])
    expect("udp.length", wanted["udp_length"])
    if wanted["truncated"]:
        expect("udp.checksum", "0x0000")
    elif wanted["captured"] == wanted["length"]:
        expect("udp.checksum.status", GOOD)


def main():
    if shutil.which("tshark") is None:
        print("skipped: no tshark here (Debian: tshark)")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="ancillary-pcapng-") as folder:
        path = os.path.join(folder, "corpus.pcapng")
        done = subprocess.run([*EMULATOR, PROGRAM, for_program(CORPUS), for_program(path)], capture_output=True, text=True,
                              check=True)
        wanted = [json.loads(line) for line in done.stdout.splitlines()]
        found = read(path)
    assert wanted and len(found) == len(wanted), f"{len(found)} packets instead of {len(wanted)}"
    for number, pair in enumerate(zip(wanted, found), 1):
        compare(number, *pair)
    print(f"{len(found)} packets agree")


main()
