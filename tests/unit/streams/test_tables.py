"""Rows by partition in Faust's tables, and rows that go after their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import faust
import pytest
from faust.types import TP

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.stages.rows import Rows
from pipeline.streams import rocks
from pipeline.streams import tables as tables_module
from pipeline.streams.tables import FaustStore, FaustTables
from pipeline.topology import worker_stages
from tests.support.builders import minutes
from tests.support.memory import config
from tests.support.tables import Event, Table

DAY = timedelta(days=1)


EVENTS = [Event(partition) for partition in range(4)]


def store_of(table: Table, partitions: list[int]) -> FaustStore:
    """As a stage has it while it processes events of these partitions."""
    store = FaustStore(table, 4)  # type: ignore[arg-type]
    store.begin(EVENTS[partition] for partition in partitions)
    return store


def test_rows_carry_their_time_and_go_after_it() -> None:
    table = Table()
    rows = Rows(store_of(table, [0, 1, 2, 3]), DAY)
    for n in range(8):
        rows.put(f"key{n}", b"value", minutes(0))
        rows.put(f"key{n}/1", b"older", minutes(-60 * 24 * 10))
    rows.put("now", b"value", minutes(60))
    assert rows.get("key1") == b"value"
    assert rows.get("nothing") is None
    list(rows.expire([0, 1, 2, 3]))
    assert {name.decode() for name in table} == {*(f"key{n}" for n in range(8)), "now"}
    rows.delete("key1")
    rows.delete("key1")
    assert rows.get("key1") is None


def test_only_rows_of_the_batchs_partitions_go() -> None:
    table = Table()
    every = Rows(store_of(table, [0, 1, 2, 3]), DAY)
    for n in range(20):
        every.put(f"key{n}", b"old", minutes(-60 * 24 * 10))
    store = store_of(table, [2])
    some = Rows(store, DAY)
    mine = next(f"mine{n}" for n in range(100) if partition_of(f"mine{n}".encode(), 4) == 2)
    some.put(mine, b"new", minutes(0))
    list(some.expire([2], store.is_mine))
    left = {name.decode() for name in table}
    assert left == {mine, *(f"key{n}" for n in range(20) if partition_of(f"key{n}".encode(), 4) != 2)}


def test_nothing_goes_before_anything_came() -> None:
    table = Table()
    Rows(store_of(table, [0, 1, 2, 3]), DAY).put("key", b"old", minutes(0))
    list(Rows(store_of(table, [0, 1, 2, 3]), DAY).expire([0, 1, 2, 3]))
    assert len(table) == 1


def test_a_row_of_another_partition_is_not_touched() -> None:
    table = Table()
    other = next(f"key{n}" for n in range(100) if partition_of(f"key{n}".encode(), 4) != 2)
    with pytest.raises(Fatal, match="another partition"):
        Rows(store_of(table, [2])).put(other, b"value")
    assert table == {}


class OnDisk(dict[bytes, bytes]):
    """A Faust table in RocksDB, without its changelog."""

    def __init__(self, folder: Path) -> None:
        app = faust.App("tables", store=rocks.URL, datadir=str(folder), topic_partitions=4)
        self.data: Any = app.Table("t", key_type=bytes, value_type=bytes, partitions=4).data
        self.deleted: list[bytes] = []

    def db(self, key: bytes) -> Any:
        return self.data._db_for_partition(partition_of(key, 4))

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.db(key).put(key, value)

    def get(self, key: bytes, default: Any = None) -> Any:
        return self.db(key).get(key)

    def __delitem__(self, key: bytes) -> None:
        self.db(key).delete(key)
        self.deleted.append(key)

    def keys_of(self, partition: int) -> set[bytes]:
        return {key for key, _ in self.data._db_for_partition(partition).items() if key != self.data.offset_key}


def test_expired_rows_go_in_pieces_and_by_partition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400,000 rows took 7 s of the event loop at a time. Between two pieces a partition can be closed and opened again."""
    monkeypatch.setattr(tables_module, "PIECE", 10)
    monkeypatch.setattr(tables_module, "SLICE", 0)
    monkeypatch.setattr(tables_module, "EXPIRE_EVERY", 0)
    table = OnDisk(tmp_path)
    stage = next(stage for stage in worker_stages(config().settings) if any(stage.tables.values()))
    name, ttl = next((name, ttl) for name, ttl in stage.tables.items() if ttl)
    assert ttl is not None
    faust_tables = FaustTables(replace(stage, tables={name: ttl}), {name: table}, 4)  # type: ignore[dict-item]
    rows = faust_tables.tables[name]
    faust_tables.begin(EVENTS)
    table.data.set_persisted_offset(TP("changelog", 1), 5)
    old, new = minutes(0) - 2 * ttl, minutes(0)
    for n in range(400):
        rows.put(f"key{n}", b"value", old if n % 2 else new)
    wanted = {f"key{n}".encode() for n in range(0, 400, 2)}
    faust_tables.begin(EVENTS[:2])
    rounds, idle = 0, 0
    while rounds < 200 and idle < 10:  # it goes on for a while where nothing is left to expire
        rounds += 1
        idle += all(table.keys_of(partition) <= wanted for partition in range(2))
        before = len(table.deleted)
        faust_tables.expire()
        assert len(table.deleted) - before <= 10
        table.data._dbs.clear()
        for partition in range(4):
            table.data._db_for_partition(partition)
    for partition in range(4):
        own = {key for key in (f"key{n}".encode() for n in range(400)) if partition_of(key, 4) == partition}
        assert table.keys_of(partition) == (own & wanted if partition < 2 else own)
    assert table.data.persisted_offset(TP("changelog", 1)) == 5


def test_a_partition_that_is_not_open_is_not_taken_for_empty(tmp_path: Path) -> None:
    table = OnDisk(tmp_path)
    rows = Rows(store_of(table, [1]), DAY)  # type: ignore[arg-type]
    name = next(f"key{n}" for n in range(100) if partition_of(f"key{n}".encode(), 4) == 1)
    rows.put(name, b"value", minutes(0))
    table.data._dbs.clear()
    assert list(rows.scan([1])) == [[(name, b"value")]]
    assert list(rows.scan([2])) == [], "nobody asked for this one"


def test_what_is_in_memory_of_rows_goes_when_partitions_were_assigned() -> None:
    stage = next(stage for stage in worker_stages(config().settings) if any(stage.tables.values()))
    tables = FaustTables(stage, {name: Table() for name in stage.tables}, 4)  # type: ignore[misc]
    (rows, *_) = tables.tables.values()
    tables.begin([Event(0, 7), Event(1, 7)])
    rows.derived = made = object()
    tables.begin([Event(2, 7)])
    assert rows.derived is made
    tables.begin([Event(2, 8)])
    assert rows.derived is None
