"""The folder of a worker's tables, which can be rebuilt from Kafka: one worker's own, writable, and readable by RocksDB."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from pipeline.errors import Fatal
from pipeline.process.folders import data_folder
from pipeline.settings import Settings
from pipeline.streams.damage import remove_damaged

AUTO = "auto"
_MOST = 1000


class _InUse(Fatal):
    """Another worker has the folder."""


def state_folder(settings: Settings) -> Path:
    """Folder of this worker's tables."""
    return data_folder(settings) / "worker" / (settings.namespace or "default") / settings.worker_id


def claim_state_folder(settings: Settings) -> tuple[Settings, IO[str]]:
    """The settings with the worker's own id, and the lock of its folder, to keep while it runs. `auto` takes the first id from
    1 on whose folder no other worker has: so replicas that share a volume find their tables again. Raises Fatal as below."""
    if settings.worker_id != AUTO:
        return settings, open_state_folder(settings)
    for number in range(1, _MOST + 1):
        own = settings.model_copy(update={"worker_id": str(number)})
        try:
            return own, open_state_folder(own)
        except _InUse:
            continue
    raise Fatal(
        f"{_MOST} workers use the folder {state_folder(settings).parent}: set DATELINE_LOCAL_DIR to another folder"
    )


def open_state_folder(settings: Settings) -> IO[str]:
    """Make the folder, and remove tables in it that are damaged: Faust rebuilds them. Returns a lock to keep while the
    worker runs: two would take each other's notes (journal.py) for their own. Raises Fatal where the folder can't be
    written or is in use."""
    folder = state_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "writable").write_text("yes")
        lock = (folder / "lock").open("w")
    except OSError as e:
        raise Fatal(
            f"the state folder {folder} can't be written ({e.strerror}): make room or give the worker's user access, or set "
            "DATELINE_LOCAL_DIR to another folder"
        ) from e
    try:
        _take(lock, folder)
        remove_damaged(folder)
    except Fatal:
        lock.close()
        raise
    return lock


def _take(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        raise _InUse(
            f"another worker uses the state folder {folder}: set DATELINE_WORKER_ID to a number of its own for each worker, or to auto"
        ) from e
