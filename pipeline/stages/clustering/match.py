"""Match: compares signatures that meet under one key, and pairs the articles that report one event. Pure.

A bucket holds the signatures of one key for as long as another may still arrive, in rows of a few, so that a full
bucket isn't rewritten with each new one. Of its pairs those are sent that tell join something new (links.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pydantic import Field, TypeAdapter

from pipeline.outcomes import Outcome
from pipeline.stages.clustering.links import Links
from pipeline.stages.clustering.relate import WINDOW, relate
from pipeline.stages.clustering.sign import keys
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch, Stage
from pipeline.topics import STORY_BANDS, STORY_PAIRS, Record
from schemas.story import Band, Pair, Relation, Signature

ROW = 16
"""Signatures in one row."""
ROWS = 16
"""Rows of one bucket; in a fuller one the earliest are dropped. 256 articles of 72 hours that share two of their strongest
features: more happens with templates only."""
RETENTION = WINDOW * 2
"""How long after its last signature a bucket expires."""


class Kept(Signature):
    """A signature in a bucket."""

    pairs: list[tuple[str, str, Relation]] = Field(default_factory=list)
    """The pairs that were sent when it arrived, by event ids: mostly its own and another's. None in rows of earlier
    versions."""

    @cached_property
    def meeting(self) -> frozenset[str]:
        """Its keys."""
        return frozenset(keys(self))


_ROW = TypeAdapter(list[Kept])


@dataclass
class _Bucket:
    """Rows `first` … `first + len(rows) - 1` of one key."""

    first: int = 0
    rows: list[list[Kept]] = field(default_factory=lambda: [[]])
    changed: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    _links: Links | None = None

    @property
    def links(self) -> Links:
        """Made from the pairs of what is in the rows; what was dropped with the earliest counts as not sent."""
        if self._links is None:
            self._links = Links()
            here = {one.event_id: one for row in self.rows for one in row}
            for one in here.values():
                for a, b, relation in one.pairs:
                    if a in here and b in here:
                        self._links.add(here[a], here[b], relation)
        return self._links

    def add(self, signature: Kept) -> None:
        if len(self.rows[-1]) >= ROW:
            if len(self.rows) >= ROWS:
                self.rows.pop(0)
                self.dropped.add(self.first)
                self.first += 1
                self._links = None
            self.changed.add(self.first + len(self.rows) - 1)  # no longer the last row
            self.rows.append([])
        self.rows[-1].append(signature)
        self.changed.add(self.first + len(self.rows) - 1)


class MatchBatch(Batch):
    """Bands of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._buckets: dict[str, _Bucket] = {}
        self._pairs: dict[tuple[str, str], Pair] = {}

    def apply(self, band: Band, now: datetime) -> Outcome:
        """Compare one signature with all that are in its buckets, and put it there."""
        arriving = Kept(**dict(band.signature))
        repeated = [self._meet(key, arriving) for key in band.keys]
        return Outcome.DUPLICATE if all(repeated) else Outcome.FORWARDED

    def before(self, now: datetime) -> Iterator[Record]:
        for pair in self._pairs.values():
            yield STORY_PAIRS.record(pair)

    def checkpoint(self) -> None:
        """The last row of a bucket is stored under the key itself, with the numbers of the first and last row; the rows before it under `key/number`."""
        for key, bucket in self._buckets.items():
            if not bucket.changed:
                continue
            last = bucket.first + len(bucket.rows) - 1
            for n in sorted(bucket.changed - {last}):
                if n >= bucket.first:
                    row = bucket.rows[n - bucket.first]
                    self._rows.put(f"{key}/{n}", _ROW.dump_json(row), max(one.received for one in row))
            for n in bucket.dropped:
                self._rows.delete(f"{key}/{n}")
            newest = max(one.received for row in bucket.rows for one in row)
            head = f"{bucket.first} {last}\n".encode()
            self._rows.put(key, head + _ROW.dump_json(bucket.rows[-1]), newest)

    def _meet(self, key: str, arriving: Kept) -> bool:
        """Pair it with the bucket's signatures, and add it. Returns whether it was there before."""
        bucket = self._bucket(key)
        there = [one for row in bucket.rows for one in row]
        if any(one.event_id == arriving.event_id for one in there):
            return True
        arriving = arriving.model_copy(update={"pairs": []})

        def sent(one: Signature, other: Signature, relation: Relation) -> None:
            arriving.pairs.append((one.event_id, other.event_id, relation))
            self._pair(one, other, relation)

        again = bucket.links.link(arriving, _meeting(key, arriving, there), relate, sent)
        there.append(arriving)
        while again:  # an article turned out to be earlier: what was left out before may count now
            article_id = again.pop()
            for one in [one for one in there if one.article_id == article_id]:
                again |= bucket.links.link(one, _meeting(key, one, there), relate, sent)
        bucket.add(arriving)
        return False

    def _bucket(self, key: str) -> _Bucket:
        if key not in self._buckets:
            bucket = _Bucket()
            if (stored := self._rows.get(key)) is not None:
                head, _, last_row = stored.partition(b"\n")
                bucket.first, last = map(int, head.split())
                earlier = (self._rows.get(f"{key}/{n}") for n in range(bucket.first, last))
                bucket.rows = [_ROW.validate_json(row) if row is not None else [] for row in earlier]
                bucket.rows.append(_ROW.validate_json(last_row))
            self._buckets[key] = bucket
        return self._buckets[key]

    def _pair(self, a: Signature, b: Signature, relation: Relation) -> None:
        for one, other in ((a, b), (b, a)):
            pair = Pair(
                article_id=one.article_id,
                received=one.received,
                first_published=one.first_published,
                other=other.article_id,
                other_first_published=other.first_published,
                relation=relation,
            )
            self._pairs[(one.event_id, other.event_id)] = pair


def _meeting(key: str, one: Kept, others: list[Kept]) -> list[Kept]:
    """Those that have this key in common with it and none before: a pair belongs to one bucket. Nor are they its article's."""
    before = {other for other in one.meeting if other < key}
    return [other for other in others if before.isdisjoint(other.meeting) and other.article_id != one.article_id]


MATCH = Stage(
    "match",
    inputs={STORY_BANDS: ()},
    outputs=(STORY_PAIRS,),
    reduce=lambda config: lambda tables: MatchBatch(tables["match"]),
    tables={"match": RETENTION},
)
