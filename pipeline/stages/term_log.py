"""What trend keeps: which articles named a term in which hour, in memory, made from the log of a partition. Pure.

A row is what one batch changed in one partition: a byte for the version of the form, then terms. All numbers are
little-endian. A term is

- its hash (16 bytes), its kind (uint8, place in KINDS), how often it changed (uint32), how many bytes its name has
  (uint16; 0 where nothing but articles that went), how many articles came or went (uint32),
- its name, and for each of these articles, in order, its hour since 1970, plus GONE where it went, and its hash (uint32 each).

A name is looked up in the row where its term is first, as most terms are named once and nobody asks.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from pydantic import Field

from pipeline.errors import Fatal
from pipeline.stages.row_log import Part, RowLog, in_rows
from pipeline.stages.rows import Rows
from pipeline.stages.state import State
from schemas.trend import Kind

HOUR = 3600
KINDS: tuple[Kind, ...] = ("person", "place", "organisation", "topic")
"""In the order of their numbers in rows: only added to."""
VERSION = 1
YOUNG = 4096
"""Mentions, from which on they are sorted in."""
GONE = 1 << 31
"""Added to the hour of an article that counts no more. The hour stays: it may have been published."""
_TERM = struct.Struct("<16sBIHI")
_ARTICLE = struct.Struct("<II")
_MENTION = np.dtype([("hour", "<u4"), ("article", "<u4"), ("change", "<u4"), ("row", "<u4")])
_NOTHING = np.empty(0, _MENTION)
Mentions = np.ndarray
"""Of _MENTION, in no order: `change` is the last one of the term that it was part of, `row` that which has the name."""


@dataclass
class Changed:
    """What a batch changes of a term."""

    term: str
    kind: Kind
    name: str
    """As the first article that came has it."""
    change: int
    articles: list[tuple[int, int]] = field(default_factory=list)
    """Hour and hash of those that came, and that went: hour plus GONE."""

    def packed(self) -> bytes:
        name = self.name.encode(errors="surrogatepass")
        kind = KINDS.index(self.kind)
        head = _TERM.pack(bytes.fromhex(self.term), kind, self.change, len(name), len(self.articles))
        return b"".join((head, name, *(_ARTICLE.pack(*one) for one in self.articles)))


class TermLog(RowLog["_Partition"]):
    """The terms of every partition of the table."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self._names = lru_cache(64)(self._names_in)

    def mentions(self, term: str) -> Mentions:
        """All that are known of a term."""
        return self._of(term).get(_number(term))

    def name(self, term: str, mentions: Mentions) -> tuple[str, Kind] | None:
        """A term's name and kind, as first told."""
        part = self._of(term)
        for row in np.unique(mentions["row"]).tolist():
            if (found := self._names(part.names[row]).get(term)) is not None:
                return found
        return None

    def add(self, changed: Iterable[Changed]) -> None:
        """Save what a batch changed."""
        by_partition: dict[int, list[Changed]] = {}
        for one in changed:
            by_partition.setdefault(self._rows.partition(one.term), []).append(one)
        for partition, some in by_partition.items():
            part = self.part(partition)
            for row, inside in in_rows(((one.packed(), one) for one in some), bytes([VERSION])):
                # what takes back must not expire before what it takes back
                last = max(part.newest, *(hour & ~GONE for one in inside for hour, _ in one.articles))
                newest = datetime.fromtimestamp(last * HOUR, UTC)
                name, number = self.append(part, inside[0].term, row, newest)
                part.add_row(name, number, inside)

    def new_part(self) -> _Partition:
        return _Partition()

    def take_row(self, part: _Partition, name: str, row: bytes, number: int | None) -> None:
        terms = unpack_row(name, row) if number is not None else [unpack_old(name, row)]
        part.add_row(name, number if number is not None else -1, terms)

    def _of(self, term: str) -> _Partition:
        return self.part(self._rows.partition(term))

    def _names_in(self, name: str) -> dict[str, tuple[str, Kind]]:
        row = self._rows.get(name)
        terms = () if row is None else unpack_row(name, row) if "/" in name else (unpack_old(name, row),)
        return {one.term: (one.name, one.kind) for one in terms if one.name}


