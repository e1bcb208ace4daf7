"""Records of trends: mentions of terms in public articles, and how often against their usual frequency."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Model, Word
from schemas.fields import Internal

TermKey = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Kind = Literal["person", "place", "organisation", "topic"]


class Mention(Model):
    """Record of `mentions`: an article that names this term is seen by readers, or with `gone` no longer is."""

    term: TermKey
    """Hash of kind and name."""
    kind: Kind
    name: Word | None = None
    """Absent where it is gone: what is hidden names nothing."""
    article_id: UUID
    at: Instant
    """Its receipt, or the end of its embargo."""
    gone: bool = False


class Trend(Model):
    """Record of `trends`: how often a term was named in the six hours that end with this hour."""

    term: TermKey
    kind: Kind
    name: Word
    hour: Instant
    """Beginning of the hour."""
    count: Annotated[int, Field(ge=0)]
    """Articles. Fewer than are published where the others are hidden by now."""
    expected: Annotated[float, Field(ge=0)]
    """Articles in six hours, at the mean of the seven days before."""
    score: float
    """(count − expected) / √(expected + 1): above 2 it is more than chance."""
    change: Annotated[int, Field(ge=0), Internal()] = 0
    """Which change of the term this follows: the latest counts."""
