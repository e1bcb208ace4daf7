"""Errors of a table in RocksDB: its files are damaged, gone, or can't be written. No record is at fault.

rocksdict raises a plain Exception with RocksDB's status for each. A damaged table is marked, and removed when the next
worker opens the folder (state_folder.py): Faust rebuilds it from its changelog.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline import telemetry
from pipeline.errors import Fatal

_MARK = ".damaged"
_NOT_WRITABLE = (
    "No space left",
    "Disk quota",
    "Permission denied",
    "Read-only",
    "File too large",
    "lock file",
    "lock hold",
)
"""Words of errors that have nothing to do with what is in the files."""


def is_of_rocksdb(error: Exception) -> bool:
    return type(error) is Exception  # no class of its own


def explained(error: Exception, *tables: Path) -> Fatal:
    """What to do about an error of RocksDB in one of these tables; one that is damaged is marked."""
    named = [table for table in tables if str(table) in str(error)] or list(tables)
    table = ", ".join(map(str, named))
    if _not_writable(error):
        return Fatal(
            f"the table {table} can't be written ({error}): make room or give the worker's user access; no record is lost"
        )
    for damaged in named:
        with suppress(OSError):  # the folder may be gone
            damaged.with_name(damaged.name + _MARK).touch()
    return Fatal(f"the table {table} is damaged ({error}): it is removed at the next start, and rebuilt from Kafka")


def rows_from(db: Any, after: bytes | None, count: int) -> list[tuple[bytes, bytes]]:
    """So many rows from a key on, in the order of their keys. Raises what RocksDB says where fewer could be read than there
    are: its iterator ends at damage as at the end."""
    rows = list(islice(db.items(from_key=after), count))
    if len(rows) < count:
        last = db.iter()
        start = rows[-1][0] if rows else after
        last.seek_to_first() if start is None else last.seek(start)
        if rows and last.valid():
            last.next()
        last.status()
    return rows


def remove_damaged(folder: Path) -> None:
    """Remove the tables below a folder that were found damaged, or that can't be opened. Where one was found, all others are
    read through: what damaged it may have hit them too. Raises Fatal where nothing can be written."""
    marks = sorted(folder.rglob(f"*.db{_MARK}"))
    for mark in marks:
        _remove(mark.with_name(mark.name.removesuffix(_MARK)), "found when it was read")
        mark.unlink()
    for table in sorted(folder.rglob("*.db")):
        _remove_unreadable(table, whole=bool(marks))


def _remove_unreadable(table: Path, *, whole: bool) -> None:
    from rocksdict import Rdict

    try:
        db = Rdict(str(table))
        try:
            if whole:
                _read_through(db)
        finally:
            db.close()
    except Exception as e:  # RocksDB has no class for its errors
        if _not_writable(e):
            raise explained(e, table) from e
        _remove(table, e)


def _read_through(db: Any) -> None:
    rows = db.iter()
    rows.seek_to_first()
    while rows.valid():
        rows.next()
    rows.status()


def _remove(table: Path, problem: object) -> None:
    telemetry.STATE_REMOVED(table=table.name, problem=problem)
    shutil.rmtree(table, ignore_errors=True) if table.is_dir() else table.unlink(missing_ok=True)


def _not_writable(error: Exception) -> bool:
    text = str(error)
    return not text.startswith("Corruption") and any(word in text for word in _NOT_WRITABLE)
