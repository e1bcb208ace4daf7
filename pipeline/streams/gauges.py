"""What the worker shows of itself on /metrics: lag, work in progress and partitions by topic, sizes of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pipeline import telemetry
from pipeline.streams.rocks import RocksStore

EVERY = 5.0
"""Seconds between two looks."""


class Progress(NamedTuple):
    """How far the worker is in one partition: offsets, None where there is none."""

    topic: str
    end: int | None
    """The partition's end that readers may reach."""
    position: int | None
    """The next record to fetch."""
    taken: int | None
    """The last record that was handed to a stage."""
    finished: int | None
    """The last record that was acknowledged."""
    committed: int | None

    @property
    def in_progress(self) -> int:
        if self.taken is None or self.taken == self.finished:
            return 0
        before = self.finished if self.finished is not None else (self.committed or self.taken) - 1
        return max(0, self.taken - before)

    @property
    def lag(self) -> int:
        if self.end is None or self.position is None:
            return 0
        return max(0, self.end - self.position) + self.in_progress


def show_progress(partitions: Iterable[Progress], topics: set[str]) -> None:
    """Set the gauges of these partitions, and those of `topics` that the worker has no more to 0. Adds to `topics`."""
    lag, in_progress, count = Counter[str](), Counter[str](), Counter[str]()
    for one in partitions:
        topics.add(one.topic)
        lag[one.topic] += one.lag
        in_progress[one.topic] += one.in_progress
        count[one.topic] += 1
    for topic in topics:
        telemetry.LAG.labels(topic).set(lag[topic])
        telemetry.IN_PROGRESS.labels(topic).set(in_progress[topic])
        telemetry.PARTITIONS.labels(topic).set(count[topic])


def show_tables(tables: Mapping[str, Any]) -> None:
    """Set the gauges of Faust's tables, by name. Counts nothing row by row."""
    for name, table in tables.items():
        data = table.data
        if isinstance(data, RocksStore):
            rows, size = data.estimate()
            telemetry.TABLE_BYTES.labels(name).set(size)
        else:
            rows = len(data)
        telemetry.TABLE_ROWS.labels(name).set(rows)
