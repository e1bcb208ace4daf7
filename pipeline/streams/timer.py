"""Sends a stage's records that are due: the end of an embargo, the moment that rights expire."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.stages.rows import Tables
from pipeline.stages.stage import Stage
from pipeline.streams.outside import Delivery

SEND_AGAIN = 10.0
"""Seconds after which a record that had no effect is sent again."""


class Timer:
    """The clock of one stage. Late is possible, early is not.

    The rows' times are in memory: the table is read when the partitions were assigned, and what is put afterwards is noted.
    """

    def __init__(self, stage: Stage, tables: Tables, delivery: Delivery, partition: Callable[[str], int]) -> None:
        assert stage.due is not None
        self._due, self._delivery, self._partition = stage.due, delivery, partition
        self._rows = tables[self._due.table]
        self._rows.changed = self._changed
        self._generation: object = None
        self._times: dict[str, datetime] = {}
        """Of every row."""
        self._next: list[tuple[datetime, str]] = []
        """A heap. An entry counts while the row has this time."""
        self._sent: deque[tuple[float, datetime, str]] = deque()
        self._changed_since: set[str] | None = None
        """While the table is read: rows that changed since, of which older ones may be read."""

    async def tick(self, mine: set[int], generation: object) -> None:
        """Send every record that is due in the partitions that are `mine`. `generation`: another after each assignment."""
        if generation != self._generation:
            await self._read(mine)
            self._generation = generation
            return  # by now the partitions may be another's
        now, clock = datetime.now(UTC), time.monotonic()
        while self._sent and clock - self._sent[0][0] >= SEND_AGAIN:
            _, at, name = self._sent.popleft()
            if self._times.get(name) == at:
                heapq.heappush(self._next, (at, name))
        due: list[tuple[datetime, str]] = []
        while self._next and self._next[0][0] <= now:
            at, name = heapq.heappop(self._next)
            if self._times.get(name) == at:
                due.append((at, name))
        if due:
            await self._delivery.deliver([self._due.record(name, at) for at, name in due])
        self._sent.extend((clock, at, name) for at, name in due)

    async def _read(self, mine: set[int]) -> None:
        self._times, self._next = {}, []
        self._sent.clear()
        changed = self._changed_since = set()
        for piece in self._rows.scan(mine):
            for name, row in piece:
                if name not in changed and self._partition(name) in mine:
                    self._set(name, row)
            await asyncio.sleep(0)
        self._changed_since = None

    def _changed(self, name: str, row: bytes | None) -> None:
        if self._changed_since is not None:
            self._changed_since.add(name)
        self._set(name, row)

    def _set(self, name: str, row: bytes | None) -> None:
        if row is None:
            self._times.pop(name, None)
        elif (at := self._due.at(row)) != self._times.get(name):
            self._times[name] = at
            heapq.heappush(self._next, (at, name))
