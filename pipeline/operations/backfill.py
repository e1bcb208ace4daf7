"""Publishes the parts of a source, batch by batch, and finds what became of them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pipeline.errors import Fatal, Reject
from pipeline.formats.items import Item
from pipeline.index.client import open_client
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import Read, read_each
from pipeline.ingest.publisher import Publisher
from pipeline.operations.archives import Part
from pipeline.operations.progress import INDICES, Ends, indexed, refused_since, settled
from pipeline.operations.sources import UNFETCHABLE
from pipeline.operations.status import lags
from pipeline.settings import Settings
from schemas.events import RawArticleEvent

HELD = 64 * 1024 * 1024
"""Bytes that the parts of a batch may have in memory before they are read."""
_NAMED = 10
"""Articles that an error names."""


@dataclass
class Tally:
    """What became of parts that were read: of a batch, or of all."""

    parts: int = 0
    articles: int = 0
    comments: int = 0
    public: int = 0
    hidden: int = 0
    merged: int = 0
    article_ids: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(source or article's id, why)"""
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add a batch. Ids are not collected: they are of the batch that is waited for."""
        for name in ("parts", "articles", "comments", "public", "hidden", "merged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused += other.refused
        self.left_out += other.left_out


@dataclass(frozen=True)
class Position:
    """How far a backfill has come: so many parts, whose names and marks have this hash together."""

    done: int = 0
    passed: str = ""

    def behind(self, parts: Iterable[Part]) -> Position:
        """The position behind these parts, which come next."""
        done, passed = self.done, self.passed
        for part in parts:
            passed = hashlib.sha256(json.dumps([passed, part.name, part.mark]).encode()).hexdigest()[:16]
            done += 1
        return Position(done, passed)


def after(parts: Callable[[], Iterator[Part]], position: Position | None) -> tuple[Position, Iterator[Part]]:
    """Where it goes on, and the parts behind that. All of them, from a new beginning, where those before are others now:
    then the source has changed. None of those that are left out is read, or kept."""
    found = parts()
    reached = Position().behind(islice(found, position.done)) if position else Position()
    if position is None or reached == position:
        return reached, found
    return Position(), parts()


def batches(parts: Iterable[Part], most: int, held: int = HELD) -> Iterator[list[Part]]:
    """The parts in batches, which end with so many parts, or so many bytes in memory."""
    batch: list[Part] = []
    size = 0
    for part in parts:
        batch.append(part)
        size += part.held
        if len(batch) >= most or size >= held:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def publish(settings: Settings, parts: Sequence[Part], hints: Hints) -> Tally:
    """Read these parts and publish what is in them; returns when Kafka has all of it. Repeating it changes nothing. What
    is refused becomes a dead letter, but for an address that could not be fetched. Raises Retry."""
    tally = Tally(parts=len(parts))
    ids: dict[str, None] = {}
    with Publisher(settings) as publisher:
        for part, read in zip(parts, read_each(map(_item, parts), hints, settings), strict=True):
            for event in read.events:
                if (rejected := publisher.publish(event, part.name)) is not None:
                    tally.refused.append((part.name, str(rejected)))
                elif isinstance(event, RawArticleEvent):
                    ids[str(event.data.article_id)] = None
                else:
                    tally.comments += 1
            tally.left_out.extend((part.name, one) for one in read.left_out)
            if read.reject is not None:
                if read.reject.reason != UNFETCHABLE:
                    publisher.refuse(read, hints.provider)
                tally.refused.append((part.name, str(read.reject)))
        publisher.flush()
        for event, reject in publisher.refused:
            ids.pop(str(event.data.article_id), None)
            tally.refused.append((str(event.data.article_id), str(reject)))
    tally.article_ids, tally.articles = list(ids), len(ids)
    return tally


def await_searchable(settings: Settings, tally: Tally, ends: Ends, patience: float) -> Tally:
    """Wait until each article of the tally is in an index, public or hidden, or a stage refused it since `ends`; count them
    in it. Raises Fatal naming those that are not after `patience` seconds, Retry."""
    deadline = time.monotonic() + patience
    missing = tally.article_ids
    with open_client(settings) as client:
        while True:
            # first those that were missing, and once none is, all of them: one may have changed its index meanwhile
            for asked in (missing, tally.article_ids):
                found = indexed(client, settings, asked)
                refused = refused_since(client, settings, asked, ends)
                known = settled(found, refused)
                missing = [article_id for article_id in asked if article_id not in known]
                if missing:
                    break
            else:
                tally.public, tally.hidden, tally.merged = (len(found[alias]) for alias in INDICES)
                tally.refused += [(one.article_id, str(one)) for one in refused]
                return tally
            if time.monotonic() > deadline:
                raise Fatal(
                    f"{len(missing)} of {len(tally.article_ids)} articles are not indexed after {patience:.0f} s: "
                    f"{', '.join(missing[:_NAMED])}{', …' if len(missing) > _NAMED else ''}; records that each stage has "
                    f"yet to finish: {lags(settings)}"
                )
            time.sleep(1)


def _item(part: Part) -> Item | Read:
    try:
        return part.read()
    except Reject as reject:
        return Read(Item(b"", part.name), None, rejects=(reject,))
