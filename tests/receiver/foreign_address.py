"""An address that is not local."""
from _tool import Skip, UNDER_WINE, expect_one_line, run


def foreign_address():
    if UNDER_WINE:
        raise Skip("Wine binds any IPv4 address")
    # RFC 5737: an address for documentation, which no host has.
    expect_one_line(1, ["cannot listen on 192.0.2.1:0", "0.0.0.0"], "192.0.2.1:0")


run(foreign_address)
