"""Where reading is: what an idle consumer is asked."""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition
from prometheus_client import REGISTRY

from pipeline.sinks.positions import Positions

PARTITIONS = {TopicPartition("news", n) for n in range(84)}


class Consumer:
    """Counts how often it is asked for a position, of which each costs a look at every partition."""

    def __init__(self) -> None:
        self.asked = 0
        self.offsets = dict.fromkeys(PARTITIONS, 0)
        self._cluster = SimpleNamespace(topic_id=lambda _: "")

    def assignment(self) -> set[TopicPartition]:
        return PARTITIONS

    def positions(self, partitions: Iterable[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        found = {tp: self.offsets[tp] for tp in partitions}
        self.asked += len(found)
        return found

    def beginning_offsets(self, partitions: list[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    def end_offsets(self, partitions: list[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        return {tp: self.offsets[tp] for tp in partitions}

    def highwater(self, tp: TopicPartition) -> int | None:
        return self.offsets[tp] + 5 if tp.partition else None

    def committed(self, tp: TopicPartition, **_: Any) -> None:
        return None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_idle_polls_do_not_ask_for_every_partition_each_time(clock: list[float]) -> None:
    consumer, positions = Consumer(), Positions()
    positions.advance(consumer, {})
    for _ in range(5):
        clock[0] += 0.1
        assert positions.advance(consumer, {}) == {}
    assert consumer.asked == len(PARTITIONS)


def test_a_marker_without_records_is_committed_within_a_second(clock: list[float]) -> None:
    consumer, positions = Consumer(), Positions()
    positions.advance(consumer, {})
    marked = TopicPartition("news", 7)
    consumer.offsets[marked] = 1
    clock[0] += 1.0
    moved = positions.advance(consumer, {})
    assert {tp: offset.offset for tp, offset in moved.items()} == {marked: 1}


def test_lag_and_partitions_are_shown_from_time_to_time_and_not_of_what_is_gone(clock: list[float]) -> None:
    def shown() -> tuple[float | None, ...]:
        return tuple(
            REGISTRY.get_sample_value(name, {"topic": "news"}) for name in ("dateline_lag", "dateline_partitions")
        )

    consumer, positions = Consumer(), Positions()
    positions.advance(consumer, {})
    positions.show(consumer)
    assert shown() == (83 * 5, 84), "of the partition of which nothing was fetched nothing is known"
    consumer.assignment = lambda: {TopicPartition("news", 1)}  # type: ignore[method-assign]
    positions.show(consumer)
    assert shown() == (83 * 5, 84)
    clock[0] += 10
    positions.show(consumer)
    assert shown() == (5, 1)
