"""Reading a topic from A to B, against a consumer in memory."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from pipeline.errors import Retry
from pipeline.kafka.reading import first_records, read_offsets, read_to_end

TP = TopicPartition("t", 0)


class Log:
    """A consumer of partitions with gaps: offsets that hold no record (markers, or compacted away)."""

    def __init__(self, offsets: Iterable[int], first: int, end: int, answers: bool = True) -> None:
        self.offsets, self.first, self.end, self.answers = sorted(offsets), first, end, answers
        self.at = 0
        self.seeks: list[int] = []
        self.on_poll: Any = None

    def assign(self, tps: list[TopicPartition]) -> None:
        assert tps == [TP]

    def assignment(self) -> set[TopicPartition]:
        return {TP}

    def beginning_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {TP: self.first}

    def end_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {TP: self.end}

    def seek(self, _: object, offset: int) -> None:
        self.at = offset
        self.seeks.append(offset)

    def pause(self, *tps: TopicPartition) -> None:
        self.paused = bool(tps)

    def position(self, _: object, timeout_ms: int) -> int:
        return self.at

    def poll(self, timeout_ms: int, max_records: int = 2) -> dict[TopicPartition, list[Any]]:
        if self.on_poll:
            self.on_poll()
        if not self.answers:
            return {}
        found = [one for one in self.offsets if one >= self.at][:max_records]
        self.at = found[-1] + 1 if found else self.end
        return {TP: [SimpleNamespace(offset=one) for one in found]} if found else {}


def offsets(found: Iterable[Any]) -> list[int]:
    return [one.offset for one in found]


def test_reading_ends_where_the_last_offsets_hold_no_record() -> None:
    log, seen = Log([2, 3, 7], first=2, end=10), []
    found = read_to_end(log, {TP: 0}, progress=lambda *pair: seen.append(pair))
    assert offsets(found) == [2, 3, 7]
    assert (seen[0], seen[-1]) == ((2, 8), (8, 8))
    assert offsets(read_to_end(log)) == [], "it goes on where it is"
    log.offsets, log.end = [2, 3, 7, 10], 11
    assert offsets(read_to_end(log)) == [10]
    assert offsets(read_to_end(Log([], first=4, end=4), {TP: 0})) == []


def test_what_comes_while_reading_is_not_lost() -> None:
    log = Log([0, 1, 2], first=0, end=1)
    found = offsets(read_to_end(log, {TP: 0}))
    assert found == [0, 1]
    log.end = 3
    assert found + offsets(read_to_end(log)) == [0, 1, 2]


def test_no_progress_is_a_retry_and_slow_progress_is_none() -> None:
    with pytest.raises(Retry, match=r"nothing of t\[0\]"):
        list(read_to_end(Log([0], first=0, end=1, answers=False), {TP: 0}, timeout=0))
    slow = Log([5], first=0, end=6)
    slow.answers = False

    def step() -> None:
        slow.at += slow.at < 5
        slow.answers = slow.at == 5

    slow.on_poll = step
    assert offsets(read_to_end(slow, {TP: 0}, timeout=0)) == [5]


def test_single_records_are_found_by_offset_or_are_gone() -> None:
    log = Log([2, 3, 7, 5000], first=2, end=5001)
    assert offsets(read_offsets(log, {TP: {0, 2, 7, 5000, 9999}})) == [2, 7, 5000]
    assert log.seeks == [2, 5000], "near ones are read through"
    assert offsets(read_offsets(log, {TP: {2, 4, 6, 7}})) == [2, 7], "what follows a gap is found again"
    assert offsets(read_offsets(Log([], first=2, end=5), {TP: {3}})) == []
    with pytest.raises(Retry):
        list(read_offsets(Log([3], first=2, end=5, answers=False), {TP: {3}}, timeout=0))


def _firsts(log: Log, starts: dict[TopicPartition, int], ends: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
    return {tp: record.offset for tp, record in first_records(log, starts, ends).items()}


def test_the_first_record_that_is_left_is_found_or_there_is_none() -> None:
    log = Log([2, 3, 7], first=2, end=10)
    assert _firsts(log, {TP: 0}, {TP: 10}) == {TP: 2}, "what is gone before it doesn't count"
    assert _firsts(log, {TP: 4}, {TP: 10}) == {TP: 7}
    assert _firsts(log, {TP: 8}, {TP: 10}) == {}, "markers, or compacted away"
    assert _firsts(log, {TP: 4}, {TP: 6}) == {}, "what comes later was not asked for"
    assert _firsts(Log([], first=9, end=9), {TP: 3}, {TP: 9}) == {}, "deleted before it was read"
    with pytest.raises(Retry):
        first_records(Log([3], first=2, end=5, answers=False), {TP: 2}, {TP: 5}, timeout=0)
