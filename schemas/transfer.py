"""Two ids of one article: claims, the canonical id, and what is transferred to it."""

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
    """Record of `identities`: another id shares one of this article's claims; `root` is the canonical one."""

    article_id: UUID
    root: Root


class Transfer(Model):
    """Record of `transfers`: a part of an article's state, for its canonical id. Just one of the five, or the last."""

    article_id: UUID
    root: Root | None = None
    """The canonical article, as its sender knows it."""
    last: bool = False
    """Every part before it was delivered: from here on this id is the canonical one."""
    article: EnrichedArticleEvent | None = None
    """Its `subject` is still the id under which it arrived."""
    comment: EnrichedCommentEvent | None = None
    verdict: FloodVerdict | None = None
    patched: Patched | None = None
    """Partial updates that arrived under its id."""
    history: Annotated[tuple[str, ...], Field(max_length=10_000)] = ()
    """`article id/revision` of superseded revisions: a kill has to reach them too."""
    after: Annotated[int, Field(ge=0)] = 0
    """The comment's document has this version already, in either index."""
