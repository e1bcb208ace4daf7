"""Trend: how often each name and topic is in the news, hour by hour, against its own past. Pure.

Only what readers can see is counted: revise sends the mentions of an article when it is shown, and takes them back when it
is hidden, or when a correction no longer names them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zlib import crc32

from pydantic import Field

from pipeline.outcomes import Outcome
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch, Stage
from pipeline.stages.state import State
from pipeline.topics import MENTIONS, TRENDS, Record
from schemas.enriched import EnrichedArticle
from schemas.trend import Kind, Mention, Trend

HOUR = 3600
WINDOW = 6
"""Hours that are counted together."""
PAST = 7 * 24
"""Hours before them, for the usual frequency."""
RETENTION = timedelta(hours=PAST + 2 * WINDOW)
MIN_COUNT = 2
"""Minimum of articles for a window to be published: what one article names is no trend."""
MAX_ARTICLES = 2000
"""Articles of one hour that are counted for a term: more of them say no more, and its row has all of their hashes."""
MAX_NAMES, MAX_TOPICS = 12, 6
"""Of one article."""


def mentions(enriched: EnrichedArticle) -> list[Record]:
    """A mention of each name and topic of an article that readers see."""
    article, enrichment = enriched.article, enriched.enrichment
    received = article.revision.received
    at = max(received, article.embargo_until.utc) if article.embargo_until else received
    named: list[tuple[Kind, str]] = [(one.kind.value, one.facet) for one in enrichment.entities if one.sure][:MAX_NAMES]
    topics = dict.fromkeys(name for name in (*(s.name for s in article.subjects), *article.topics) if name)
    named.extend(("topic", name[:512]) for name in list(topics)[:MAX_TOPICS])
    found = []
    for kind, name in dict.fromkeys(named):
        term = hashlib.sha256(f"{kind}\n{name.casefold()}".encode()).hexdigest()[:32]
        found.append(MENTIONS.record(Mention(term=term, kind=kind, name=name, article_id=article.article_id, at=at)))
    return found


def no_mention(term: str, article_id: UUID, now: datetime) -> Record:
    """Takes back an article's mention of a term."""
    return MENTIONS.record(Mention(term=term, kind="topic", article_id=article_id, at=now, gone=True))


class Term(State):
    """One term's past: hours since 1970 to the articles that named it then, as hashes."""

    name: str
    kind: Kind
    hours: dict[int, list[int]] = Field(default_factory=dict)
    change: int = 0
    """How often it changed."""


class TrendBatch(Batch):
    """Mentions of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._terms: dict[str, Term] = {}
        self._changed: dict[str, set[int]] = {}
        self._shrunk: dict[str, set[int]] = {}
        """Windows that may have been published with more than are left."""

    def apply(self, mention: Mention, now: datetime) -> Outcome:
        if mention.gone:
            return self._take_back(mention)
        term = self._term(mention)
        hour, article = int(min(mention.at, now).timestamp()) // HOUR, _hash(mention.article_id)
        if any(article in articles for articles in term.hours.values()):
            return Outcome.DUPLICATE
        counted = term.hours.setdefault(hour, [])
        if len(counted) >= MAX_ARTICLES:
            return Outcome.SUPPRESSED
        counted.append(article)
        self._change(mention.term, hour)
        return Outcome.APPLIED

    def _take_back(self, mention: Mention) -> Outcome:
        term, article = self._known(mention.term), _hash(mention.article_id)
        hours = [hour for hour, articles in term.hours.items() if article in articles] if term else []
        for hour in hours:
            assert term is not None
            term.hours[hour].remove(article)
            self._shrunk.setdefault(mention.term, set()).update(self._change(mention.term, hour))
        return Outcome.APPLIED if hours else Outcome.DUPLICATE

    def _change(self, key: str, hour: int) -> set[int]:
        """The windows that a change in this hour belongs to: its own, and those of the next hours."""
        term = self._terms[key]
        term.change += 1
        windows = {h for h in range(hour, hour + WINDOW) if h in term.hours}
        self._changed.setdefault(key, set()).update(windows)
        return windows

    def before(self, now: datetime) -> Iterator[Record]:
        for key, hours in self._changed.items():
            term = self._terms[key]
            for hour in sorted(hours):
                count = _count(term, hour - WINDOW + 1, hour)
                if count < MIN_COUNT and hour not in self._shrunk.get(key, ()):
                    continue
                expected = _count(term, hour - WINDOW - PAST + 1, hour - WINDOW) * WINDOW / PAST
                trend = Trend(
                    term=key,
                    kind=term.kind,
                    name=term.name,
                    hour=datetime.fromtimestamp(hour * HOUR, UTC),
                    count=count,
                    expected=round(expected, 3),
                    score=round((count - expected) / math.sqrt(expected + 1), 3),
                    change=term.change,
                )
                yield TRENDS.record(trend)

    def checkpoint(self) -> None:
        for key in self._changed:
            term = self._terms[key]
            newest = max(term.hours)
            term.hours = {hour: articles for hour, articles in term.hours.items() if newest - hour <= PAST + 2 * WINDOW}
            self._rows.put(key, term.model_dump_json().encode(), datetime.fromtimestamp(newest * HOUR, UTC))

    def _term(self, mention: Mention) -> Term:
        known = self._known(mention.term)
        if known is None:
            known = self._terms[mention.term] = Term(name=mention.name or "-", kind=mention.kind)
        return known

    def _known(self, key: str) -> Term | None:
        if key not in self._terms and (stored := self._rows.get(key)) is not None:
            self._terms[key] = Term.model_validate_json(stored)
        return self._terms.get(key)


def _count(term: Term, first: int, last: int) -> int:
    return sum(len(articles) for hour, articles in term.hours.items() if first <= hour <= last)


def _hash(article_id: UUID) -> int:
    return crc32(article_id.bytes)


TREND = Stage(
    "trend",
    inputs={MENTIONS: ()},
    outputs=(TRENDS,),
    reduce=lambda config: lambda tables: TrendBatch(tables["trend"]),
    tables={"trend": RETENTION},
)
