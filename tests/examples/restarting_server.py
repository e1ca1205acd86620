"""restarting_server receives on sockets that systemd opened. (scripts/restart-under-load.py restarts it.)"""
import os
import re
import signal
import socket
import subprocess
import tempfile

from _server import EMULATOR, FOR_WINDOWS, PATIENCE_SECONDS, PROGRAM, Skip, expect, run


class Activated:
    """The server, started with these sockets as systemd does (sd_listen_fds(3)); a context manager."""

    def __init__(self, sockets, names=""):
        if FOR_WINDOWS:
            raise Skip("a service manager that passes sockets is Linux' alone")
        self.folder = tempfile.TemporaryDirectory()
        count = len(sockets)
        kept = [os.dup(each.fileno()) for each in sockets]

        def at_three():
            import fcntl  # not on Windows
            # First out of the way of the numbers from 3 on.
            high = [fcntl.fcntl(each, fcntl.F_DUPFD, 3 + count) for each in kept]
            for number, each in enumerate(high):
                os.dup2(each, 3 + number, inheritable=True)

        self.process = subprocess.Popen(
            ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", PROGRAM, "0",
             os.path.join(self.folder.name, "path"), "--lanes", str(count)],
            env={**os.environ, "LISTEN_FDS": str(count), "LISTEN_FDNAMES": names},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            close_fds=False, preexec_fn=at_three)
        for each in kept:
            os.close(each)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


def reuseport_sockets(count):
    made, port = [], 0
    for _ in range(count):
        each = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        each.bind(("127.0.0.1", port))
        port = each.getsockname()[1]
        made.append(each)
    return made, port


def answers(port, before_answer=lambda: None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.sendto(b"hello", ("127.0.0.1", port))
        before_answer()
        answer, sender = client.recvfrom(100)
        expect(sender, ("127.0.0.1", port))
        assert re.fullmatch(rb"hello lane [01] of \d+", answer), answer


def receives_on_activated_sockets():
    sockets, port = reuseport_sockets(2)
    started = []
    try:
        # The request is there before the server.
        answers(port, before_answer=lambda: started.append(Activated(sockets)))
        process = started[0].process
        assert process.stdout.readline().endswith(f"receives on port {port}\n")
        for _ in range(10):
            answers(port)
        process.send_signal(signal.SIGTERM)
        assert " ends after 11 datagrams" in process.stdout.readline()
        expect(process.wait(timeout=PATIENCE_SECONDS), 0)
    finally:
        for each in started:
            each.__exit__()


def names_a_socket_that_is_not_udp():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream, Activated([stream]) as server:
        expect(server.process.wait(timeout=PATIENCE_SECONDS), 1)
        said = server.process.stderr.read()
        assert "activated socket 3: not a UDP socket" in said, said


def sockets_of_another_process_are_not_taken():
    if FOR_WINDOWS:
        raise Skip("a service manager that passes sockets is Linux' alone")
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([PROGRAM, "0", os.path.join(folder, "path")],
                                   env={**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": "1"},
                                   stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        answers(int(re.search(r"port (\d+)", line)[1]))
        process.kill()
        process.communicate()


def says_what_the_system_lacks():
    if not FOR_WINDOWS:
        raise Skip("Linux can hand sockets over")
    done = subprocess.run([*EMULATOR, PROGRAM, "0", "path"], capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS)
    expect(done.returncode, 1)
    assert "taking over from the process at path" in done.stderr, done.stderr


run(receives_on_activated_sockets, names_a_socket_that_is_not_udp,
    sockets_of_another_process_are_not_taken, says_what_the_system_lacks)
