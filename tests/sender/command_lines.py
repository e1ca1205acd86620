"""Odd command lines of the sender tool, each with its exit status and its message."""
from _sender import send
from _tool import FOR_WINDOWS, UNDER_WINE, expect, run

WRONG, FAILED = 2, 1

ROWS = (
    (WRONG, "address is required", ""),
    (WRONG, "is not ADDRESS:PORT", "9000"),
    (WRONG, "port 0, to which nothing can be sent", "127.0.0.1:0"),
    (WRONG, "'0.0.0.0:9000' is no address to send to", "0.0.0.0:9000"),
    (WRONG, "--source 'here' is not an address", "127.0.0.1:9 --source here"),
    (WRONG, "--source '239.1.1.1' is a multicast group", "127.0.0.1:9 --source 239.1.1.1"),
    (WRONG, "--source not an IPv4 prefix from /8 to /32", "127.0.0.1:9 --source 127.0.0.0/7"),
    (WRONG, "--source not an IPv4 prefix from /8 to /32", "127.0.0.1:9 --source ::/64"),
    (WRONG, "--source bits of the address below its prefix; use 127.0.0.0/16",
     "127.0.0.1:9 --source 127.0.0.1/16"),
    (WRONG, "--ttl '0' 1 to 255", "127.0.0.1:9 --ttl 0"),
    (WRONG, "--ttl '256' 1 to 255", "127.0.0.1:9 --ttl 256"),
    (WRONG, "--dscp '64' 0 to 63", "127.0.0.1:9 --dscp 64"),
    (WRONG, "--dscp 'af44' af11 to af43", "127.0.0.1:9 --dscp af44"),
    (WRONG, "--dscp 'cs8' cs0 to cs7", "127.0.0.1:9 --dscp cs8"),
    (WRONG, "--ecn '3' none, ect0, ect1 or ce", "127.0.0.1:9 --ecn 3"),
    (WRONG, "--size '65508' 0 to 65507", "127.0.0.1:9 --size 65508"),
    (WRONG, "--payload excludes --size", "127.0.0.1:9 --size 1 --payload x"),
    (WRONG, "--segment '0'", "127.0.0.1:9 --segment 0"),
    (WRONG, "--count '0'", "127.0.0.1:9 --count 0"),
    (WRONG, "--rate '0.5' whole number", "127.0.0.1:9 --rate 0.5"),
    (WRONG, "--duration 'x' seconds", "127.0.0.1:9 --duration x"),
    (WRONG, "--format 'table' text, jsonl or none", "127.0.0.1:9 --format table"),
    (WRONG, "--linger requires --error-detail", "127.0.0.1:9 --linger 1"),
    (FAILED, "no interface 'nowhere7' on this host", "127.0.0.1:9 --interface nowhere7"),
    (FAILED, "use a source of the remote's family", "127.0.0.1:9 --source ::1"),
)

FOREIGN_SOURCE = (FAILED, "cannot send from 192.0.2.77:0 is it an address of this host",
                  "127.0.0.1:9 --source 192.0.2.77")


def binds_any_address():
    """Wine 8 binds to all addresses if no interface has the given one; Wine 10 refuses."""
    return UNDER_WINE and send(*FOREIGN_SOURCE[2].split())[0] == 0


def odd_command_lines():
    wrong = []
    for status, words, arguments in ROWS + (() if binds_any_address() else (FOREIGN_SOURCE,)):
        actual, output, errors = send(*arguments.split())
        text = "\n".join(errors)
        position = 0
        for word in words.split(" "):
            position = text.find(word, position) if position >= 0 else position
        if (actual, output) != (status, []) or position < 0 or len(errors) != 1 \
                or not errors[0].startswith("sender: "):
            wrong.append(f"sender {arguments}: status {actual}, {errors}; expected {status}, {words!r}")
    assert not wrong, "\n".join(wrong)


def version():
    status, lines, errors = send("--version")
    expect((status, len(lines), errors), (0, 1, []))
    for word in ("sender ", "Asio ", "Windows" if FOR_WINDOWS else "Linux"):
        assert word in lines[0], lines


run(odd_command_lines, version)
