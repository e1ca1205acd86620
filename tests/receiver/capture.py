"""--pcapng writes what was received, as tshark and capinfos read it."""
import os
import re
import socket
import time

import _capture
from _capture import GOOD_CHECKSUM, capture, need_wireshark, new_folder, packets
from _tool import FOR_WINDOWS, ON_WINDOWS, Skip, expect, expect_keys, need_ipv6, run, send, sender


def interface_of(seen):
    """The name in the file of the interface that the tool reported."""
    return seen.get("interface_name")


def check_time(packet, seen):
    if "timestamp_ns" in seen:
        seconds, _, nanoseconds = packet["frame.time_epoch"].partition(".")
        expect(int(seconds) * 10**9 + int(nanoseconds), seen["timestamp_ns"], "time")
        assert "time not reported" not in packet.get("frame.comment", ""), packet
    else:
        assert "time not reported: that of reading" in packet["frame.comment"], packet
        assert abs(float(packet["frame.time_epoch"]) - time.time()) < 3600, packet


def ipv4_field_by_field():
    need_wireshark()
    rows = [("127.0.0.5", 33, 0xB9, b"abc"), ("127.0.0.1", 255, 0x00, b""), ("127.0.0.9", 1, 0x03, b"\x00" * 1472)]
    with new_folder() as folder:
        with capture(folder, "0.0.0.0:0") as tool:
            port, seen, ports = tool.port, [], []
            for destination, ttl, tos, payload in rows:
                ports.append(send(port, destination, payload, hop_limit=ttl, traffic_class=tos))
                seen += tool.objects(1)
            expect_keys(tool.end(), {"capture_written": 3, "capture_buffer_full": 0, "capture_write_failed": 0,
                                     "capture_files": 1})
        found = packets(os.path.join(folder, "capture.pcapng"))
        expect(len(found), len(rows))
        for (destination, ttl, tos, payload), source_port, line, packet in zip(rows, ports, seen, found):
            if ON_WINDOWS:
                tos = line["tos"]
            expect_keys(packet, {
                "ip.version": "4", "ip.src": "127.0.0.1", "ip.dst": destination, "ip.ttl": str(ttl),
                "ip.dsfield": f"0x{tos:02x}", "ip.dsfield.dscp": str(tos >> 2), "ip.dsfield.ecn": str(tos & 3),
                "ip.checksum.status": GOOD_CHECKSUM, "udp.srcport": str(source_port), "udp.dstport": str(port),
                "udp.length": str(8 + len(payload)), "udp.checksum.status": GOOD_CHECKSUM,
                "udp.payload": payload.hex() or None, "frame.len": str(28 + len(payload)),
                "frame.cap_len": str(28 + len(payload)), "frame.interface_name": interface_of(line)})
            check_time(packet, line)
            if "timestamp_ns" in line:
                expect(packet.get("frame.comment"), None, "a comment although everything was reported")


def ipv6_field_by_field():
    need_wireshark()
    need_ipv6()
    with new_folder() as folder:
        with capture(folder, "[::1]:0") as tool:
            source_port = send(tool.port, "::1", b"abcd", hop_limit=7, traffic_class=0xBA)
            (line,) = tool.objects(1)
            tool.end()
        (packet,) = packets(os.path.join(folder, "capture.pcapng"))
        expect_keys(packet, {
            "ipv6.src": "::1", "ipv6.dst": "::1", "ipv6.hlim": "7", "ipv6.tclass": f"0x{line['tos']:08x}",
            "udp.srcport": str(source_port), "udp.dstport": str(tool.port), "udp.length": "12",
            "udp.checksum.status": GOOD_CHECKSUM, "udp.payload": b"abcd".hex(), "frame.len": "52",
            "frame.interface_name": interface_of(line)})
        if not ON_WINDOWS:
            expect(line["tos"], 0xBA, "traffic class")
        check_time(packet, line)


def an_ipv4_peer_of_a_socket_for_both_families():
    need_wireshark()
    need_ipv6()
    with new_folder() as folder:
        with capture(folder, "[::]:0") as tool:
            send(tool.port, "127.0.0.1", b"four", hop_limit=9)
            tool.objects(1)
            send(tool.port, "::1", b"six", hop_limit=8)
            tool.objects(1)
            tool.end()
        four, six = packets(os.path.join(folder, "capture.pcapng"))
        expect_keys(four, {"ip.src": "127.0.0.1", "ip.dst": "127.0.0.1", "ip.ttl": "9",
                           "udp.checksum.status": GOOD_CHECKSUM})
        expect_keys(six, {"ipv6.src": "::1", "ipv6.dst": "::1", "ipv6.hlim": "8",
                          "udp.checksum.status": GOOD_CHECKSUM})


def json_of_tshark_agrees():
    need_wireshark()
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0") as tool:
            send(tool.port, "127.0.0.1", b"abc", hop_limit=5)
            tool.objects(1)
            tool.end()
        (packet,) = _capture.json_packets(os.path.join(folder, "capture.pcapng"))
        layers = packet["_source"]["layers"]
        expect(layers["frame"]["frame.encap_type"], "7", "raw IP")
        expect(layers["ip"]["ip.ttl"], "5")
        expect(layers["ip"]["ip.proto"], "17")
        expect(layers["udp"]["udp.payload"], "61:62:63")


