"""Rows by partition in Faust's tables, and rows that go after their time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.stages.rows import Rows
from pipeline.streams.tables import FaustStore
from tests.support.builders import minutes

DAY = timedelta(days=1)


class Message:
    def __init__(self, partition: int) -> None:
        self.partition = partition


class Event:
    def __init__(self, partition: int) -> None:
        self.message = Message(partition)


EVENTS = [Event(partition) for partition in range(4)]


def store_of(table: dict[bytes, bytes], partitions: list[int]) -> FaustStore:
    """As a stage has it while it processes events of these partitions."""
    store = FaustStore(table, 4)  # type: ignore[arg-type]
    store.begin(EVENTS[partition] for partition in partitions)
    return store


def test_rows_carry_their_time_and_go_after_it() -> None:
    table: dict[bytes, bytes] = {}
    rows = Rows(store_of(table, [0, 1, 2, 3]), DAY)
    for n in range(8):
        rows.put(f"key{n}", b"value", minutes(0))
        rows.put(f"key{n}/1", b"older", minutes(-60 * 24 * 10))
    rows.put("now", b"value", minutes(60))
    assert rows.get("key1") == b"value"
    assert rows.get("nothing") is None
    rows.expire()
    assert {name.decode() for name in table} == {*(f"key{n}" for n in range(8)), "now"}
    rows.delete("key1")
    rows.delete("key1")
    assert rows.get("key1") is None


def test_only_rows_of_the_batchs_partitions_go() -> None:
    table: dict[bytes, bytes] = {}
    every = Rows(store_of(table, [0, 1, 2, 3]), DAY)
    for n in range(20):
        every.put(f"key{n}", b"old", minutes(-60 * 24 * 10))
    store = store_of(table, [2])
    some = Rows(store, DAY)
    mine = next(f"mine{n}" for n in range(100) if partition_of(f"mine{n}".encode(), 4) == 2)
    some.put(mine, b"new", minutes(0))
    some.expire(store.is_mine)
    left = {name.decode() for name in table}
    assert left == {mine, *(f"key{n}" for n in range(20) if partition_of(f"key{n}".encode(), 4) != 2)}


def test_nothing_goes_before_anything_came() -> None:
    table: dict[bytes, bytes] = {}
    Rows(store_of(table, [0, 1, 2, 3]), DAY).put("key", b"old", minutes(0))
    Rows(store_of(table, [0, 1, 2, 3]), DAY).expire()
    assert len(table) == 1


def test_a_row_of_another_partition_is_not_touched() -> None:
    table: dict[bytes, Any] = {}
    other = next(f"key{n}" for n in range(100) if partition_of(f"key{n}".encode(), 4) != 2)
    with pytest.raises(Fatal, match="another partition"):
        Rows(store_of(table, [2])).put(other, b"value")
    assert table == {}
