"""The metadata of an IPv6 datagram, and of an IPv4 one on a dual-stack socket."""
from _tool import Tool, expect, expect_keys, need_ipv6, of_traffic_class, run, send


def hop_limit_and_traffic_class():
    need_ipv6()
    for listen in ("[::1]:0", "[::]:0"):
        with Tool(listen, "--format", "jsonl") as tool:
            expect(tool.address, listen[:-2])
            port = send(tool.port, "::1", hop_limit=44, traffic_class=3)
            (seen,) = tool.objects(1)
            expect_keys(seen, {"remote": f"[::1]:{port}", "destination": "::1", "ttl": 44,
                               "length": 1, **of_traffic_class(3)})
            expect_keys(tool.end(), {"shown": 1, "control_truncated": 0, "metadata_missing": 0})


def ipv4_sender_on_a_dual_stack_socket():
    need_ipv6()
    with Tool("[::]:0", "--format", "jsonl") as tool:
        for destination in ("127.0.0.1", "127.0.0.5"):
            port = send(tool.port, destination, hop_limit=33, traffic_class=0xB9)
            (seen,) = tool.objects(1)
            expect_keys(seen, {"remote": f"127.0.0.1:{port}", "destination": destination, "ttl": 33,
                               **of_traffic_class(0xB9)})
        send(tool.port, "::1", hop_limit=44, traffic_class=3)
        (seen,) = tool.objects(1)
        expect_keys(seen, {"destination": "::1", "ttl": 44, **of_traffic_class(3)})
        expect_keys(tool.end(), {"shown": 3, "control_truncated": 0, "metadata_missing": 0})


run(hop_limit_and_traffic_class, ipv4_sender_on_a_dual_stack_socket)
