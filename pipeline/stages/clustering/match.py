"""Match: compares signatures that meet under one key, and pairs the articles that report one event. Pure.

A bucket holds the signatures of one key for as long as another may still arrive (buckets.py). Of its pairs those are sent
that tell join something new (links.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from pipeline.outcomes import Outcome
from pipeline.stages.clustering import buckets
from pipeline.stages.clustering.buckets import Buckets
from pipeline.stages.clustering.kept import Entry, Kept, Sent, article_id_of, event_id_of, hashed, number, pack, sent_of
from pipeline.stages.clustering.links import Links
from pipeline.stages.clustering.possible import possible
from pipeline.stages.clustering.relate import relate
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch
from pipeline.topics import STORY_PAIRS, Record
from schemas.story import Band, Pair, Relation, Signature

MANY = 32
"""Signatures in a bucket, from which on those that can't be related are left out at once."""


class _Bucket:
    """One bucket as a batch has it: what was there and what the batch adds."""

    def __init__(self, key: int, there: list[tuple[bytes, bytes]], unpack: Callable[[bytes], Kept]) -> None:
        self.there = [one for one, _ in there]
        self._sent = [sent for _, sent in there]
        """The pairs that were sent when it arrived, of each, packed."""
        self._key, self._unpack = key, unpack
        self._links: Links | None = None

    @property
    def links(self) -> Links:
        """Made from the pairs of what is there; what was dropped with the earliest counts as not sent."""
        if self._links is None:
            self._links = Links()
            here = {hashed(event_id_of(one)): one for one in self.there} if any(self._sent) else {}
            for sent in filter(None, self._sent):
                for a, b, relation in sent_of(self._key, sent):
                    if a in here and b in here:
                        self._links.add(self._unpack(here[a]), self._unpack(here[b]), relation)
        return self._links

    def has(self, event_id: bytes) -> bool:
        """Whether a signature of this event is there. Few have its id in their bytes, and only these are looked at."""
        return any(event_id in one and event_id_of(one) == event_id for one in self.there)

    def add(self, one: bytes, sent: bytes) -> None:
        if len(self.there) >= buckets.LIMIT:
            del self.there[: buckets.DROPPED], self._sent[: buckets.DROPPED]
            self._links = None
        self.there.append(one)
        self._sent.append(sent)


class MatchBatch(Batch):
    """Bands of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._all = Buckets.of(rows)
        self._buckets: dict[tuple[int, int], _Bucket] = {}
        self._added: dict[int, tuple[str, list[Entry]]] = {}
        """By partition: one of its keys, and what is added."""
        self._pairs: dict[tuple[str, str], Pair] = {}

    def read(self, values: Iterable[Band]) -> Iterator[None]:
        return self._all.read({self._rows.partition(band.keys[0]) for band in values})

    def apply(self, band: Band, now: datetime) -> Outcome:
        """Compare one signature with all that are in its buckets, and put it there."""
        partition = self._rows.partition(band.keys[0])
        entry = Entry(pack(band.signature))
        for key in map(number, band.keys):
            self._meet(partition, key, entry)
        if not entry.keys:
            return Outcome.DUPLICATE
        self._added.setdefault(partition, (band.keys[0], []))[1].append(entry)
        return Outcome.FORWARDED

    def before(self, now: datetime) -> Iterator[Record]:
        for pair in self._pairs.values():
            yield STORY_PAIRS.record(pair)

    def checkpoint(self) -> None:
        for partition, (key, entries) in self._added.items():
            self._all.add(partition, key, entries)

    def _meet(self, partition: int, key: int, entry: Entry) -> None:
        """Pair it with the bucket's signatures, and add it, if it wasn't there before."""
        bucket, arriving = self._bucket(partition, key), entry.signature
        if bucket.has(event_id_of(arriving)):
            return
        sent: Sent = []
        if bucket.there:
            there = [*bucket.there, arriving]
            again = self._link(bucket, key, arriving, bucket.there, sent)
            while again:  # an article turned out to be earlier: what was left out before may count now
                article_id = again.pop().bytes
                for one in [one for one in there if article_id_of(one) == article_id]:
                    again |= self._link(bucket, key, one, there, sent)
        bucket.add(arriving, entry.add(key, sent))

    def _link(self, bucket: _Bucket, key: int, packed: bytes, there: list[bytes], sent: Sent) -> set[UUID]:
        """Send what pairs of one signature with those in its bucket tell; note them in `sent`."""

        def send(one: Signature, other: Signature, relation: Relation) -> None:
            sent.append((hashed(one.event_id), hashed(other.event_id), relation))
            self._pair(one, other, relation)

        one = self._all.unpack(packed)
        others = map(self._all.unpack, there if len(there) <= MANY else possible(packed, there))
        return bucket.links.link(one, _meeting(key, one, others), relate, send)

    def _bucket(self, partition: int, key: int) -> _Bucket:
        found = self._buckets.get((partition, key))
        if found is None:
            there = self._all.get(partition, key)
            found = self._buckets[partition, key] = _Bucket(key, there, self._all.unpack)
        return found

    def _pair(self, a: Signature, b: Signature, relation: Relation) -> None:
        for one, other in ((a, b), (b, a)):
            pair = Pair(
                article_id=one.article_id,
                received=one.received,
                first_published=one.first_published,
                other=other.article_id,
                other_first_published=other.first_published,
                relation=relation,
                other_received=other.received,
            )
            self._pairs[(one.event_id, other.event_id)] = pair


def _meeting(key: int, one: Kept, others: Iterable[Kept]) -> list[Kept]:
    """Those that have this key in common with it and none before: a pair belongs to one bucket. Nor are they its article's."""
    before = {other for other in one.meeting if other < key}
    return [other for other in others if before.isdisjoint(other.meeting) and other.article_id != one.article_id]
