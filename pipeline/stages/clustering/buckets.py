"""The buckets of match: which signatures stand under which key, in memory, made from the log of a partition. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from pipeline.stages.clustering.kept import Entry, Packed, numbers, pack_rows, unpack, unpack_old, unpack_row
from pipeline.stages.row_log import LARGEST, Part, RowLog
from pipeline.stages.rows import Rows

LIMIT = 256
"""Signatures in one bucket: articles of 72 hours that share two of their strongest features. More happens with templates
only: …"""
DROPPED = 16
"""… then the earliest are dropped, so many at a time."""
UNPACKED = 4000
"""Signatures that are kept unpacked."""
YOUNG = 4096
"""Signatures under keys, from which on they are sorted in."""


class Buckets(RowLog["_Partition"]):
    """Those of every partition of one table. One signature is one object here, however many partitions it stands in."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self._signatures: dict[bytes, bytes] = {}
        self.unpack = lru_cache(UNPACKED)(unpack)

    def get(self, partition: int, key: int) -> list[tuple[bytes, bytes]]:
        """The signatures of a bucket in the order of their arrival, packed, each with its pairs."""
        return self.part(partition).get(key)

    def add(self, partition: int, key: str, entries: Iterable[Entry]) -> None:
        """Save what a batch adds to a partition, under one of its keys."""
        part = self.part(partition)
        for row, newest, inside in pack_rows(entries, LARGEST):
            _, number = self.append(part, key, row, newest)
            part.add_row(number, inside, self._signatures)

    def new_part(self) -> _Partition:
        return _Partition()

    def take_row(self, part: _Partition, name: str, row: bytes, number: int | None) -> None:
        entries = unpack_row(name, row) if number is not None else unpack_old(name.partition("/")[0], row)
        part.add_row(number if number is not None else -1, entries, self._signatures)

    def dropped(self) -> None:
        self._signatures = {one: one for part in self._parts.values() for one in part.signatures}


class _Partition(Part):
    """Keys and the places of their signatures: sorted, as a million of them have to fit into memory; and what came since."""

    def __init__(self) -> None:
        super().__init__()
        self.signatures: list[bytes] = []
        self._pairs: dict[int, bytes] = {}
        self._keys, self._places = array("Q"), array("I")
        self._young: dict[int, list[int]] = {}
        self._count = 0

    def get(self, key: int) -> list[tuple[bytes, bytes]]:
        first = bisect_left(self._keys, key)
        places: list[int] = []
        if first < len(self._keys) and self._keys[first] == key:
            places.extend(self._places[first : bisect_right(self._keys, key, first)])
        places.extend(self._young.get(key, ()))
        dropped = int(_dropped(len(places)))
        return [(self.signatures[place], self._pairs.get(place, b"")) for place in places[dropped:]]

    def add_row(self, number: int, entries: Iterable[Packed], shared: dict[bytes, bytes]) -> None:
        self.count_row(number)
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
