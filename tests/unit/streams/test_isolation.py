"""A record of which the process dies: noted, found by another process, and isolated; nobody else's record is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotLeaderForPartitionError,
)

from pipeline.errors import Fatal, Retry
from pipeline.streams import isolation, probe
from pipeline.streams.journal import Journal
from pipeline.topics import COMMENTS_RAW, ConsumedRecord
from tests.support.builders import raw_comment
from tests.unit.streams.records import REVISE, record


class FakeRunner:
    """Notes what it is given; dies, or raises, where it is told to."""

    stage = REVISE

    def __init__(self, error: BaseException | None = None) -> None:
        self.error, self.deadly = error, None

    async def run_batch(self, records: Any, deadly: Any) -> None:
        self.deadly = deadly
        if self.error:
            raise self.error


class Died(BaseException):
    pass


def run(path: Path, records: list[ConsumedRecord], error: BaseException | None = None) -> set[int]:
    """One process: its journal is read from what the one before left."""
    runner = FakeRunner(error)
    asyncio.run(isolation.run_batch(runner, Journal(path), records))  # type: ignore[arg-type]
    assert runner.deadly is not None
    return set(runner.deadly)


def test_records_are_tried_elsewhere_after_two_deaths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    async def deadly(stage: Any, records: list[ConsumedRecord]) -> set[int]:
        asked.append([one.offset for one in records])
        return {n for n, one in enumerate(records) if one.offset == 7}

    monkeypatch.setattr(probe, "deadly", deadly)
    note, batch = tmp_path / "note", [record(n) for n in range(5, 10)]
    for _ in range(2):
        with pytest.raises(Died):
            run(note, batch, Died())
        assert asked == []
    assert run(note, [record(n) for n in range(3, 12)]) == {4}, "only the record of which it dies"
    assert asked == [[5, 6, 7, 8, 9]], "only the records that were in progress"
    assert run(note, batch) == set()
    assert len(asked) == 1, "it is over once the batch is done"


@pytest.mark.parametrize(
    "error",
    [
        Retry("Kafka is away"),
        Fatal("its partitions may have another owner"),
        KafkaTimeoutError(),
        KafkaConnectionError("away"),
        NotLeaderForPartitionError(),
        TimeoutError(),
        asyncio.CancelledError(),
    ],
    ids=repr,
)
def test_an_engine_that_is_away_is_not_the_records_fault(tmp_path: Path, error: BaseException) -> None:
    """Nor is an orderly stop."""
    for _ in range(5):
        with pytest.raises(type(error)):
            run(tmp_path / "note", [record(1)], error)
    assert Journal(tmp_path / "note").deaths == 0


def test_a_row_that_does_not_fit_is_its_records_fault(tmp_path: Path) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        run(tmp_path / "note", [record(1)], MessageSizeTooLargeError())
    assert Journal(tmp_path / "note").deaths == 1


class Worker:
    """One process after the other: each begins where was committed, and dies of its first batch with a bad record."""

    def __init__(self, folder: Path, bad: dict[int, set[int]], partitions: int = 3, per_partition: int = 60) -> None:
        """`bad`: partitions with the offsets of records of which a process dies."""
        self.note, self.bad = folder / "note", bad
        self.records = [replace(record(n), partition=p) for n in range(per_partition) for p in range(partitions)]
        self.done: dict[int, list[int]] = {p: [] for p in range(partitions)}
        self.refused: set[tuple[int, int]] = set()
        self.stage = REVISE

    async def run_batch(self, records: list[ConsumedRecord], deadly: Any) -> None:
        refused = {(records[n].partition, records[n].offset) for n in deadly}
        if any(one.offset in self.bad.get(one.partition, ()) and (one.partition, one.offset) not in refused for one in records):  # fmt: skip
            raise Died
        for one in records:
            self.done[one.partition].append(one.offset)
        self.refused |= refused

    async def _process(self, batch: int) -> None:
        journal = Journal(self.note)
        turns = isolation.Turns()
        turns.journals.append(journal)
        while waiting := [one for one in self.records if one.offset >= len(self.done[one.partition])][:batch]:
            for part in list(isolation.parts(journal, waiting)):
                async with turns.batch() as careful:
                    assert careful is bool(journal.deaths), "else it may be done again after the next death"
                    await isolation.run_batch(self, journal, [waiting[n] for n in part])  # type: ignore[arg-type]

    def run(self, batch: int = 100) -> int:
        """Until everything is done. How many processes died."""
        for deaths in range(100):
            try:
                asyncio.run(self._process(batch))
            except Died:
                continue
            return deaths
        raise AssertionError("it dies without end")


@pytest.mark.parametrize("batch", [1, 7, 100])
@pytest.mark.parametrize(
    "bad", [{}, {0: {0}}, {2: {59}}, {1: {30}}, {0: {10}, 2: {11}}, {0: {5, 6}, 1: {5}, 2: {40, 41}}], ids=str
)
def test_what_only_the_whole_batch_dies_of_is_narrowed_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: dict[int, set[int]], batch: int
) -> None:
    """A fault in the tables or in what is sent, which no other process finds: the worker died without end."""

    async def nothing(stage: Any, records: Any) -> set[int]:
        return set()

    monkeypatch.setattr(probe, "deadly", nothing)
    worker = Worker(tmp_path, bad)
    deaths = worker.run(batch)
    assert worker.refused == {(p, offset) for p, offsets in bad.items() for offset in offsets}
    assert all(offsets == list(range(60)) for offsets in worker.done.values()), "each once, in its order"
    assert deaths <= 12 * sum(map(len, bad.values()))
    assert Journal(worker.note).deaths == 0


def test_a_worker_that_is_killed_from_outside_loses_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(stage: Any, records: Any) -> set[int]:
        return set()

    monkeypatch.setattr(probe, "deadly", nothing)
    note = tmp_path / "note"
    for _ in range(2):
        with pytest.raises(Died):
            run(note, [record(5), record(6)], Died())
    assert run(note, [record(5)]) == set()
    journal = Journal(note)
    assert (journal.deaths, journal.suspects([record(5), record(6)])) == (2, [1]), "6 is suspected still"
    with pytest.raises(Died):
        run(note, [record(6)], Died())
    assert run(note, [record(6)]) == {0}, "it has died of it alone, after another process found nothing"


def test_one_batch_at_a_time_after_a_death(tmp_path: Path) -> None:
    """Else a stage whose record is at fault leaves every stage's note behind."""
    for name in "ab":
        Journal(tmp_path / name).begin([record(1)])
    turns = isolation.Turns()
    turns.journals = [Journal(tmp_path / name) for name in "ab"]
    busy = most = 0

    async def batch(journal: Journal) -> None:
        nonlocal busy, most
        async with turns.batch():
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            journal.done([record(1)])
            busy -= 1

    async def both() -> None:
        await asyncio.gather(*(batch(journal) for journal in turns.journals))

    asyncio.run(both())
    assert most == 1
    asyncio.run(both())
    assert most == 2, "it is over"


