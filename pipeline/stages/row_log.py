"""A table as a log: a batch adds a row to each partition that it has something for, and changes none. Pure.

What a stage needs of the rows is in memory, in a form of its own. A partition is read when it is first needed after a start
or an assignment. So what is written grows with what comes, and not with what is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, Self, TypeVar
from zlib import crc32

from pipeline.stages.rows import Rows

LARGEST = 256 * 1024
"""Bytes of one row."""


class Part:
    """What is in memory of one partition."""

    def __init__(self) -> None:
        self.next = 0
        """Number of the next row."""
        self._rows = self._gone = 0

    def count_row(self, number: int) -> None:
        self._rows += 1
        self.next = max(self.next, number + 1)

    def is_stale(self) -> bool:
        """Called with each row that is gone: a fourth of them is."""
        self._gone += 1
        return self._gone * 4 > self._rows


P = TypeVar("P", bound=Part)


class RowLog(Generic[P]):
    """The partitions of one table. What a batch added is here when it is saved, and not before."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._parts: dict[int, P] = {}
        rows.changed = self._changed

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """That of this table's rows, as long as nobody else may have changed them."""
        if not isinstance(rows.derived, cls):
            rows.derived = cls(rows)
        return rows.derived

    def new_part(self) -> P:
        """An empty partition."""
        raise NotImplementedError

    def take_row(self, part: P, name: str, row: bytes, number: int | None) -> None:
        """A row that is read. One without a number was written by the version before, which changed its rows; they come in
        the order of their names."""
        raise NotImplementedError

    def dropped(self) -> None:
        """A partition went from memory."""

    def part(self, partition: int) -> P:
        if partition not in self._parts:
            for _ in self.read([partition]):
                pass
        return self._parts[partition]

    def read(self, partitions: Iterable[int]) -> Iterator[None]:
        """Read those that were not read yet, in pieces."""
        wanted = {partition for partition in partitions if partition not in self._parts}
        if not wanted:
            return
        places: dict[int, list[tuple[tuple[str, float], str]]] = {partition: [] for partition in sorted(wanted)}
        for piece in self._rows.scan(sorted(wanted)):
            for name, _ in piece:
                partition = self._rows.partition(name)
                if partition in places:
                    places[partition].append((_place(name), name))
            yield
        for partition, found in places.items():
            part = self.new_part()
            for (of, number), name in sorted(found):
                if (row := self._rows.get(name)) is not None:
                    self.take_row(part, name, row, int(number) if of == "v" else None)
                yield
            self._parts[partition] = part

    def append(self, part: P, key: str, row: bytes, newest: datetime) -> tuple[str, int]:
        """Save a row of this partition, under one of its keys. Its name and number."""
        number = part.next
        # done again the batch writes the same row, and never over another one
        name = f"{key}/v{number}.{crc32(row):08x}"
        self._rows.put(name, row, newest)
        return name, number

    def _changed(self, name: str, row: bytes | None) -> None:
        """Of a partition a fourth of whose rows is gone, what is left is read again."""
        if row is not None:
            return
        partition = self._rows.partition(name)
        part = self._parts.get(partition)
        if part is not None and part.is_stale():
            del self._parts[partition]
            self.dropped()


def _place(name: str) -> tuple[str, float]:
    """By which rows are read: those of the version before, where a key's last row has its own name, and then the log by
    its numbers. No key begins with a v."""
    key, _, rest = name.partition("/")
    if rest.startswith("v"):
        return "v", float(rest[1:].partition(".")[0])
    return key, float(rest or "inf")


def in_rows(entries: Iterable[tuple[bytes, Any]], head: bytes) -> Iterator[tuple[bytes, list[Any]]]:
    """Rows of up to LARGEST bytes, or one entry: the row, and what each of its entries stands for."""
    row, inside, size = [head], list[Any](), len(head)
    for packed, entry in entries:
        if inside and size + len(packed) > LARGEST:
            yield b"".join(row), inside
            row, inside, size = [head], [], len(head)
        row.append(packed)
        inside.append(entry)
        size += len(packed)
    if inside:
        yield b"".join(row), inside
