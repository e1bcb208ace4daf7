"""What revise remembers of each article and each comment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from pipeline.stages.state import State
from schemas.article import Notice
from schemas.comment import CommentNotice
from schemas.enrichment import ArticleEnrichment
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.flooding import FloodVerdict
from schemas.patch import Patched
from schemas.story import Membership, Root


class Emitted(BaseModel):
    """The last record sent to a current topic."""

    model_config = ConfigDict(frozen=True)

    version: int
    digest: str
    public: bool
    moved: bool
    """Whether it may be in another index than the last record puts it."""
    redirect: bool | None = None
    """Whether it pointed to the canonical id; None in rows of earlier versions."""


class MergedEnrichment(BaseModel):
    """What enrich made of the current revision with its partial updates."""

    model_config = ConfigDict(frozen=True)

    enrichment: ArticleEnrichment
    at: datetime | None = None
    merge: str = ""
    """Empty; workers of the version before ask for it."""


class ArticleState(State):
    """Everything that decides the current record of one article. A killed article has no text here."""

    article_id: UUID
    current: Annotated[EnrichedArticleEvent | None, Field(alias="standing")] = None
    """The highest whole revision."""
    patched: Patched | None = None
    """Partial updates above it, in one."""
    enriched: MergedEnrichment | None = None
    """What enrich made of both; None where it has to be asked (again)."""
    notices: list[Notice] = Field(default_factory=list)
    """Kills and reinstatements, oldest first, each once."""
    history: list[str] = Field(default_factory=list)
    """Keys of the revisions in history; `article id/key` of one that arrived under another id."""
    stubs: dict[str, None] = Field(default_factory=dict, exclude=True)
    """Those of them that lose their text in this batch. Not stored: they go out before the state is saved."""
    emitted: Emitted | None = None
    claims: list[str] = Field(default_factory=list)
    """Keys of the claims that were registered with identify."""
    root: Root | None = None
    """The earliest article that it is known to be: itself, or its canonical one."""
    claimed: Root | None = None
    """Itself, where it turned out to be the earliest while it redirects: the article is about to be handed over to it."""
    membership: Membership | None = None
    """Its place in a story, as far as it is known."""
    mentioned: list[str] = Field(default_factory=list)
    """Keys of the terms that are counted for it, while readers can see it."""
    mentions_pending: bool = False
    """It isn't certain that all of these mentions were delivered: they are sent once more with its next record."""
    comments_pending: bool = False
    """Visibility changed, or the article was merged, and it isn't certain yet that every comment was sent again."""
    comments_done: int = 0
    """Rows of its thread whose comments were sent since then."""

    @property
    def canonical_id(self) -> UUID | None:
        """The canonical id of this article, where that is another one."""
        return self.redirects_to.article_id if self.redirects_to is not None else None

    @property
    def is_next(self) -> bool:
        """Whether the canonical article is about to be handed over to it."""
        return self.claimed is not None and self.root is not None and self.claimed.order() < self.root.order()

    @property
    def redirects_to(self) -> Root | None:
        """The canonical article, where that is another one."""
        return self.root if self.root is not None and self.root.article_id != self.article_id else None


class CommentState(State):
    article_id: UUID
    comment_id: UUID
    current: Annotated[EnrichedCommentEvent | None, Field(alias="standing")] = None
    removal: CommentNotice | None = None
    moderation: CommentNotice | None = None
    verdict: FloodVerdict | None = None
    emitted: Emitted | None = None