def test_what_other_stages_have_in_progress_is_spared_with_it(tmp_path: Path) -> None:
    turns = isolation.Turns()
    turns.journals = [Journal(tmp_path / name) for name in "ab"]
    for journal in turns.journals:
        journal.begin([record(1)])

    async def fails(error: Exception) -> None:
        raise error

    with pytest.raises(KeyError):
        asyncio.run(turns.sparing(fails(KeyError("ours"))))
    assert [Journal(tmp_path / name).deaths for name in "ab"] == [1, 1]
    with pytest.raises(KafkaTimeoutError):
        asyncio.run(turns.sparing(fails(KafkaTimeoutError())))
    assert [Journal(tmp_path / name).deaths for name in "ab"] == [0, 0]


@pytest.mark.parametrize(
    "note",
    ["", "{", "[]", "{}", '{"deaths": 1}', '{"deaths": "x", "records": {}}', '{"deaths": 0, "records": {"a": 1}}'],
)
def test_a_damaged_note_is_none(tmp_path: Path, note: str) -> None:
    (tmp_path / "note").write_text(note)
    journal = Journal(tmp_path / "note")
    assert (journal.deaths, journal.suspects([record(1)])) == (0, [])


def test_a_note_is_of_one_partition_of_one_topic(tmp_path: Path) -> None:
    Journal(tmp_path / "note").begin([record(5)])
    journal = Journal(tmp_path / "note")
    comment = COMMENTS_RAW.record(raw_comment("a", 1))
    other = ConsumedRecord(COMMENTS_RAW, 0, 5, comment.key, comment.encoded())
    assert journal.suspects([other, record(4), record(5), record(6)]) == [2]
