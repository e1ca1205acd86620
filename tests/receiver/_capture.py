"""Reads capture files with Wireshark's tools, which know nothing of this project."""
import json
import os
import shutil
import subprocess
import tempfile
import time

from _tool import PATIENCE_SECONDS, UNDER_WINE, Skip, Tool

FIELDS = ["frame.time_epoch", "frame.interface_id", "frame.interface_name", "frame.len", "frame.cap_len",
          "frame.packet_flags_direction", "frame.packet_flags_reception_type", "frame.drop_count", "frame.comment",
          "ip.version", "ip.src", "ip.dst", "ip.ttl", "ip.dsfield", "ip.dsfield.dscp", "ip.dsfield.ecn", "ip.id",
          "ip.checksum.status", "ipv6.src", "ipv6.dst", "ipv6.hlim", "ipv6.tclass", "udp.srcport", "udp.dstport",
          "udp.length", "udp.checksum", "udp.checksum.status", "udp.payload"]
GOOD_CHECKSUM = "1"


def need_wireshark(*programs):
    for program in programs or ("tshark",):
        if shutil.which(program) is None:
            raise Skip(f"no {program} here (Debian: tshark)")


def new_folder():
    return tempfile.TemporaryDirectory(prefix="ancillary-capture-")


def path_for_tool(path):
    """The name that the tool understands: under Wine, the host's root is drive Z."""
    return "Z:" + path.replace("/", "\\") if UNDER_WINE else path


def capture(folder, *arguments, name="capture.pcapng"):
    return Tool(*arguments, "--format", "jsonl", "--pcapng", path_for_tool(os.path.join(folder, name)))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_SECONDS,
                          check=False, **options)
    return done.returncode, done.stdout, done.stderr


def clean(errors):
    """Without the warning that tshark prints to everybody who is root."""
    return [line for line in errors.splitlines() if line and "Running as user" not in line]


def packets(path, fields=FIELDS, **options):
    """The packets as tshark sees them: a dictionary of each, without empty fields."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    for field in fields:
        command += ["-e", field]
    status, output, errors = run(*command, **options)
    assert status == 0 and not clean(errors), f"tshark, status {status}: {errors}"
    return [{name: value for name, value in zip(fields, line.split("\t")) if value}
            for line in output.split("\n")[:-1]]


def count(path):
    return len(packets(path, ["frame.number"]))


def blocks(path):
    """(type, bytes) of each block, read without any tool; the file must be whole."""
    with open(path, "rb") as file:
        data = file.read()
    found, at = [], 0
    while at < len(data):
        kind, length = (int.from_bytes(data[at + i:at + i + 4], "little") for i in (0, 4))
        assert length >= 12 and length % 4 == 0 and at + length <= len(data), f"half a block at {at} of {len(data)}"
        assert data[at + length - 4:at + length] == data[at + 4:at + 8], f"two lengths at {at}"
        found.append((kind, data[at:at + length]))
        at += length
    return found


SECTION, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6


def statistics(path):
    """The options of each statistics block, by code, as numbers."""
    result = []
    for kind, data in blocks(path):
        if kind == STATISTICS:
            options, at = {}, 20
            while at < len(data) - 4:
                code, length = (int.from_bytes(data[at + i:at + i + 2], "little") for i in (0, 2))
                options[code] = int.from_bytes(data[at + 4:at + 4 + length], "little")
                at += 4 + (length + 3) // 4 * 4
                if code == 0:
                    break
            result.append(options)
    return result


RECEIVED, DROPPED, DROPPED_BY_SYSTEM, DELIVERED = 4, 5, 7, 8


def wait_until(condition, what):
    """For what happens in milliseconds; the time only ends a test that would hang."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {PATIENCE_SECONDS} s"
        time.sleep(0.01)


def file_has(path, packet_count):
    """Whether the file, which may be growing, has so many packets."""
    def condition():
        try:
            return sum(kind == PACKET for kind, _ in blocks(path)) >= packet_count
        except (AssertionError, FileNotFoundError):
            return False
    return condition


def files_of(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder))


def json_packets(path):
    status, output, errors = run("tshark", "-n", "-r", path, "-T", "json")
    assert status == 0 and not clean(errors), errors
    return json.loads(output)