def what_was_not_requested_is_in_the_comment():
    need_wireshark()
    with new_folder() as folder:
        with capture(folder, "0.0.0.0:0", "--want", "ecn") as tool:
            send(tool.port, "127.0.0.1", b"abc", hop_limit=5, traffic_class=2)
            tool.objects(1)
            tool.end()
        (packet,) = packets(os.path.join(folder, "capture.pcapng"))
        comment = packet["frame.comment"]
        for words in ("destination address not reported: shown as 0.0.0.0", "TTL not reported: shown as 0",
                      "time not reported: that of reading", "interface not reported"):
            assert words in comment, (words, comment)
        expect_keys(packet, {"ip.dst": "0.0.0.0", "ip.ttl": "0", "udp.checksum.status": GOOD_CHECKSUM,
                             "udp.payload": b"abc".hex()})
        # A socket that is bound to an address knows it.
        with capture(folder, "127.0.0.1:0", "--want", "ecn") as tool:
            send(tool.port, "127.0.0.1", b"abc")
            tool.objects(1)
            tool.end()
        (packet,) = packets(os.path.join(folder, "capture.pcapng"))
        assert "destination address not reported: that of the socket" in packet["frame.comment"], packet
        expect(packet["ip.dst"], "127.0.0.1")


def truncated_payload():
    need_wireshark()
    if FOR_WINDOWS and not ON_WINDOWS:
        raise Skip("Wine does not report a truncated payload as such")
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0", "--payload-capacity", 8) as tool:
            send(tool.port, "127.0.0.1", bytes(1400))
            tool.objects(1)
            tool.end()
        (packet,) = packets(os.path.join(folder, "capture.pcapng"))
        expect(packet["frame.cap_len"], "36")
        if FOR_WINDOWS:
            assert "payload truncated to 8 bytes, original length not reported" in packet["frame.comment"], packet
        else:
            assert "payload truncated to 8 of 1400 bytes" in packet["frame.comment"], packet
            expect_keys(packet, {"frame.len": "1428", "udp.length": "1408"})


def coalesced_datagrams_are_single_packets():
    need_wireshark()
    if FOR_WINDOWS:
        raise Skip("Wine does not coalesce")
    udp_segment = 103  # linux/udp.h
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0") as tool:
            with sender() as out:
                out.setsockopt(socket.IPPROTO_UDP, udp_segment, 1000)
                out.sendto(b"a" * 1000 + b"b" * 1000 + b"c" * 500, ("127.0.0.1", tool.port))
            tool.objects(3)
            tool.end()
        found = packets(os.path.join(folder, "capture.pcapng"))
        expect([packet["udp.payload"] for packet in found],
               [(b"a" * 1000).hex(), (b"b" * 1000).hex(), (b"c" * 500).hex()])
        expect({packet["udp.checksum.status"] for packet in found}, {GOOD_CHECKSUM})


def only_as_many_as_the_count():
    with new_folder() as folder:
        with capture(folder, "127.0.0.1:0", "--count", 3) as tool:
            with sender() as out:
                for number in range(20):
                    out.sendto(bytes([number]), ("127.0.0.1", tool.port))
            expect(tool.wait(), 0)
            summary = tool.summary()
        expect(summary["shown"], 3)
        expect(summary["capture_written"], 3)
        kinds = [kind for kind, _ in _capture.blocks(os.path.join(folder, "capture.pcapng"))]
        expect(kinds.count(_capture.PACKET), 3)


def capinfos_and_statistics():
    need_wireshark("capinfos")
    with new_folder() as folder:
        path = os.path.join(folder, "capture.pcapng")
        with capture(folder, "127.0.0.1:0") as tool:
            for _ in range(5):
                send(tool.port, "127.0.0.1", bytes(100))
            tool.objects(5)
            tool.end()
        status, output, errors = _capture.run("capinfos", path)
        expect(status, 0, errors)
        for pattern in (r"File type: +Wireshark/... - pcapng", r"File encapsulation: +Raw IP",
                        r"File timestamp precision: +nanoseconds", r"Number of packets: +5\b",
                        r"Data size: +640 bytes", r"Capture application: +receiver \(Ancillary\)",
                        r"Number of stat entries = 1"):
            assert re.search(pattern, output), (pattern, output)
        (counts,) = _capture.statistics(path)
        expect_keys(counts, {_capture.RECEIVED: 5, _capture.DROPPED: 0, _capture.DELIVERED: 5})


run(ipv4_field_by_field, ipv6_field_by_field, an_ipv4_peer_of_a_socket_for_both_families, json_of_tshark_agrees,
    what_was_not_requested_is_in_the_comment, truncated_payload, coalesced_datagrams_are_single_packets,
    only_as_many_as_the_count, capinfos_and_statistics)
