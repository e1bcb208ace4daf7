"""What stateful stages remember: rows by partition, and that old ones are forgotten by the records' own time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipeline.kafka.clients import partition_of
from pipeline.streams.stateful import TableRows
from tests.build import minutes


class Table(dict[bytes, bytes]):
    """As much of a Faust table as rows use."""


class Message:
    def __init__(self, partition: int) -> None:
        self.partition = partition


class Event:
    def __init__(self, partition: int) -> None:
        self.message = Message(partition)


def rows_of(table: Table, partitions: list[int]) -> TableRows:
    made: Any = TableRows(table, 4)  # type: ignore[arg-type]
    made.held = [Event(partition) for partition in partitions]
    made.writing_for(made.held)
    return made  # type: ignore[no-any-return]


def test_rows_are_kept_with_their_time_and_forgotten_after_it() -> None:
    table = Table()
    rows = rows_of(table, [0, 1, 2, 3])
    for n in range(8):
        rows.put(f"key{n}", b"value", minutes(0))
        rows.put(f"key{n}/1", b"older", minutes(-60 * 24 * 10))
    rows.put("now", b"value", minutes(60))
    assert rows.get("key1") == b"value"
    assert rows.get("nothing") is None
    rows.sweep(timedelta(days=1))
    assert {name.decode() for name in table} == {*(f"key{n}" for n in range(8)), "now"}
    rows.delete("key1")
    rows.delete("key1")
    assert rows.get("key1") is None


def test_only_rows_of_the_batchs_partitions_are_forgotten() -> None:
    table = Table()
    every = rows_of(table, [0, 1, 2, 3])
    for n in range(20):
        every.put(f"key{n}", b"old", minutes(-60 * 24 * 10))
    some = rows_of(table, [2])
    mine = next(f"mine{n}" for n in range(100) if partition_of(f"mine{n}".encode(), 4) == 2)
    some.put(mine, b"new", minutes(0))
    some.sweep(timedelta(days=1))
    left = {name.decode() for name in table}
    assert left == {mine, *(f"key{n}" for n in range(20) if partition_of(f"key{n}".encode(), 4) != 2)}


def test_nothing_is_forgotten_before_anything_came() -> None:
    table = Table()
    rows_of(table, [0, 1, 2, 3]).put("key", b"old", minutes(0))
    fresh = rows_of(table, [0, 1, 2, 3])
    fresh.sweep(timedelta(days=1))
    assert len(table) == 1
