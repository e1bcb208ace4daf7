"""The clock of a stage: what is due is sent once to the partitions that are ours, and again where it had no effect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from pipeline.kafka.partitions import partition_of
from pipeline.stages.revise.states import States
from pipeline.streams import timer as module
from pipeline.streams.timer import Timer
from pipeline.topics import VISIBILITY_TIMERS, Record
from tests.support.builders import id_of, minutes
from tests.support.memory import PARTITIONS, REVISE, revise_tables

NAMES = [f"a{n}" for n in range(20)]


class Delivery:
    def __init__(self) -> None:
        self.records: list[Record] = []

    async def deliver(self, records: Iterable[Record]) -> None:
        self.records += records

    def check(self) -> None: ...


def partition(key: str) -> int:
    return partition_of(key.encode(), PARTITIONS)


def test_what_is_due_is_sent_once_by_whoever_has_its_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    tables, delivery = revise_tables(), Delivery()
    for name in NAMES:
        States(tables).put_due(id_of(name), minutes(0))
    States(tables).put_due(id_of("later"), minutes(60 * 24 * 365 * 50))
    timer = Timer(REVISE, tables, delivery, partition)
    asyncio.run(timer.tick({1, 2}))
    mine = {str(id_of(name)) for name in NAMES if partition(str(id_of(name))) in (1, 2)}
    assert {(record.key or b"").decode() for record in delivery.records} == mine
    assert {record.topic for record in delivery.records} == {VISIBILITY_TIMERS}
    asyncio.run(timer.tick({1, 2}))
    assert len(delivery.records) == len(mine), "it was sent just now"
    monkeypatch.setattr(module, "SEND_AGAIN", 0)
    asyncio.run(timer.tick({1, 2}))
    assert len(delivery.records) == 2 * len(mine), "it had no effect"
