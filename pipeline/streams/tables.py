"""A stage's tables in Faust: the store below `Rows`, one changelog topic each."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from faust import streams

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Stage
from pipeline.streams.faust_fixes import DurableTable

TIMEOUT = 30.0
"""Seconds to wait for a changelog before the process exits."""
EXPIRE_EVERY = 300.0
"""Seconds between two searches for expired rows."""


class FaustStore(MutableMapping[bytes, bytes]):
    """A Faust table as a dictionary. Needs `begin` first: Faust derives the partition of a write from an event."""

    def __init__(self, table: DurableTable, partitions: int) -> None:
        self._table, self._partitions = table, partitions
        self._events: dict[int, Any] = {}

    def begin(self, events: Iterable[Any]) -> None:
        """The events that the following reads and writes are made for: at least one of each partition."""
        self._events = {event.message.partition: event for event in events}

    def is_mine(self, name: str) -> bool:
        """Whether a row is in a partition of these events."""
        return self.partition(name.encode()) in self._events

    def partition(self, key: bytes) -> int:
        return partition_of(key.partition(b"/")[0], self._partitions)

    def get(self, key: bytes, default: Any = None) -> Any:
        return self._enter(key).get(key, default)

    def __getitem__(self, key: bytes) -> bytes:
        value: bytes = self._enter(key)[key]
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._enter(key)[key] = value

    def __delitem__(self, key: bytes) -> None:
        del self._enter(key)[key]  # not pop(): pop() writes nothing to the changelog

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def items(self) -> Any:
        return self._table.items()

    def _enter(self, key: bytes) -> Any:
        """The table, with the event set from which Faust derives the partition: inside `noack_take` there is none."""
        event = self._events.get(self.partition(key))
        if event is None:
            raise Fatal(f"a row of another partition was asked for: {key!r}")
        streams._current_event.set(weakref.ref(event))
        return self._table


class FaustTables:
    """The tables of one stage in one worker."""

    def __init__(self, stage: Stage, tables: dict[str, DurableTable], partitions: int) -> None:
        self._tables = tables
        self._stores = {name: FaustStore(table, partitions) for name, table in tables.items()}
        self.tables: Tables = {name: Rows(self._stores[name], stage.tables[name]) for name in tables}
        self._expired = time.monotonic()

    def begin(self, events: Iterable[Any]) -> None:
        """Before each batch: its events."""
        events = list(events)
        for store in self._stores.values():
            store.begin(events)

    def partition(self, name: str) -> int:
        """The partition that a row of this name is in."""
        return next(iter(self._stores.values())).partition(name.encode())

    async def flushed(self) -> None:
        """Return when the changelogs have every write."""
        await asyncio.gather(*(table.acknowledged(TIMEOUT) for table in self._tables.values()))

    def expire(self) -> None:
        """Remove expired rows of this batch's partitions, every EXPIRE_EVERY seconds."""
        if time.monotonic() - self._expired < EXPIRE_EVERY:
            return
        self._expired = time.monotonic()
        for name, rows in self.tables.items():
            rows.expire(self._stores[name].is_mine)
