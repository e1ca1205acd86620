"""An address that is not local."""
from _tool import Skip, UNDER_WINE, complete, expect_one_line, run


def foreign_address():
    # RFC 5737: an address for documentation, which no host has.
    if UNDER_WINE and complete("192.0.2.1:0", "--duration", 0.1)[0] == 0:
        raise Skip("this Wine (8 does, 10 does not) binds any IPv4 address")
    expect_one_line(1, ["cannot listen on 192.0.2.1:0", "0.0.0.0"], "192.0.2.1:0")


run(foreign_address)
