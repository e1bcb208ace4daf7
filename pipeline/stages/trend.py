"""Trend: how often each name and topic is in the news, hour by hour, against its own past. Pure.

Only what readers can see is counted: revise sends the mentions of an article when it is shown, and takes them back when it
is hidden, or when a correction no longer names them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

import numpy as np

from pipeline.outcomes import Outcome
from pipeline.stages.declared import TREND_MIN_COUNT, TREND_PAST, TREND_WINDOW
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch
from pipeline.stages.term_log import GONE, HOUR, Changed, Mentions, TermLog
from pipeline.topics import MENTIONS, TRENDS, Record
from schemas.enriched import EnrichedArticle
from schemas.trend import Kind, Mention, Trend

MAX_ARTICLES = 2000
"""Articles of one hour that are counted for a term: more of them say no more, and all of their hashes are in memory."""
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


class _Term:
    """A term as a batch has it: what was known of it, and what the batch changes."""

    def __init__(self, mention: Mention, known: Mentions) -> None:
        self.known, self._articles = known, known["article"]
        self.changed = Changed(mention.term, mention.kind, "", int(known["change"].max()) if len(known) else 0)
        self._here: dict[int, int | None] = {}
        """Hours of the articles that this batch adds; None of those that it takes back."""
        self._full: dict[int, int] = {}

    def hour_of(self, article: int) -> int | None:
        """The hour that the article counts in; None where it doesn't count."""
        if article in self._here:
            return self._here[article]
        if not len(self._articles):
            return None
        places = np.flatnonzero(self._articles == article)
        return next((hour for hour in self.known["hour"][places].tolist() if not hour & GONE), None)

    def count(self, hour: int) -> int:
        """Articles of an hour, and those that this batch adds."""
        if hour not in self._full:
            self._full[hour] = int(np.count_nonzero(self.known["hour"] == hour))
        return self._full[hour]

    def add(self, article: int, hour: int, mention: Mention) -> None:
        if not self.changed.name:
            self.changed.name, self.changed.kind = mention.name or "-", mention.kind
        self._full[hour] = self.count(hour) + 1
        self._change(article, hour, hour)

    def take_back(self, article: int, hour: int) -> None:
        self._full[hour] = self.count(hour) - 1
        self._change(article, hour | GONE, None)

    def _change(self, article: int, noted: int, counts_in: int | None) -> None:
        self._here[article] = counts_in
        self.changed.articles.append((noted, article))
        self.changed.change += 1

    def windows(self) -> Iterator[tuple[int, int, float, bool]]:
        """Those that change: the last hour, the articles, how many are expected, and whether some may be gone. A change
        belongs to the window that ends with its hour and to those of the next hours that anything was in."""
        hours, here = self.known["hour"], self.changed.articles
        if not here or len(hours) + len(here) < TREND_MIN_COUNT:
            return  # most terms are named once
        changed = {hour & ~GONE for hour, _ in here}
        gone = {hour & ~GONE for hour, _ in here if hour & GONE}
        first, last = min(changed) - TREND_WINDOW - TREND_PAST + 1, max(changed) + TREND_WINDOW - 1
        added = [hour for hour in self._here.values() if hour is not None and first <= hour <= last]
        if gone:
            hours = np.where(np.isin(self.known["article"], list(self._here)), hours | GONE, hours)
        places = (hours & (GONE - 1)).astype("i8") - first
        near = (places >= 0) & (places <= last - first)
        counts = np.bincount(places[near & (hours < GONE)], minlength=last - first + 1)
        for hour in added:
            counts[hour - first] += 1
        known = set((places[near & (places >= TREND_PAST)] + first).tolist())
        for end in sorted({hour + n for hour in changed for n in range(TREND_WINDOW)}):
            if end in changed or end in known:
                window = end - first - TREND_WINDOW + 1
                expected = int(counts[window - TREND_PAST : window].sum()) * TREND_WINDOW / TREND_PAST
                shrunk = any(end - TREND_WINDOW < hour <= end for hour in gone)
                yield end, int(counts[window : window + TREND_WINDOW].sum()), expected, shrunk


class TrendBatch(Batch):
    """Mentions of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._log = TermLog.of(rows)
        self._terms: dict[str, _Term] = {}

    def read(self, values: Iterable[Mention]) -> Iterator[None]:
        return self._log.read({self._rows.partition(mention.term) for mention in values})

    def apply(self, mention: Mention, now: datetime) -> Outcome:
        if mention.term not in self._terms:
            self._terms[mention.term] = _Term(mention, self._log.mentions(mention.term))
        term, article = self._terms[mention.term], _hash(mention.article_id)
        known = term.hour_of(article)
        if mention.gone:
            if known is not None:
                term.take_back(article, known)
            return Outcome.APPLIED if known is not None else Outcome.DUPLICATE
        if known is not None:
            return Outcome.DUPLICATE
        hour = max(0, int(min(mention.at, now).timestamp()) // HOUR)
        if term.count(hour) >= MAX_ARTICLES:
            return Outcome.SUPPRESSED
        term.add(article, hour, mention)
        return Outcome.APPLIED

    def before(self, now: datetime) -> Iterator[Record]:
        for key, term in self._terms.items():
            for hour, count, expected, shrunk in term.windows():
                if count < TREND_MIN_COUNT and not shrunk:
                    continue
                name, kind = self._log.name(key, term.known) or (term.changed.name, term.changed.kind)
                trend = Trend(
                    term=key,
                    kind=kind,
                    name=name,
                    hour=datetime.fromtimestamp(hour * HOUR, UTC),
                    count=count,
                    expected=round(expected, 3),
                    score=round((count - expected) / math.sqrt(expected + 1), 3),
                    change=term.changed.change,
                )
                yield TRENDS.record(trend)

    def checkpoint(self) -> None:
        self._log.add(term.changed for term in self._terms.values() if term.changed.articles)


def _hash(article_id: UUID) -> int:
    return crc32(article_id.bytes)
