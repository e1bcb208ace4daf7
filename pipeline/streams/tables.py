"""A stage's tables in Faust: the store below `Rows`, one changelog topic each."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from faust import streams

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.stages.rows import PIECE, Rows, Tables
from pipeline.stages.stage import Stage
from pipeline.streams import damage
from pipeline.streams.faust_fixes import DurableTable
from pipeline.streams.rocks import RocksStore

TIMEOUT = 30.0
"""Seconds to wait for a changelog before the process exits."""
EXPIRE_EVERY = 300.0
"""Seconds between two searches for expired rows of a partition."""
SLICE = 0.02
"""Seconds of such a search at a time: it goes on after the next batch."""


class FaustStore:
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
        try:
            return self._enter(key).get(key, default)
        except Exception as e:
            self._explain(e, self.partition(key))
            raise

    def __setitem__(self, key: bytes, value: bytes) -> None:
        try:
            self._enter(key)[key] = value
        except Exception as e:
            self._explain(e, self.partition(key))
            raise

    def __delitem__(self, key: bytes) -> None:
        try:
            del self._enter(key)[key]  # not pop(): pop() writes nothing to the changelog
        except Exception as e:
            self._explain(e, self.partition(key))
            raise

    def partitions(self) -> list[int]:
        """Those of these events."""
        return sorted(self._events)

    def scan(self, partitions: Collection[int]) -> Iterator[list[tuple[bytes, bytes]]]:
        """All rows that may be in these partitions, PIECE at a time."""
        data = self._table.data
        if not isinstance(data, RocksStore):
            rows = list(data.items())
            for at in range(0, len(rows), PIECE):
                yield rows[at : at + PIECE]
            return
        for partition in partitions:
            if partition in self._events:
                data._db_for_partition(partition)  # opened, as by a read
            try:
                yield from filter(None, data.scan(partition, PIECE))
            except Exception as e:
                self._explain(e, partition)
                raise

    def _explain(self, error: Exception, partition: int) -> None:
        """Raises Fatal where it is an error of RocksDB, which has no class of its own for them: it is no record's fault. Any
        other error is for the caller to raise again."""
        data = self._table.data
        if isinstance(data, RocksStore) and damage.is_of_rocksdb(error):
            raise damage.explained(error, data.partition_path(partition)) from error

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
        self._generation: int | None = None
        self._started = time.monotonic()
        self._searched: dict[tuple[str, int], float] = {}
        self._searches: dict[tuple[str, int], Iterator[None]] = {}

    def begin(self, events: Iterable[Any]) -> None:
        """Before each batch: its events. They are of one generation of the consumer group: where it is another than before, other
        workers may have had the partitions meanwhile, and what is in memory of their rows may not be true any more."""
        events = list(events)
        generation = max(event.message.generation_id for event in events)
        if generation != self._generation:
            self._generation = generation
            for rows in self.tables.values():
                rows.derived = None
        for store in self._stores.values():
            store.begin(events)

    def partition(self, name: str) -> int:
        """The partition that a row of this name is in."""
        return next(iter(self._stores.values())).partition(name.encode())

    async def flushed(self) -> None:
        """Return when the changelogs have every write."""
        await asyncio.gather(*(table.acknowledged(TIMEOUT) for table in self._tables.values()))

    def expire(self) -> None:
        """Remove expired rows of this batch's partitions: a search every EXPIRE_EVERY seconds, some of it after each batch."""
        now = time.monotonic()
        for name, rows in self.tables.items():
            store = self._stores[name]
            for partition in store.partitions():
                place = (name, partition)
                if place not in self._searches:
                    if now - self._searched.get(place, self._started) < EXPIRE_EVERY:
                        continue
                    self._searches[place] = rows.expire([partition], store.is_mine)
                for _ in self._searches[place]:
                    if time.monotonic() - now > SLICE:
                        return
                del self._searches[place]
                self._searched[place] = now
