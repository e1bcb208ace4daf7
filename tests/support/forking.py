"""`dateline` as processes of their own, forked from one that has imported it and has loaded what a worker loads at its start:
that takes five seconds of CPU each time.

What is forked has its own environment, folder and files, and runs `pipeline.cli.main` as the installed command does. Run as
a module this is the process that forks: one line of JSON and three files for each child.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
_IMPORTED = (
    "pipeline.streams.worker",
    "pipeline.sinks.loop",
    "pipeline.push.service",
    "pipeline.search.api",
    "uvicorn",
    # what Faust imports only when an app is made
    "faust.app.base",
    "faust.models",
    "faust.tables.objects",
    "faust.tables.sets",
    "faust.web.drivers.aiohttp",
    "faust.worker",
)
FAULT = "DATELINE_TEST_FAULT"
"""Variable with a function, `module:name`, that puts a fault into the child before it runs."""


class Forked:
    """A child of the forking process, used as a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], 0)[0]:
            self.returncode = _forker().ask({"wait": self.pid})
            os.close(self._ended)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> Forked:
    """Start `dateline ARGUMENTS`. Its output and errors go to a file."""
    with Path(os.devnull).open("rb") as nothing:
        return _start(arguments, environment, nothing, output, output)


def run(
    arguments: Sequence[str], environment: Mapping[str, str], input: bytes | None = None, timeout: float = PATIENCE
) -> subprocess.CompletedProcess[bytes]:
    """Run `dateline ARGUMENTS` to its end. Raises TimeoutExpired."""
    with TemporaryFile() as read, TemporaryFile() as out, TemporaryFile() as errors:
        read.write(input or b"")
        read.seek(0)
        child = _start(arguments, environment, read, out, errors)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(["dateline", *arguments], code, out.read(), errors.read())


def _start(arguments: Sequence[str], environment: Mapping[str, str], *files: IO[bytes]) -> Forked:
    said = {"arguments": list(arguments), "environment": dict(environment)}
    return Forked(_forker().ask(said, [file.fileno() for file in files]))


class _Forker:
    """The forking process, as the tests' process sees it. It ends, with its children, when this process does."""

    def __init__(self) -> None:
        mine, its = socket.socketpair()
        command = [sys.executable, "-m", "tests.support.forking", str(its.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
        its.close()
        self._socket, self._lock = mine, threading.Lock()

    def ask(self, question: dict[str, Any], files: Sequence[int] = ()) -> int:
        with self._lock:
            line = json.dumps(question).encode() + b"\n"
            sent = socket.send_fds(self._socket, [line], files) if files else 0
            self._socket.sendall(line[sent:])
            answer = self._socket.recv(100)
        assert answer, "the forking process ended"
        return int(answer)


@cache
def _forker() -> _Forker:
    return _Forker()


def _serve(server: socket.socket) -> list[str]:
    """Fork for each question, until there is nobody left to ask. Returns in the children only: what to run."""
    children: set[int] = set()
    while True:
        line, files, *_ = socket.recv_fds(server, 65536, 3)
        while line and not line.endswith(b"\n"):
            line += server.recv(65536)
        if not line:
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os._exit(0)
        question = json.loads(line)
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            children.discard(question["wait"])
            server.sendall(b"%d" % os.waitstatus_to_exitcode(status))
        elif pid := os.fork():
            children.add(pid)
            for file in files:
                os.close(file)
            server.sendall(b"%d" % pid)
        else:
            for number, file in enumerate(files):
                os.dup2(file, number)
            os.closerange(3, 1024)
            server.detach()
            os.environ.clear()
            os.environ.update(question["environment"])
            sys.stdin = open(0, closefd=False)  # noqa: SIM115 - open as long as the process
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - likewise
            sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - likewise
            arguments: list[str] = question["arguments"]
            return arguments


def _load() -> None:
    """What a child finds ready: the lists and models of the enrichers, and whatever the way of an item through all steps loads.
    It starts no thread and counts nothing: a child begins as a new process does."""
    from pipeline.ingest.events import Hints
    from pipeline.ingest.intake import read_items
    from pipeline.operations.preview import preview_item
    from pipeline.settings import Settings
    from pipeline.stages import enrich

    settings = Settings(_env_file=None)
    enrich.load(enrich.choices(settings))
    for read in read_items(str(ROOT / "samples/pages/northern-post.txt"), Hints(), settings):
        assert list(preview_item(read, settings))
    assert threading.active_count() == 1


def _main() -> None:
    from pipeline import cli

    for name in (*(f"pipeline.commands.{command.replace('-', '_')}" for command in cli.COMMANDS), *_IMPORTED):
        import_module(name)
    _load()
    gc.freeze()
    sys.argv = ["dateline", *_serve(socket.socket(fileno=int(sys.argv[1])))]
    if fault := os.environ.get(FAULT):
        module, _, name = fault.partition(":")
        getattr(import_module(module), name)()
    cli.main()


if __name__ == "__main__":
    _main()
