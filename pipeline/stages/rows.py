"""The state of a stage: rows of bytes by name. The only interface to the store, which is a Faust table or a dictionary."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

_STAMP = struct.Struct(">q")
_NEVER = datetime.min.replace(tzinfo=UTC)


PIECE = 500
"""Rows of a table that are read at a time."""


class LargeStore(Protocol):
    """A store that is too large to be read at once."""

    def get(self, key: bytes) -> bytes | None: ...
    def __setitem__(self, key: bytes, value: bytes) -> None: ...
    def __delitem__(self, key: bytes) -> None: ...
    def partition(self, key: bytes) -> int: ...

    def scan(self, partitions: Collection[int]) -> Iterator[list[tuple[bytes, bytes]]]:
        """All rows that may be in these partitions, PIECE at a time; rows may change between two pieces."""


Store = LargeStore | dict[bytes, bytes]


class Rows:
    """Rows of one table. A row's name is the key of the records that it is about, or that key, a slash and more: the part
    before the slash decides its partition.

    With a `ttl` each row carries the time of its newest entry, and `expire` removes it when that is over.
    """

    def __init__(
        self,
        store: Store,
        ttl: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._ttl, self._clock = store, ttl, clock
        self._watermark = _NEVER
        self.changed: Callable[[str, bytes | None], None] = lambda name, value: None
        """Called with each row that is put, and with None for one that is deleted or expired."""
        self.derived: object = None
        """What a stage keeps in memory of the rows, in a form of its own. None again when others may have changed them: after
        each assignment of partitions."""

    def partition(self, name: str) -> int:
        """The partition that a row of this name is in. A dictionary is one partition."""
        return 0 if isinstance(self._store, dict) else self._store.partition(name.encode())

    def get(self, name: str) -> bytes | None:
        """The row as last put; None where there is none."""
        stored = self._store.get(name.encode())
        return stored[_STAMP.size :] if stored is not None and self._ttl else stored

    def put(self, name: str, value: bytes, newest: datetime = _NEVER) -> None:
        """Write a row. `newest` is the time of its newest entry, by the record's own time; one in the future counts as
        now, as everybody's rows expire by the newest time of all."""
        if self._ttl:
            newest = min(newest, self._clock())
            self._watermark = max(self._watermark, newest)
            value = _STAMP.pack(int(newest.timestamp() * 1000)) + value
        self._store[name.encode()] = value
        self.changed(name, value)

    def delete(self, name: str) -> None:
        key = name.encode()
        if self._store.get(key) is not None:
            del self._store[key]
            self.changed(name, None)

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Every row of a small table, in no order."""
        for piece in self.scan(()):
            yield from piece

    def scan(self, partitions: Collection[int]) -> Iterator[list[tuple[str, bytes]]]:
        """Every row that may be in these partitions, in no order and in pieces: rows may change between two of them."""
        start = _STAMP.size if self._ttl else 0
        for piece in _pieces(self._store, partitions):
            yield [(key.decode(), value[start:]) for key, value in piece]

    def expire(
        self, partitions: Collection[int] = (), mine: Callable[[str], bool] = lambda name: True
    ) -> Iterator[None]:
        """Remove rows whose newest entry is older than the newest of all by more than the `ttl`, of those in these partitions
        that are `mine`; in pieces.

        The records' own time counts, not the clock: a replay of last month removes nothing too early.
        """
        if self._ttl is None or self._watermark == _NEVER:
            return
        for piece in _pieces(self._store, partitions):
            # as numbers: the bytes of a time before 1970 compare above all others
            horizon = int((self._watermark - self._ttl).timestamp() * 1000)
            for key, value in piece:
                if _time(value) < horizon and mine(key.decode()):
                    stored = self._store.get(key)
                    if stored is not None and _time(stored) < horizon:
                        del self._store[key]
                        self.changed(key.decode(), None)
            yield


def _time(value: bytes) -> int:
    stamp: int = _STAMP.unpack_from(value)[0]
    return stamp


def _pieces(store: Store, partitions: Collection[int]) -> Iterator[list[tuple[bytes, bytes]]]:
    if not isinstance(store, dict):
        yield from store.scan(partitions)
        return
    rows = list(store.items())
    for at in range(0, len(rows), PIECE):
        yield rows[at : at + PIECE]


Tables = Mapping[str, Rows]
"""The tables of one stage, by the names that its declaration gives them."""
