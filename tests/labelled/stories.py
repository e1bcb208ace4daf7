"""Tellings of invented events, written for the tests; those with the same `event` belong to one story."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pipeline.identity import article_id, event_id
from pipeline.stages.enrich import enrich_article
from pipeline.stages.normalize import normalize_article
from schemas.article import ReceivedArticle
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, RawArticleEvent
from schemas.identity import Claim, ClaimScheme

_FILE = Path(__file__).with_suffix(".json")


class Telling(NamedTuple):
    event: str
    at: datetime
    publisher: str
    headline: str
    paragraphs: tuple[str, ...]

    @property
    def claim(self) -> Claim:
        return Claim(scheme=ClaimScheme.GUID, value=f"{self.event}/{self.headline}")

    @property
    def article_id(self) -> UUID:
        return article_id(self.publisher, [self.claim])


def tellings() -> list[Telling]:
    return [
        Telling(row["event"], datetime.fromisoformat(row["at"]), row["publisher"], row["headline"], tuple(row["paragraphs"]))
        for row in json.loads(_FILE.read_text())["tellings"]
    ]  # fmt: skip


def raw(telling: Telling) -> RawArticleEvent:
    """The telling as its publisher sends it, received when it was published."""
    identity = telling.article_id
    data = ReceivedArticle(
        article_id=identity,
        provider=telling.publisher,
        publisher=telling.publisher,
        claims=(telling.claim,),
        headline=telling.headline,
        paragraphs=telling.paragraphs,
        published=telling.at.isoformat(),
    )
    return RawArticleEvent(
        id=event_id(identity, "article", telling.headline, telling.at.isoformat()),
        source="/labelled",
        type=EventType.ARTICLE_PUBLISHED,
        subject=str(identity),
        time=telling.at,
        data=data,
    )


def told(telling: Telling) -> EnrichedArticleEvent:
    """The telling as enrich lets it go."""
    return enrich_article(normalize_article(raw(telling)))
