"""``gradverify`` without its start: a process that has loaded everything forks for each command.

``python warm_gradverify.py SOCKET`` serves until its standard input ends. ``warm(FOLDER)`` starts
it and puts a script into the folder that behaves as ``gradverify`` does: it hands over its folder,
arguments, environment and streams, waits, and ends with the command's exit code. Each command is a
process of its own, so nothing that one does is seen by the next.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CLIENT = """\
#!{python} -SEs
import json, os, socket, sys
asked = json.dumps([os.getcwd(), sys.argv[1:], dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({place!r})
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(int(server.makefile().read() or 70))
"""


@contextmanager
def warm(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """A script in this folder that stands for ``gradverify``, as long as it is asked."""
    place = str(folder / "socket")
    script = folder / "gradverify"
    script.write_text(CLIENT.format(python=sys.executable, place=place), encoding="utf-8")
    script.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, __file__, place], env=dict(environment),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        try:
            yield script
        finally:
            server.communicate(timeout=20)


def serve(place: str) -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks what became of who answers
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as ready:
        listener.bind(place)
        listener.listen(16)
        ready.register(listener, selectors.EVENT_READ)
        ready.register(0, selectors.EVENT_READ)
        print("ready", flush=True)
        while all(key.fileobj is listener for key, _ in ready.select()):
            connection, _ = listener.accept()
            if os.fork() == 0:  # one that waits for the command, so that the next can be served
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                answer(connection)
            connection.close()


def answer(connection: socket.socket) -> None:
    """Run one command in a process of its own, and send back its exit code."""
    head, streams, _, _ = socket.recv_fds(connection, 4, 3)
    folder, arguments, environment = json.loads(received(connection, int.from_bytes(head, "big")))
    child = os.fork()
    if child == 0:
        connection.close()
        command(folder, arguments, environment, streams)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    connection.sendall(str(code if code >= 0 else 128 - code).encode())
    os._exit(0)


def received(connection: socket.socket, size: int) -> bytes:
    """So many bytes."""
    parts = []
    while size > 0 and (part := connection.recv(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def command(folder: str, arguments: list[str], environment: dict[str, str], fds: list[int]) -> None:
    """Be ``gradverify``."""
    for stream, fd in enumerate(fds):
        os.dup2(fd, stream)
        os.close(fd)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["gradverify", *arguments]
    try:
        from verify.cli import main

        code = main(arguments)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import torch  # noqa: F401 - the slowest to load, and what every command needs

    import verify.campaign
    import verify.cli.gate
    import verify.cli.run
    import verify.report.terminal  # noqa: F401

    serve(sys.argv[1])
