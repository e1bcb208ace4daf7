"""The clock of a stage: what is due is sent once to the partitions that are ours, and again where it had no effect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from pipeline.kafka.partitions import partition_of
from pipeline.stages.revise.states import States
from pipeline.stages.revise.tables import DUE
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


class Rig:
    """A timer of revise over tables in memory."""

    def __init__(self) -> None:
        self.tables, self.delivery = revise_tables(), Delivery()
        self.states = States(self.tables)
        self.timer = Timer(REVISE, self.tables, self.delivery, partition)

    def tick(self, *mine: int, generation: int = 1) -> list[str]:
        """The keys that are sent."""
        before = len(self.delivery.records)
        asyncio.run(self.timer.tick(set(mine), generation))
        return [(record.key or b"").decode() for record in self.delivery.records[before:]]


ALL = tuple(range(PARTITIONS))


def test_what_is_due_is_sent_once_by_whoever_has_its_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_AGAIN", 3600.0)
    rig = Rig()
    for name in NAMES:
        rig.states.put_due(id_of(name), minutes(0))
    rig.states.put_due(id_of("later"), minutes(60 * 24 * 365 * 50))
    rig.tick(1, 2)
    mine = {str(id_of(name)) for name in NAMES if partition(str(id_of(name))) in (1, 2)}
    assert set(rig.tick(1, 2)) == mine
    assert {record.topic for record in rig.delivery.records} == {VISIBILITY_TIMERS}
    assert rig.tick(1, 2) == [], "it was sent just now"
    monkeypatch.setattr(module, "SEND_AGAIN", 0)
    assert set(rig.tick(1, 2)) == mine, "it had no effect"
    for name in NAMES:
        rig.states.put_due(id_of(name), None)
    assert rig.tick(1, 2) == [], "it had its effect"


def test_what_is_put_later_is_due_too_and_what_was_changed_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.tick(*ALL)
    far = minutes(60 * 24 * 365 * 50)
    changes: dict[str, list[datetime | None]] = {
        "new": [minutes(0)],
        "later": [minutes(0), far],
        "earlier": [far, minutes(0)],
        "gone": [minutes(0), None],
    }
    for name, times in changes.items():
        for at in times:
            rig.states.put_due(id_of(name), at)
    assert set(rig.tick(*ALL)) == {str(id_of("new")), str(id_of("earlier"))}
    monkeypatch.setattr(module, "SEND_AGAIN", 0)
    rig.states.put_due(id_of("new"), far)
    assert rig.tick(*ALL) == [str(id_of("earlier"))]


def test_the_table_is_read_when_partitions_were_assigned_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tick read all of it: with 200,000 embargoes the loop did nothing else."""
    rig = Rig()
    rows = rig.tables[DUE]
    scan = rows.scan
    reads: list[Any] = []

    def noted(partitions: Any) -> Any:
        reads.append(partitions)
        return scan(partitions)

    monkeypatch.setattr(rows, "scan", noted)
    for name in NAMES:
        rig.states.put_due(id_of(name), minutes(0))
    for _ in range(5):
        rig.tick(0)
    assert reads == [{0}]
    rig.tick(0, 1, 2, generation=2)
    sent = rig.tick(0, 1, 2, generation=2)
    assert reads == [{0}, {0, 1, 2}]
    assert set(sent) == {str(id_of(name)) for name in NAMES if partition(str(id_of(name))) != 3}
    assert rig.tick(3, generation=3) == []
    assert set(rig.tick(3, generation=3)) == {str(id_of(name)) for name in NAMES} - set(sent)


def test_what_changes_while_the_table_is_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.rows.PIECE", 4)
    rig = Rig()
    for name in NAMES:
        rig.states.put_due(id_of(name), minutes(0))

    async def scenario() -> None:
        reading = asyncio.create_task(rig.timer.tick(set(ALL), 1))
        await asyncio.sleep(0)
        assert not reading.done()
        for name in NAMES:
            rig.states.put_due(id_of(name), None)
        rig.states.put_due(id_of("new"), minutes(0))
        await reading

    asyncio.run(scenario())
    assert rig.tick(*ALL) == [str(id_of("new"))]
