"""What enrich adds to an article or a comment. A field that its enricher couldn't make is absent and named in `missing`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Model, Word


class EntityKind(StrEnum):
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"


class Entity(Model):
    """Something named in the text, and how often (surname and full name counted together)."""

    name: Word
    kind: EntityKind
    count: Annotated[int, Field(ge=1)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2 code of a place."""


class Sentiment(Model):
    """−1 (negative) … 1 (positive); only where the language is one that the scorer knows."""

    score: Annotated[float, Field(ge=-1, le=1)]
    label: Annotated[str, Field(pattern="^(negative|neutral|positive)$")]


class ArticleEnrichment(Model):
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    keywords: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
    entities: Annotated[tuple[Entity, ...], Field(max_length=500)] = ()
    words: Annotated[int, Field(ge=0)] = 0
    reading_seconds: Annotated[int, Field(ge=0)] = 0
    sentiment: Sentiment | None = None
    missing: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
    """Enrichers that failed on this record."""


class CommentEnrichment(Model):
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    sentiment: Sentiment | None = None
    missing: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
