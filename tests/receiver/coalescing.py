"""Datagrams of a coalesced buffer are shown one by one."""
import socket

from _tool import ALL_KINDS, FOR_WINDOWS, Skip, Tool, expect, expect_keys, run, sender

UDP_SEGMENT = 103  # linux/udp.h: the kernel splits the payload into datagrams of this size


def send_in_segments(port, size, segment_bytes):
    if FOR_WINDOWS:
        raise Skip("Wine has no receive offload, and no sender here triggers that of Windows")
    with sender() as out:
        try:
            out.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment_bytes)
        except OSError as problem:
            raise Skip(f"no segmentation offload here: {problem}") from None
        out.sendto(bytes(size), ("127.0.0.1", port))


def coalesced_buffer():
    with Tool("127.0.0.1:0", "--format", "jsonl") as tool:
        send_in_segments(tool.port, 350, 100)
        seen = tool.objects(4)
        expect([each["length"] for each in seen], [100, 100, 100, 50])
        for each in seen:
            expect_keys(each, {"segment_bytes": 100, "payload_truncated": False})
        expect_keys(tool.end(), {"shown": 4, "datagrams": 4, "bytes": 350, "coalesced_buffers": 1})


def count_within_a_coalesced_buffer():
    with Tool("127.0.0.1:0", "--format", "jsonl", "--count", 2) as tool:
        send_in_segments(tool.port, 350, 100)
        expect(tool.wait(), 0)
        expect(len(tool.output.rest()), 2)
        expect(tool.summary()["shown"], 2)


def no_coalescing_into_small_slots():
    """A slot that cannot hold a coalesced buffer would lose whole datagrams."""
    with Tool("127.0.0.1:0", "--format", "jsonl", "--payload-capacity", 200) as tool:
        answers = [tool.errors.next() for _ in ALL_KINDS]
        assert any(line.startswith("coalescing: not requested") for line in answers), answers
        send_in_segments(tool.port, 350, 100)
        expect([each["length"] for each in tool.objects(4)], [100, 100, 100, 50])
        expect_keys(tool.end(), {"datagrams": 4, "coalesced_buffers": 0, "payload_truncated": 0})


run(coalesced_buffer, count_within_a_coalesced_buffer, no_coalescing_into_small_slots)
