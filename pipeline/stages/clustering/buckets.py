"""The buckets of match: which signatures stand under which key, in memory, made from the rows of a partition. Pure.

The rows are a log: a batch adds one to a partition, and none is written anew. A partition is read when it is first needed.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache
from zlib import crc32

import numpy as np

from pipeline.stages.clustering.kept import Entry, Packed, numbers, pack_rows, unpack, unpack_old, unpack_row
from pipeline.stages.rows import Rows

LIMIT = 256
"""Signatures in one bucket: articles of 72 hours that share two of their strongest features. More happens with templates
only: …"""
DROPPED = 16
"""… then the earliest are dropped, so many at a time."""
LARGEST = 256 * 1024
"""Bytes of one row."""
UNPACKED = 4000
"""Signatures that are kept unpacked."""
YOUNG = 4096
"""Signatures under keys, from which on they are sorted in."""


class Buckets:
    """Those of every partition of one table. What a batch added is here when it is saved, and not before.

    One signature is one object here, however many partitions it stands in.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._partitions: dict[int, _Partition] = {}
        self._signatures: dict[bytes, bytes] = {}
        self.unpack = lru_cache(UNPACKED)(unpack)
        rows.changed = self._changed

    @classmethod
    def of(cls, rows: Rows) -> Buckets:
        """Those of this table's rows, as long as nobody else may have changed them."""
        if not isinstance(rows.derived, cls):
            rows.derived = cls(rows)
        return rows.derived

    def get(self, partition: int, key: int) -> list[tuple[bytes, bytes]]:
        """The signatures of a bucket in the order of their arrival, packed, each with its pairs."""
        return self._partition(partition).get(key)

    def add(self, partition: int, key: str, entries: Iterable[Entry]) -> None:
        """Save what a batch adds to a partition, under one of its keys."""
        there = self._partition(partition)
        for row, newest, inside in pack_rows(entries, LARGEST):
            # done again the batch writes the same row, and never over another one
            self._rows.put(f"{key}/v{there.next}.{crc32(row):08x}", row, newest)
            there.add_row(there.next, inside, self._signatures)

    def read(self, partitions: Iterable[int]) -> Iterator[None]:
        """Read those that were not read yet, in pieces."""
        for partition in partitions:
            if partition not in self._partitions:
                made = _Partition()
                for place, entries in (yield from self._rows_of(partition)):
                    made.add_row(place, entries, self._signatures)
                    yield
                self._partitions[partition] = made

    def _partition(self, partition: int) -> _Partition:
        if partition not in self._partitions:
            for _ in self.read([partition]):
                pass
        return self._partitions[partition]

    def _rows_of(self, partition: int) -> Generator[None, None, list[tuple[int, list[Packed]]]]:
        """A partition's rows as they were written: those of the version before, where a bucket's last row has its own name, and
        then the log by its numbers."""
        found: list[tuple[tuple[str, float], str, list[Packed]]] = []
        for piece in self._rows.scan([partition]):
            for name, row in piece:
                if self._rows.partition(name) == partition:
                    key, _, rest = name.partition("/")
                    if rest.startswith("v"):
                        place, entries = ("v", float(rest[1:].partition(".")[0])), unpack_row(name, row)
                    else:
                        place, entries = (key, float(rest or "inf")), unpack_old(key, row)
                    found.append((place, name, [(self._shared(one), keys, pairs) for one, keys, pairs in entries]))
                yield
        found.sort(key=lambda row: row[:2])
        return [(int(number) if of == "v" else -1, entries) for (of, number), _, entries in found]

    def _shared(self, signature: bytes) -> bytes:
        return self._signatures.setdefault(signature, signature)

    def _changed(self, name: str, row: bytes | None) -> None:
        """Of a partition a fourth of whose rows is gone, what is left is read again."""
        if row is not None:
            return
        partition = self._rows.partition(name)
        there = self._partitions.get(partition)
        if there is not None and there.is_stale():
            del self._partitions[partition]
            self._signatures = {one: one for other in self._partitions.values() for one in other.signatures}


class _Partition:
    """Keys and the places of their signatures: sorted, as a million of them have to fit into memory; and what came since."""

    def __init__(self) -> None:
        self.signatures: list[bytes] = []
        self._pairs: dict[int, bytes] = {}
        self._keys, self._places = array("Q"), array("I")
        self._young: dict[int, list[int]] = {}
        self._count = 0
        self._rows = self._gone = 0
        self.next = 0
        """Number of the next row."""

    def get(self, key: int) -> list[tuple[bytes, bytes]]:
        first = bisect_left(self._keys, key)
        places: list[int] = []
        if first < len(self._keys) and self._keys[first] == key:
            places.extend(self._places[first : bisect_right(self._keys, key, first)])
        places.extend(self._young.get(key, ()))
        dropped = int(_dropped(len(places)))
        return [(self.signatures[place], self._pairs.get(place, b"")) for place in places[dropped:]]

    def add_row(self, number: int, entries: Iterable[Packed], shared: dict[bytes, bytes]) -> None:
        self._rows += 1
        self.next = max(self.next, number + 1)
        for signature, keys, pairs in entries:
            place = len(self.signatures)
            self.signatures.append(shared.setdefault(signature, signature))
            if pairs:
                self._pairs[place] = pairs
            for key in numbers(keys):
                self._young.setdefault(key, []).append(place)
            self._count += len(keys) // 8
        if self._count > max(YOUNG, len(self._keys) // 16):
            self._sort()

    def is_stale(self) -> bool:
        """Called with each row that is gone."""
        self._gone += 1
        return self._gone * 4 > self._rows

    def _sort(self) -> None:
        young = [(key, place) for key, places in self._young.items() for place in places]
        keys = np.concatenate([np.frombuffer(self._keys, "u8"), np.array([key for key, _ in young], "u8")])
        places = np.concatenate([np.frombuffer(self._places, "u4"), np.array([place for _, place in young], "u4")])
        order = np.argsort(keys, kind="stable")
        keys, places = keys[order], places[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        counts = np.diff(np.append(starts, len(keys)))
        if counts.max() > LIMIT:
            nth = np.arange(len(keys)) - np.repeat(starts, counts)
            left = nth >= np.repeat(_dropped(counts), counts)
            keys, places = keys[left], places[left]
        self._keys, self._places = array("Q", keys.tobytes()), array("I", places.tobytes())
        self._young, self._count = {}, 0


def _dropped(count: int | np.ndarray) -> int | np.ndarray:
    """How many of the earliest are dropped of so many that came to a bucket."""
    more: int | np.ndarray = -((LIMIT - count) // DROPPED) * DROPPED
    return np.maximum(more, 0) if isinstance(more, np.ndarray) else max(more, 0)
