"""The store on disk has nothing that the changelog hasn't, and what it has it has with the changelog's offset."""

from __future__ import annotations

import asyncio
import weakref
from pathlib import Path
from typing import Any

import faust
import pytest
from faust import streams
from faust.types import TP
from faust.types.tuples import RecordMetadata

from pipeline.streams import rocks
from pipeline.streams.faust_fixes import DurableTable
from tests.support.tables import Event

CHANGELOG = "t-changelog"


class Sent(asyncio.Future[RecordMetadata]):
    """A changelog record on its way."""

    message = Event(1).message


class Kafka(DurableTable):
    """A table whose changelog is a list of records that are not acknowledged yet."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent: list[Sent] = []

    def send_changelog(self, partition: Any, key: Any, value: Any, *args: Any, **options: Any) -> Any:
        self.sent.append(Sent())
        self.unacknowledged.append(self.sent[-1])
        return self.sent[-1]

    def _verify_source_topic_partitions(self, source_topic: str) -> None:
        pass

    def acknowledge(self) -> None:
        tp = TP(CHANGELOG, 1)
        for n, sent in enumerate(self.sent):
            if not sent.done():
                sent.set_result(RecordMetadata(tp.topic, tp.partition, tp, n, 0, 0))


def table_in(folder: Path) -> Kafka:
    """As a worker has it after a start."""
    app = faust.App("tables", store=rocks.URL, datadir=str(folder), topic_partitions=4)
    app.conf.Table = Kafka  # type: ignore[assignment]
    table: Any = app.Table("t", key_type=bytes, value_type=bytes, partitions=4)
    assert isinstance(table.data, rocks.RocksStore)
    return table  # type: ignore[no-any-return]


def rows_of(table: Kafka) -> dict[bytes, bytes]:
    data: Any = table.data
    return dict(row for piece in data.scan(1, 2) for row in piece)


def on_disk(table: Kafka) -> dict[bytes, bytes]:
    data: Any = table.data
    return {key: row for key, row in data._db_for_partition(1).items() if key != data.offset_key}


def test_a_row_is_on_disk_once_the_changelog_has_it(tmp_path: Path) -> None:
    event = Event(1)
    event.message.topic = "source"  # type: ignore[attr-defined]

    async def run() -> None:
        streams._current_event.set(weakref.ref(event))  # type: ignore[arg-type]
        table = table_in(tmp_path)
        data: Any = table.data
        table[b"a"], table[b"b"] = b"1", b"2"
        assert (table.get(b"a"), table.get(b"b"), table.get(b"c")) == (b"1", b"2", None)
        assert rows_of(table) == {b"a": b"1", b"b": b"2"}
        assert on_disk(table) == {}, "the worker may die before Kafka has them"
        with pytest.raises(TimeoutError):
            await table.acknowledged(0.01)
        assert on_disk(table) == {}
        table.acknowledge()

        table[b"a"] = b"3"
        del table[b"b"]
        table[b"c"] = b"4"
        assert rows_of(table) == {b"a": b"3", b"c": b"4"}
        table.acknowledge()
        await table.acknowledged(1)
        assert on_disk(table) == rows_of(table) == {b"a": b"3", b"c": b"4"}
        assert data.persisted_offset(TP(CHANGELOG, 1)) == 4

        table[b"a"] = b"5"
        data.revoke_partitions(table, {TP(table.changelog_topic.get_topic_name(), 1)})
        data._db_for_partition(1)
        assert rows_of(table) == {b"a": b"3", b"c": b"4"}, "another worker has the partition now"
        data._dbs.clear()

        again: Any = table_in(tmp_path)
        assert (again.get(b"a"), again.get(b"b")) == (b"3", None)
        assert again.data.persisted_offset(TP(CHANGELOG, 1)) == 4

    asyncio.run(run())


def test_a_row_of_the_timer_waits_for_its_own_changelog_record(tmp_path: Path) -> None:
    """A batch whose records Kafka has must not write what the timer did meanwhile, and both wait at once."""
    event = Event(1)
    event.message.topic = "source"  # type: ignore[attr-defined]

    async def run() -> None:
        streams._current_event.set(weakref.ref(event))  # type: ignore[arg-type]
        table = table_in(tmp_path)
        table[b"batch"] = b"1"
        batch = asyncio.create_task(table.acknowledged(5))
        await asyncio.sleep(0)
        table[b"timer"] = b"2"
        timer = asyncio.create_task(table.acknowledged(5))
        await asyncio.sleep(0)
        table.sent[0].set_result(RecordMetadata(CHANGELOG, 1, TP(CHANGELOG, 1), 0, 0, 0))
        await batch
        assert on_disk(table) == {}, "Kafka hasn't the timer's row"
        table.acknowledge()
        await timer
        assert on_disk(table) == {b"batch": b"1", b"timer": b"2"}

    asyncio.run(run())
