"""SIGTERM ends the tool like Ctrl-C."""
import signal

from _tool import FOR_WINDOWS, Skip, Tool, expect, run


def on_sigterm():
    if FOR_WINDOWS:
        raise Skip("Windows has no SIGTERM from other processes")
    with Tool("127.0.0.1:0") as tool:
        tool.process.send_signal(signal.SIGTERM)
        expect(tool.wait(), 0)
        expect(tool.summary()["datagrams"], 0)


run(on_sigterm)
