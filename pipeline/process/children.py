"""`dateline run`: every process of one machine under one supervisor, which prefixes their output, starts again what
died with growing delays, and stops all of them when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console

from pipeline.local.processes import die_with_parent

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 30.0
_STEADY = 30.0
"""Seconds after which a process counts as well again."""
_PATIENCE = 20.0
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")


class Process:
    """One child: started, watched, started again."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], say: Callable[[str, str], None]
    ) -> None:
        self.name, self.restarts = name, 0
        self._command, self._env, self._say = list(command), dict(env), say
        self._delay, self._again_at = _FIRST_DELAY, 0.0
        self.start()

    def start(self) -> None:
        self._started = time.monotonic()
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._env,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        threading.Thread(target=self._relay, args=(self._child,), daemon=True).start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def look_after(self) -> None:
        """Start it again where it ended, after a delay that grows while it keeps ending soon."""
        code = self._child.poll()
        if code is None:
            return
        now = time.monotonic()
        if not self._again_at:
            if now - self._started > _STEADY:
                self._delay = _FIRST_DELAY
            self._say(self.name, f"ended with code {code}; starting it again in {self._delay:.1f} s")
            self._again_at, self._delay = now + self._delay, min(self._delay * 2, _LONGEST_DELAY)
        elif now >= self._again_at:
            self._again_at = 0.0
            self.restarts += 1
            self.start()

    def ask_to_stop(self) -> None:
        if self._child.poll() is None:
            self._child.terminate()

    def wait(self, until: float) -> None:
        try:
            self._child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._say(
                self.name, "did not stop in time; it is killed (nothing is lost: what it had in hand is taken again)"
            )
            self._child.kill()
            self._child.wait()

    def _relay(self, child: subprocess.Popen[bytes]) -> None:
        for row in child.stdout or ():
            self._say(self.name, row.decode("utf-8", "replace").rstrip())


class Supervisor:
    """Several processes. Not a context manager on purpose: who starts it says when it stops."""

    def __init__(self, env: Mapping[str, str], console: Console | None = None, quiet: bool = False) -> None:
        self._env = dict(os.environ) | dict(env) | {"PYTHONUNBUFFERED": "1"}
        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self.processes: dict[str, Process] = {}
        self._stopping = threading.Event()

    def add(self, name: str, *arguments: str) -> Process:
        """Start `dateline ARGUMENTS` under this name."""
        process = Process(name, [sys.executable, "-m", "pipeline.cli", *arguments], self._env, self._say)
        self.processes[name] = process
        return process

    def look_after(self) -> None:
        for process in self.processes.values():
            process.look_after()

    def run(self) -> None:
        """Look after everything until SIGTERM, SIGINT or `stop`, then stop all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        while not self._stopping.wait(0.2):
            self.look_after()
        self.stop()

    def stop(self) -> None:
        """Stop all, the last started first, and wait until they have."""
        self._stopping.set()
        for process in reversed(self.processes.values()):
            process.ask_to_stop()
        until = time.monotonic() + _PATIENCE
        for process in self.processes.values():
            process.wait(until)

    def _say(self, name: str, text: str) -> None:
        if self._quiet and not any(
            word in text for word in ("CRITICAL", "ERROR   dateline", "ended with", "dateline: ")
        ):
            return
        colour = _COLOURS[list(self.processes).index(name) % len(_COLOURS)] if name in self.processes else "white"
        self._console.print(f"[{colour}]{name:>10}[/] ", end="")
        self._console.print(text, markup=False)
