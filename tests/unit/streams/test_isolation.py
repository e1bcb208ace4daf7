"""A record of which the process dies: noted, found by another process, and isolated; nobody else's record is."""

from __future__ import annotations

import asyncio
import os
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
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, ConsumedRecord
from pipeline.topology import worker_stages
from tests.support.builders import raw_article, raw_comment
from tests.support.memory import config

(REVISE, *_) = worker_stages(config().settings)


def record(offset: int, text: str = "Text.") -> ConsumedRecord:
    made = ARTICLES_RAW.record(raw_article(f"a{offset}", text=text))
    return ConsumedRecord(ARTICLES_RAW, 0, offset, made.key, made.encoded())


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


def test_another_process_finds_the_record_that_is_deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real other process; the fault is put into it by Python's own hook for site customisation."""
    (tmp_path / "sitecustomize.py").write_text(
        """
import os, time
from pipeline.stages import normalize
known = normalize.normalize_article
def dies(event):
    text = str(event.data.paragraphs)
    if "segfault" in text:
        os.abort()
    if "for ever" in text:
        time.sleep(3600)
    if "raises" in text:
        raise KeyError("no death")
    return known(event)
normalize.normalize_article = dies
"""
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])]))
    monkeypatch.setattr(probe, "SECONDS", 10.0)
    texts = ["Text.", "segfault", "raises", "for ever", "Text."]
    records = [record(n, text) for n, text in enumerate(texts)]
    garbage = ConsumedRecord(ARTICLES_RAW, 0, 9, b"x", b"\xff")
    assert asyncio.run(probe.deadly(REVISE, [*records, garbage])) == {1, 3}


def test_where_the_other_process_cannot_start_nothing_is_isolated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert asyncio.run(probe.deadly(REVISE, [record(1)])) == set()
