"""Which processes of Dateline run on this machine: a small file for each in the data folder, locked while it lives.

By it `dateline status` finds each process, where it answers, how often it was started lately, and why it ended the last
time. Where the folder can't be written the process runs all the same, and isn't listed.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from pipeline.errors import DatelineError, Fatal
from pipeline.process.folders import data_folder
from pipeline.process.ports import host_in_url
from pipeline.settings import Settings
from pipeline.telemetry import without_credentials
from schemas.base import Instant, Model

_STARTS = 50
_SAME_NAME = 100
_AGAIN = 20
_KEPT = timedelta(hours=1)
KILLED = "it was killed, or crashed, without a word"
FORGOTTEN = timedelta(days=1)
"""A process that ended so long ago is no longer expected."""
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class Entry(Model):
    """One process."""

    name: str
    host: str
    pid: int
    starts: tuple[Instant, ...]
    """Those of the last hour, and the last one."""
    address: str | None = None
    last_exit: str | None = None
    """Why the process before this one ended."""
    leaving: str | None = None
    """Why this one ends."""

    @property
    def reason(self) -> str:
        """Of one that is gone: why."""
        return self.leaving or KILLED


@dataclass
class Registered:
    entry: Entry
    alive: bool


class _Own:
    """The file of this process, locked, and how many bytes it has."""

    def __init__(self, file: IO[bytes], path: Path, entry: Entry, length: int) -> None:
        self.file, self.path, self.entry, self.length = file, path, entry, length

    def write(self, **changes: object) -> None:
        self.entry = self.entry.model_copy(update=changes)
        # in one write, and never shorter: a reader sees the old text or the new one
        data = self.entry.model_dump_json().encode().ljust(self.length)
        self.length = len(data)
        with suppress(OSError):
            self.file.seek(0)
            self.file.write(data)
            self.file.flush()


_own: _Own | None = None


@contextmanager
def registered(settings: Settings, name: str) -> Iterator[None]:
    """This process is `name` for the time of the block. Why it ended by an error stays in its file; one that ended as it
    was asked to leaves none."""
    global _own
    _own = _open(settings, name)
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        # before a process has a handler of its own, and after: uvicorn raises the signal again once it has stopped
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    except SystemExit as e:
        _end(None if e.code in (None, 0) else f"exit code {e.code}")
        raise
    except KeyboardInterrupt:
        _end(None)
        raise
    except DatelineError as e:
        _end(str(e))
        raise
    except BaseException as e:  # whatever it is, the row says so; raised again
        _end(f"{type(e).__name__}: {e}")
        raise
    else:
        _end(None)


def serving(bind: str, port: int) -> None:
    """Say where this process answers."""
    if _own is not None:
        _own.write(address=f"http://{host_in_url(_ANY.get(bind, bind))}:{port}")


def leaving(reason: str) -> None:
    """Say why this process is about to end."""
    if _own is not None:
        _own.write(leaving=_line(reason))


def entries(settings: Settings) -> list[Registered]:
    """The processes of this namespace, by name: those that live, and those that ended by an error or were killed."""
    folder = _folder(settings)
    found = []
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stem) if folder is not None else ():
        with suppress(OSError, ValueError), path.open("rb") as file:
            alive = not _lock(file, shared=True)
            entry = Entry.model_validate_json(file.read())
            if alive or datetime.now(UTC) - entry.starts[-1] < FORGOTTEN:
                found.append(Registered(entry, alive))
    return found


def _open(settings: Settings, name: str) -> _Own | None:
    folder = _folder(settings)
    if folder is None:
        return None
    for number in range(1, _SAME_NAME):
        own_name = name if number == 1 else f"{name}-{number}"
        path = folder / f"{own_name}.json"
        try:
            file = _locked(path)
        except OSError:
            return None
        if file is not None:
            return _take(file, path, own_name)
    return None


def _locked(path: Path) -> IO[bytes] | None:
    """The file, which is made where it isn't there, locked; None where another process has it. Raises OSError."""
    for _ in range(_AGAIN):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        file = path.open("r+b")
        if not _lock_patiently(file):
            file.close()
            return None
        if _is_at(file, path):
            return file
        file.close()  # the one before removed it, as it ended, between the opening and the lock: nobody would find it
    return None


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether this is still the file of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _take(file: IO[bytes], path: Path, name: str) -> _Own:
    before: Entry | None = None
    data = b""
    with suppress(OSError, ValueError):  # whatever is in it, the process starts
        data = file.read()
        before = Entry.model_validate_json(data)
    now = datetime.now(UTC)
    starts = [at for at in before.starts if now - at < _KEPT][-_STARTS:] if before else []
    own = _Own(
        file,
        path,
        Entry(
            name=name,
            host=socket.gethostname(),
            pid=os.getpid(),
            starts=(*starts, now),
            last_exit=before.reason if before else None,
        ),
        len(data),
    )
    own.write()
    return own


def _end(reason: str | None) -> None:
    global _own
    if _own is None:
        return
    if reason is None:
        with suppress(OSError):
            if _is_at(_own.file, _own.path):  # whoever has the lock of a file is the only one who removes it
                _own.path.unlink()
    else:
        _own.write(leaving=_line(reason))
    _own.file.close()
    _own = None


def _line(reason: str) -> str:
    """Its first line; a path's bytes that are no text are escaped, as JSON can't have them."""
    return without_credentials(reason).split("\n")[0][:500].encode(errors="backslashreplace").decode()


def _lock(file: IO[bytes], *, shared: bool = False) -> bool:
    """Whether the lock was free. A reader gives it back with the file."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_patiently(file: IO[bytes]) -> bool:
    """A reader has the lock for a moment only."""
    for _ in range(10):
        if _lock(file):
            return True
        time.sleep(0.05)
    return False


def _folder(settings: Settings) -> Path | None:
    try:
        return data_folder(settings) / "processes" / (settings.namespace or "dateline")
    except Fatal:
        return None
