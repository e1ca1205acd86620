"""An address that no interface here has."""
from _tool import Skip, UNDER_WINE, expect_one_line, run


def foreign_address():
    if UNDER_WINE:
        raise Skip("Wine binds any IPv4 address")
    # RFC 5737: an address of documentation, which nobody has.
    expect_one_line(1, ["cannot listen on 192.0.2.1:0", "0.0.0.0"], "192.0.2.1:0")


run(foreign_address)
