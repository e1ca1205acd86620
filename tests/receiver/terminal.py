"""The live view on a real terminal emulator (tmux): what the screen shows at 80 and 40 columns."""
import itertools
import os
import re
import shutil
import subprocess
import time

from _tool import EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, Skip, TOOL, expect, run, send


class Terminal:
    """A command in a terminal of its own; a context manager."""

    # A server that was told to end may still hold its socket: the next one needs another name.
    numbers = itertools.count()

    def __init__(self, columns, rows, command):
        self.name = f"ancillary-{os.getpid()}-{next(self.numbers)}"
        self.run("new-session", "-d", "-x", columns, "-y", rows, command,
                 ";", "set-option", "-g", "remain-on-exit", "on")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill-server")

    def run(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
        done = subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", *map(str, arguments)],
                              capture_output=True, text=True, env=environment)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def screen(self):
        return self.run("capture-pane", "-p").splitlines()

    def wait_for(self, is_right):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            screen = self.screen()
            if is_right(screen):
                return screen
            assert time.monotonic() < end, "\n".join(screen)
            time.sleep(0.05)


def need_tmux():
    if FOR_WINDOWS:
        raise Skip("the console of Wine is not one of Windows; on Linux, the same code draws")
    if not shutil.which("tmux"):
        raise Skip("tmux is missing")


def command(*arguments):
    """Prints the tool's errors, among them its port, above the picture that then replaces them."""
    return " ".join(["exec", *EMULATOR, TOOL, *map(str, arguments)])


def port_on(terminal):
    screen = terminal.wait_for(lambda lines: any("listening on" in line for line in lines)
                               or any(line.startswith("receiver ") for line in lines))
    found = next(re.search(r"(?:listening on|^receiver) \S*:(\d+)", line) for line in screen
                 if "listening on" in line or line.startswith("receiver "))
    return int(found[1])


def row(screen, name):
    return next((line.split() for line in screen if line.startswith(name)), [])


def a_picture_at_80_columns():
    need_tmux()
    with Terminal(80, 24, command("0.0.0.0:0", "--top=0.1")) as terminal:
        port = port_on(terminal)
        from_port = send(port, "127.0.0.1", bytes(100), hop_limit=33, traffic_class=3)
        peer = f"127.0.0.1:{from_port}"
        screen = terminal.wait_for(lambda lines: len(row(lines, peer)) > 2)
        expect(screen[0].split()[:4], ["receiver", f"0.0.0.0:{port}", "by", "peer,"])
        assert screen[1].startswith("receive queue "), screen
        titles = screen[2].split()
        for title in ("dgram/s", "bit/s", "total", "ttl", "ce%", "ect%", "size"):
            assert title in titles, titles
        cells = dict(zip(titles, row(screen, peer)))
        for title, value in (("total", "1"), ("ttl", "33"), ("ce%", "100"), ("size", "100")):
            expect(cells[title], value, title)
        expect([line for line in screen[6:] if line], [])  # nothing is left of earlier pictures
        assert all(len(line) < 80 for line in screen), screen
        # A second peer appears below or above, and no line is drawn twice.
        other = f"127.0.0.1:{send(port, '127.0.0.1')}"
        screen = terminal.wait_for(lambda lines: row(lines, other) and row(lines, peer))
        expect(len([line for line in screen if line.startswith("total")]), 1)


def a_picture_at_40_columns():
    need_tmux()
    with Terminal(40, 10, command("0.0.0.0:0", "--top=0.1")) as terminal:
        port = port_on(terminal)
        for _ in range(12):
            send(port, "127.0.0.1", bytes(100))
        screen = terminal.wait_for(lambda lines: row(lines, "total") and any(
            line.startswith("total") and line.split()[1:] for line in lines) and
            len([line for line in lines if line.startswith("127.")]) == 4)
        titles = screen[2].split()
        assert "dgram/s" in titles and "bytes" not in titles, titles
        assert all(len(line) < 40 for line in screen), screen
        assert screen[0].startswith("receiver "), screen  # the screen did not scroll


def a_terminal_that_changes_its_width():
    need_tmux()
    with Terminal(80, 24, command("127.0.0.1:0", "--top=0.1")) as terminal:
        send(port_on(terminal), "127.0.0.1")
        terminal.wait_for(lambda lines: lines[2:] and "size" in lines[2])
        terminal.run("resize-window", "-x", 40, "-y", 24)
        terminal.wait_for(lambda lines: lines[2:] and "dgram/s" in lines[2] and
                          "size" not in lines[2])


def control_c():
    """The last picture stays, and the summary follows it."""
    need_tmux()
    with Terminal(80, 50, command("127.0.0.1:0", "--top=0.1")) as terminal:
        send(port_on(terminal), "127.0.0.1")
        terminal.wait_for(lambda lines: row(lines, "127.0.0.1:"))
        terminal.run("send-keys", "C-c")
        screen = terminal.wait_for(lambda lines: any(line.startswith("  wakeups") for line in lines))
        text = "\n".join(screen)
        assert text.index("total") < text.index("summary after"), text
        assert row(screen, "127.0.0.1:"), text


run(a_picture_at_80_columns, a_picture_at_40_columns, a_terminal_that_changes_its_width, control_c)
