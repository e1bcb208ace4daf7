from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable

import pytest
from faust.types import TP

from pipeline.errors import Fatal
from pipeline.streams.gaps import OffsetGuard

TP0, TP1 = TP("t", 0), TP("t", 1)


class Broker:
    """What a partition has, and what was asked."""

    def __init__(self, present: Collection[int], start: int = 0) -> None:
        self.present, self.start = present, start
        self.asked: list[tuple[TP, int, int]] = []

    async def find(self, tp: TP, first: int, end: int) -> tuple[int, Collection[int]]:
        self.asked.append((tp, first, end))
        return self.start, [offset for offset in self.present if first <= offset < end]


def check(guard: OffsetGuard, *offsets: tuple[TP, int]) -> None:
    asyncio.run(guard.check(offsets))


def on(tp: TP, offsets: Iterable[int]) -> list[tuple[TP, int]]:
    return [(tp, offset) for offset in offsets]


def test_no_gap_asks_nothing_and_a_redelivery_is_no_gap() -> None:
    broker = Broker([])
    guard = OffsetGuard(broker.find)
    guard.expect({TP0: 5})
    check(guard, (TP0, 5), (TP0, 6), (TP1, 100), (TP0, 4), (TP0, 5))
    guard.forget()
    check(guard, (TP0, 99))
    assert broker.asked == []


def test_a_gap_is_a_loss_where_a_record_exists_in_it() -> None:
    guard = OffsetGuard(Broker([*range(5, 9)]).find)
    guard.expect({TP0: 5})
    with pytest.raises(Fatal, match=r"t\[0\] skipped 2 records from offset 6 on"):
        check(guard, (TP0, 5), (TP0, 8))
    guard = OffsetGuard(Broker([0, 1]).find)
    guard.expect({TP0: 0})
    with pytest.raises(Fatal, match="skipped 1 records from offset 0 on"):
        check(guard, (TP0, 1))


def test_many_gaps_of_a_batch_are_one_question_per_partition() -> None:
    offsets = range(1, 100, 2)
    broker = Broker(offsets)
    guard = OffsetGuard(broker.find)
    guard.expect({TP0: 0, TP1: 0})
    check(guard, *on(TP0, offsets), *on(TP1, [0, 1, 2]))
    assert broker.asked == [(TP0, 0, 99)]
    check(guard, *on(TP0, [100]))
    assert len(broker.asked) == 1
