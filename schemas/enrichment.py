"""What enrich adds to an article or a comment. A field that its enricher couldn't make is absent and named in `missing`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Model, Word
from schemas.fields import Indexed

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class EntityKind(StrEnum):
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"


SURE = 0.8
"""From this confidence on a name is shown to readers and counted in facets."""


class Entity(Model):
    """Something named in the text, and how often (surname and full name counted together)."""

    name: Word
    kind: EntityKind
    count: Annotated[int, Field(ge=1)]
    mentions: Annotated[tuple[tuple[int, int, int], ...], Field(max_length=20)] = ()
    """Where: paragraph from 0, first character, and the one after the last; the first twenty."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2 code of a place."""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """Degrees, of a city."""
    role: Annotated[str, Field(max_length=200)] | None = None
    """What the text calls a person: `Armenian Prime Minister`."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    """How sure it is that the name is one of this kind. Below 0.8 it is shown nowhere and counted in no facet."""
    known_as: Annotated[str, Field(max_length=512)] | None = None
    """The one name under which it is counted, where the text has another: `United States` of `U.S.`"""

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE

    @property
    def facet(self) -> str:
        """The name that is shown and counted."""
        return self.known_as or self.name


class Quotation(Model):
    """Words between quotation marks, and who said them."""

    text: Annotated[str, Field(min_length=1, max_length=4096), Indexed("text")]
    speaker: Annotated[str, Field(max_length=200)] | None = None
    partial: bool = False
    """A few words inside somebody else's sentence, not a sentence of the speaker's."""


class Qualifier(StrEnum):
    AT_LEAST = "at least"
    MORE_THAN = "more than"
    ABOUT = "about"
    UP_TO = "up to"
    EXACTLY = "exactly"


class Figure(Model):
    """A number in the text, what it counts, and who claims it."""

    value: Annotated[float, Indexed("double")]
    qualifier: Qualifier = Qualifier.EXACTLY
    what: Annotated[str, Field(max_length=200), Indexed("text")]
    """What is counted, as the text has it: `individuals`, `civilians killed`."""
    claimed_by: Annotated[str, Field(max_length=200)] | None = None
    unverified: bool = False
    """The text itself says that nobody independent has confirmed it."""


class Sentiment(Model):
    """−1 (negative) … 1 (positive); only where the language is one that the scorer knows."""

    score: Annotated[float, Field(ge=-1, le=1)]
    label: Annotated[str, Field(pattern="^(negative|neutral|positive)$")]


class ArticleEnrichment(Model):
    language: Annotated[LanguageCode | None, Indexed()] = None
    keywords: Annotated[tuple[Word, ...], Field(max_length=50), Indexed()] = ()
    entities: Annotated[tuple[Entity, ...], Field(max_length=500), Indexed("stored")] = ()
    words: Annotated[int, Field(ge=0), Indexed("integer")] = 0
    readability: Annotated[Annotated[float, Field(ge=0)] | None, Indexed()] = None
    """LIX (Björnsson 1968): below 30 very easy, 40 to 50 a newspaper, above 60 very hard."""
    reading_seconds: Annotated[int, Field(ge=0), Indexed("integer")] = 0
    sentiment: Annotated[Sentiment | None, Indexed()] = None
    direction: Annotated[Annotated[str, Field(pattern="^(ltr|rtl)$")] | None, Indexed(limit=1024)] = None
    quotations: Annotated[tuple[Quotation, ...], Field(max_length=200), Indexed(limit=1024)] = ()
    figures: Annotated[tuple[Figure, ...], Field(max_length=200), Indexed(limit=1024)] = ()
    missing: Annotated[tuple[Word, ...], Field(max_length=50), Indexed()] = ()
    """Enrichers that failed on this record."""


class Moderation(Model):
    """What the machine thinks should become of a comment; a moderator's decision wins over it."""

    decision: Annotated[str, Field(pattern="^(approved|held|rejected)$")]
    phase: Word
    """Which phase decided: `length`, `links`, `words`, …; `passed` where none objected."""
    matched: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    """The words that decided."""
    toxicity: Annotated[float, Field(ge=0, le=1)] = 0.0


class CommentEnrichment(Model):
    language: Annotated[LanguageCode | None, Indexed()] = None
    sentiment: Annotated[Sentiment | None, Indexed()] = None
    moderation: Annotated[Moderation | None, Indexed(limit=1024)] = None
    missing: Annotated[tuple[Word, ...], Field(max_length=50), Indexed()] = ()
