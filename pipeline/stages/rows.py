"""The state of a stage: rows of bytes by name. The only interface to the store, which is a Faust table or a dictionary."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta

_STAMP = struct.Struct(">q")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Rows:
    """Rows of one table. A row's name is the key of the records that it is about, or that key, a slash and more: the part
    before the slash decides its partition.

    With a `ttl` each row carries the time of its newest entry, and `expire` removes it when that is over.
    """

    def __init__(
        self,
        store: MutableMapping[bytes, bytes],
        ttl: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._ttl, self._clock = store, ttl, clock
        self._watermark = _NEVER

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

    def delete(self, name: str) -> None:
        key = name.encode()
        if self._store.get(key) is not None:
            del self._store[key]

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Every row of a table without a `ttl`, in no order."""
        for key, value in list(self._store.items()):
            yield key.decode(), value

    def expire(self, mine: Callable[[str], bool] = lambda name: True) -> None:
        """Remove rows whose newest entry is older than the newest of all by more than the `ttl`, of those that are `mine`.

        The records' own time counts, not the clock: a replay of last month removes nothing too early.
        """
        if self._ttl is None or self._watermark == _NEVER:
            return
        # as numbers: the bytes of a time before 1970 compare above all others
        horizon = int((self._watermark - self._ttl).timestamp() * 1000)
        for key in [key for key, value in self._store.items() if _STAMP.unpack_from(value)[0] < horizon]:
            if mine(key.decode()):
                del self._store[key]


Tables = Mapping[str, Rows]
"""The tables of one stage, by the names that its declaration gives them."""
