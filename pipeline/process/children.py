"""Child processes under one supervisor: restarted with growing delays when they end, and gone when it is gone."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipeline.errors import DatelineError

_PR_SET_PDEATHSIG = 1
_FIRST_DELAY, _MAX_DELAY = 0.5, 30.0
_STABLE_AFTER = 30.0
"""Seconds of running after which the next restart starts from the first delay again."""
_POLL_INTERVAL = 0.2
STOP_TIMEOUT = 20.0

Report = Callable[[str, str], None]
"""Receives a child's name, and a line of its output or of what happened to it."""


def die_with_parent(signal_number: int = signal.SIGKILL) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the child this signal when its parent is gone, however that ended.

    Linux only; elsewhere the child merely shares its parent's process group.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended while this child was being made
            os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    user: str | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own. It dies with this process. Its output is appended to `log`, or can
    be read from `stdout` where there is none. `user` needs root."""
    account = pwd.getpwnam(user) if user is not None else None
    out = log.open("ab") if log is not None else None
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(),
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        if out is not None:
            out.close()


def stop(process: subprocess.Popen[bytes], timeout: float) -> bool:
    """Ask the process to end; whether it did so within `timeout` seconds. What is left of its group is killed."""
    process.terminate()
    return _wait_or_kill(process, timeout)


def _wait_or_kill(process: subprocess.Popen[bytes], timeout: float) -> bool:
    if process.returncode is not None:
        return True  # it ended earlier: its number may be another group's by now
    try:
        process.wait(timeout)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        _kill_group(process)
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of its group. Only right after it ended, as its number may be another group's later."""
    with suppress(ProcessLookupError, PermissionError):  # nothing is left of it; macOS says EPERM then
        os.killpg(process.pid, signal.SIGKILL)


class Child:
    """One process: started, and started again when it ends."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]], report: Report) -> None:
        self.name, self._start_process, self._report = name, start, report
        self._delay, self._restart_at = _FIRST_DELAY, 0.0
        self._start()

    def _start(self) -> None:
        self._started, self._restart_at = time.monotonic(), 0.0
        self.process = self._start_process()
        if self.process.stdout is not None:
            threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True).start()

    def restart_if_ended(self) -> None:
        """Start it again where it ended, after a delay that doubles while it keeps ending soon. To be called often. What it
        started itself is killed first. One that can't be started is put off likewise: the others go on."""
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if not self._restart_at:
            _kill_group(self.process)
            if now - self._started > _STABLE_AFTER:
                self._delay = _FIRST_DELAY
            self._put_off(now, f"ended with code {code}; starting it again")
        elif now >= self._restart_at:
            try:
                self._start()
            except (OSError, subprocess.SubprocessError, DatelineError) as e:
                self._put_off(now, f"could not be started ({e}); trying again")

    def _put_off(self, now: float, what: str) -> None:
        self._report(self.name, f"{what} in {self._delay:.1f} s")
        self._restart_at, self._delay = now + self._delay, min(self._delay * 2, _MAX_DELAY)

    def wait_or_kill(self, timeout: float) -> None:
        """Wait for it to end, and kill it after `timeout` seconds."""
        if not _wait_or_kill(self.process, timeout):
            self._report(self.name, "did not stop in time and was killed")

    def _relay(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._report(self.name, line.decode("utf-8", "replace").rstrip())


class Supervisor:
    """Several children. Not a context manager on purpose: the caller decides when they stop."""

    def __init__(self, report: Report) -> None:
        self.children: dict[str, Child] = {}
        self._report = report
        self._stopping = threading.Event()

    def add(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        """Start a child under this name; `start` is called again for each restart."""
        self.children[name] = Child(name, start, self._report)

    def restart_ended(self) -> None:
        for child in self.children.values():
            child.restart_if_ended()

    def stop_on_signals(self) -> None:
        """Have SIGTERM and SIGINT end `run`, also before it is called."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())

    def run(self) -> None:
        """Restart what ends until SIGTERM or SIGINT, then stop all."""
        self.stop_on_signals()
        while not self._stopping.wait(_POLL_INTERVAL):
            self.restart_ended()
        self.stop()

    def stop(self) -> None:
        """Ask all to end, the last started first, and wait until they have; kill what has not after STOP_TIMEOUT."""
        for child in reversed(self.children.values()):
            child.process.terminate()
        until = time.monotonic() + STOP_TIMEOUT
        for child in self.children.values():
            child.wait_or_kill(max(0.1, until - time.monotonic()))
