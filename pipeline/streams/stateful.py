"""Carries a stage that remembers rows by key: stories, flooding, trends. Revise has a carrier of its own (revise/carrier.py).

What came from a batch is delivered, then what it remembers is saved, and only then is it acknowledged. A stage whose
answers only ever grow (an earlier root, a higher relation, one more article) can be done twice and in any order.
"""

from __future__ import annotations

import asyncio
import struct
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from faust import streams
from faust.types import EventT

from pipeline import outcomes
from pipeline.errors import Reject
from pipeline.kafka.clients import partition_of
from pipeline.outcomes import Outcome
from pipeline.records import ConsumedRecord, Outgoing, Sent, decode
from pipeline.settings import Settings
from pipeline.streams.faust_fixes import DurableTable
from pipeline.streams.producer import Sender
from pipeline.streams.stateless import BREATH, incoming, refuse
from pipeline.topology import Stage, Topic

PATIENCE = 30.0
"""Seconds to wait for a changelog before leaving."""
SWEEP_EVERY = 300.0
"""Seconds between two looks for rows that nobody needs any more."""
_STAMP = struct.Struct(">q")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Rows(Protocol):
    """What a stage remembers: rows of bytes. A row's name is the key of the records it is about, or that and `/…`."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes, newest: datetime) -> None:
        """`newest`: the row is forgotten some time after that."""

    def delete(self, name: str) -> None: ...


class StatefulBatch(Protocol):
    """Records of one batch, applied in order; then `out` is delivered and `save` called."""

    def apply(self, record: Any) -> Outcome: ...

    def out(self) -> Iterable[Sent]: ...

    def save(self) -> None: ...


@dataclass(frozen=True)
class Stateful:
    """A stage of this kind: how its batches are made, what its records are keyed by, how long rows are kept."""

    stage: Stage
    batch: Callable[[Rows], StatefulBatch]
    key: Callable[[Any], str]
    kept: timedelta


class MemoryRows:
    """Rows in a plain dictionary, for pure tests."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.rows.get(name)

    def put(self, name: str, value: bytes, newest: datetime) -> None:
        self.rows[name] = value

    def delete(self, name: str) -> None:
        self.rows.pop(name, None)


class TableRows:
    """Rows in a Faust table. Writing needs `writing_for` first: Faust takes a key's partition from an event."""

    def __init__(self, table: DurableTable, partitions: int) -> None:
        self._table, self._partitions = table, partitions
        self._events: dict[int, EventT[Any]] = {}
        self._latest = _NEVER

    def writing_for(self, events: Iterable[EventT[Any]]) -> None:
        """Say which events the following writes are made for: at least one of each partition written to."""
        self._events = {event.message.partition: event for event in events}

    def get(self, name: str) -> bytes | None:
        self._enter(self._partition(name))
        stored: bytes | None = self._table.get(name.encode())
        return stored[_STAMP.size :] if stored is not None else None

    def put(self, name: str, value: bytes, newest: datetime) -> None:
        self._latest = max(self._latest, newest)
        self._enter(self._partition(name))
        self._table[name.encode()] = _STAMP.pack(int(newest.timestamp() * 1000)) + value

    def delete(self, name: str) -> None:
        self._enter(self._partition(name))
        key = name.encode()
        if self._table.get(key) is not None:
            del self._table[key]  # not pop(): that one tells the changelog nothing

    def sweep(self, kept: timedelta) -> None:
        """Forget rows of the batch's partitions whose newest entry is older than the newest of all by more than `kept`.

        The records' own time counts, not the clock: a replay of last month forgets nothing too early.
        """
        if self._latest == _NEVER:
            return
        horizon = _STAMP.pack(int((self._latest - kept).timestamp() * 1000))
        old = [name for name, value in self._table.items() if value[: _STAMP.size] < horizon]
        for name in old:
            if self._partition(name.decode()) in self._events:
                self.delete(name.decode())

    async def acknowledged(self) -> None:
        await self._table.acknowledged(PATIENCE)

    def _partition(self, name: str) -> int:
        return partition_of(name.partition("/")[0].encode(), self._partitions)

    def _enter(self, partition: int) -> None:
        """Inside `noack_take` there is no current event, from which a table takes the partition: set it."""
        streams._current_event.set(weakref.ref(self._events[partition]))


class StatefulCarrier:
    """One worker's stage of this kind."""

    def __init__(self, kind: Stateful, settings: Settings, rows: TableRows, sender: Sender) -> None:
        self._kind, self._settings, self._rows, self._sender = kind, settings, rows, sender
        self._topics: dict[str, Topic] = {t.full_name(settings): t for t in kind.stage.reads}
        self._swept = time.monotonic()

    async def take(self, events: Sequence[EventT[Any]]) -> None:
        """Do one batch; when this returns, everything that came from it is delivered and saved."""
        started = breath = time.monotonic()
        tally: Counter[Outcome] = Counter()
        self._rows.writing_for(events)
        batch = self._kind.batch(self._rows)
        refused: list[Outgoing] = []
        for event in events:
            record = incoming(event, self._topics)
            try:
                outcome = batch.apply(self._read(record))
            except Reject as reject:
                refused.append(refuse(self._kind.stage, record, reject, self._settings))
                outcome = Outcome.DEAD_LETTERED
            tally[outcome] += 1
            if time.monotonic() - breath > BREATH:
                await asyncio.sleep(0)
                breath = time.monotonic()
        await self._sender.deliver([*refused, *(sent.outgoing(self._settings) for sent in batch.out())])
        self._sender.may_send()
        batch.save()
        if time.monotonic() - self._swept > SWEEP_EVERY:
            self._rows.sweep(self._kind.kept)
            self._swept = time.monotonic()
        await self._rows.acknowledged()
        outcomes.record(self._kind.stage.name, tally, time.monotonic() - started)

    def _read(self, record: ConsumedRecord) -> Any:
        read = decode(record.topic.schema, record)
        if record.key != self._kind.key(read).encode():
            raise Reject("wrong-key", f"the record's key has to be {self._kind.key(read)!r}")
        return read