class _Partition(Part):
    """Mentions by the numbers of their terms: sorted, as millions of them have to fit into memory; and what came since."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        """Of rows, in the order in which they were read."""
        self.newest = 0
        """The last hour of all."""
        self._terms = np.empty(0, "<u8")
        self._mentions = _NOTHING
        self._young: dict[int, array[int]] = {}
        """Four numbers for each mention, as _MENTION has them."""
        self._count = 0

    def get(self, term: int) -> Mentions:
        old, young = self._mentions[self._place(term)], self._young.get(term)
        return np.frombuffer(old.tobytes() + young.tobytes(), _MENTION) if young else old

    def _place(self, term: int) -> slice:
        of = np.uint64(term)  # as a Python integer it would be compared as a float
        return slice(self._terms.searchsorted(of), self._terms.searchsorted(of, "right"))

    def add_row(self, name: str, number: int, terms: Iterable[Changed]) -> None:
        self.count_row(number)
        row = len(self.names)
        self.names.append(name)
        for one in terms:
            term = _number(one.term)
            for hour, article in one.articles:
                if hour & GONE:
                    self._take_back(term, article, one.change)
                else:
                    self._young.setdefault(term, array("I")).extend((hour, article, one.change, row))
                    self._count += 1
                    self.newest = max(self.newest, hour)
        if self._count > max(YOUNG, len(self._terms) // 16):
            self._sort()

    def _take_back(self, term: int, article: int, change: int) -> None:
        old = self._mentions[self._place(term)]
        taken = old["article"] == article
        old["hour"][taken] |= GONE
        old["change"][taken] = change
        young = self._young.get(term, array("I"))
        for at in range(0, len(young), 4):
            if young[at + 1] == article:
                young[at] |= GONE
                young[at + 2] = change

    def _sort(self) -> None:
        young = self._young.values()
        terms = np.repeat(np.fromiter(self._young, "<u8"), [len(some) // 4 for some in young])
        terms = np.concatenate([self._terms, terms])
        order = np.argsort(terms, kind="stable")
        self._terms = terms[order]
        self._mentions = np.frombuffer(b"".join([self._mentions.tobytes(), *young]), _MENTION)[order]
        self._young, self._count = {}, 0


def unpack_row(name: str, row: bytes) -> Iterator[Changed]:
    """Raises Fatal where a later version wrote it."""
    if row[0] != VERSION:
        raise Fatal(f"the row {name} of trend has the form {row[0]}, of a later version: start that version again")
    at = 1
    while at < len(row):
        term, kind, change, length, articles = _TERM.unpack_from(row, at)
        a = at + _TERM.size
        b = a + length
        at = b + articles * _ARTICLE.size
        name = row[a:b].decode(errors="surrogatepass")
        yield Changed(term.hex(), KINDS[kind], name, change, list(_ARTICLE.iter_unpack(row[b:at])))


class _Old(State):
    """A term's row of the version before: hours since 1970 to the articles that named it then, as hashes."""

    name: str
    kind: Kind
    hours: dict[int, list[int]] = Field(default_factory=dict)
    change: int = 0


def unpack_old(name: str, row: bytes) -> Changed:
    """A row of the version before, of one term."""
    old = _Old.model_validate_json(row)
    found = [(hour, article) for hour, articles in old.hours.items() for article in articles]
    return Changed(name, old.kind, old.name, old.change, found)


def _number(term: str) -> int:
    """A term as a number, for the memory only: of ten million terms two have one with a probability of 1 in 400,000."""
    return int(term[:16], 16) ^ int(term[16:], 16)
