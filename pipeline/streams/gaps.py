"""Gaps between the offsets of a partition: nothing was there, or a record that exists was skipped.

Transaction markers, aborted transactions, compaction and retention leave offsets without a record that anybody could read.
Faust may also skip records that exist (faust_fixes.py): only the broker can tell the two apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from pipeline import telemetry
from pipeline.errors import Fatal
from pipeline.kafka.clients import kafka_servers
from pipeline.kafka.security import client_options
from pipeline.settings import Settings
from pipeline.topics import HEADROOM

TIMEOUT = 60.0
"""Seconds in which the broker has to answer."""
Find = Callable[[TP, int, int], Awaitable[tuple[int, Collection[int]]]]
"""The partition's first offset, and the offsets of the records that exist from one offset to before another."""


class OffsetGuard:
    """Notices when records are skipped."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._last: dict[TP, int] = {}

    def expect(self, starts: Mapping[TP, int]) -> None:
        """These partitions continue at these offsets."""
        self._last = {tp: offset - 1 for tp, offset in starts.items()}

    def forget(self, *_: Any, **__: Any) -> None:
        """After a rebalance: another worker may have continued meanwhile."""
        self._last.clear()

    async def check(self, offsets: Iterable[tuple[TP, int]]) -> None:
        """Check the offsets of a batch. Going back is a redelivery and fine. Raises Fatal where a record was skipped, and
        what `find` raises; `find` is called once for each partition with a gap."""
        gaps: dict[TP, list[range]] = {}
        for tp, offset in offsets:
            last = self._last.get(tp)
            if last is not None and offset > last + 1:
                gaps.setdefault(tp, []).append(range(last + 1, offset))
            self._last[tp] = offset
        for tp, missing in gaps.items():
            start, present = await asyncio.wait_for(self._find(tp, missing[0].start, missing[-1].stop), TIMEOUT)
            if skipped := [offset for offset in sorted(present) if any(offset in gap for gap in missing)]:
                raise Fatal(f"{tp.topic}[{tp.partition}] skipped {len(skipped)} records from offset {skipped[0]} on")
            if missing[0].start < start:
                report_deleted(tp, missing[0].start, min(start, missing[-1].stop))


def report_deleted(tp: TP, first: int, end: int) -> None:
    """Records from `first` to before `end` were removed before they were read."""
    telemetry.RECORDS_DELETED(topic=tp.topic, partition=tp.partition, first=first, last=end - 1)
    telemetry.DELETED.labels(tp.topic).inc(end - first)


class GapReader:
    """Reads what is in a gap. Connects on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: Any = None
        self._lock = asyncio.Lock()

    async def find(self, tp: TP, first: int, end: int) -> tuple[int, Collection[int]]:
        """See Find. Raises KafkaError."""
        async with self._lock:
            if self._reader is None:
                self._reader = AIOKafkaConsumer(
                    bootstrap_servers=kafka_servers(self._settings),
                    client_id="dateline-gaps",
                    isolation_level="read_committed",
                    enable_auto_commit=False,
                    max_partition_fetch_bytes=self._settings.largest_record + 2 * HEADROOM,
                    **client_options(self._settings),
                )
                await self._reader.start()
            partition = TopicPartition(tp.topic, tp.partition)
            start = (await self._reader.beginning_offsets([partition]))[partition]
            self._reader.assign([partition])
            self._reader.seek(partition, max(first, start))
            present: set[int] = set()
            while await self._reader.position(partition) < end:
                polled = await self._reader.getmany(partition, timeout_ms=500, max_records=1000)
                present.update(record.offset for record in polled.get(partition, ()) if record.offset < end)
            return start, present

    async def stop(self) -> None:
        if self._reader is not None:
            await self._reader.stop()
