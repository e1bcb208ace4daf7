"""Two ids of one article: the claims they share, the canonical id, and the state that is transferred to it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Model
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.flooding import FloodVerdict
from schemas.patch import Patched
from schemas.story import Root

ClaimKey = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ClaimSeen(Model):
    """Record of `claims`: an article's claim, with the canonical article known so far."""

    claim: ClaimKey
    """Hash of publisher, scheme and value."""
    article_id: UUID
    root: Root


class Identity(Model):
    """Record of `identities`: another id shares a claim of this article; `root` is the earliest of them."""

    article_id: UUID
    root: Root


class Transfer(Model):
    """Record of `transfers`: a part of the state of an article that another id is canonical for. Exactly one of the five is set."""

    article_id: UUID
    article: EnrichedArticleEvent | None = None
    """Its `subject` is still the id under which it arrived."""
    comment: EnrichedCommentEvent | None = None
    verdict: FloodVerdict | None = None
    patched: Patched | None = None
    """Partial updates that arrived under its id."""
    history: Annotated[tuple[str, ...], Field(max_length=10_000)] = ()
    """`article id/revision` of superseded revisions: a kill has to reach them too."""
    after: Annotated[int, Field(ge=0)] = 0
    """The comment's document already has this version, in either index."""
