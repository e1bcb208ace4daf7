"""What revise remembers per article and per comment, and where: in Faust tables, or in memory for pure tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Protocol
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
from schemas.visibility_timer import VisibilityTimer


class Emitted(BaseModel):
    """The last record sent to a current topic."""

    model_config = ConfigDict(frozen=True)

    version: int
    digest: str
    public: bool
    moved: bool


class Answer(BaseModel):
    """Enrich's answer to `articles.merged`."""

    model_config = ConfigDict(frozen=True)

    merge: str
    """Which question it answers."""
    enrichment: ArticleEnrichment
    at: datetime | None = None


class ArticleState(State):
    """Everything that decides what stands for one article. A killed article keeps no text here."""

    article_id: UUID
    current: Annotated[EnrichedArticleEvent | None, Field(alias="standing")] = None
    """The highest whole revision."""
    patched: Patched | None = None
    """What partial updates above it say."""
    enriched: Answer | None = None
    """What enrich made of both, the last time that it answered."""
    notices: list[Notice] = Field(default_factory=list)
    """Kills and reinstatements, oldest first, each once."""
    history: list[str] = Field(default_factory=list)
    """Keys of the revisions that were sent to history; `article id/key` of one that came under another id."""
    emitted: Emitted | None = None
    claims: list[str] = Field(default_factory=list)
    """Keys of the names that were announced to identify."""
    root: Root | None = None
    """The earliest article that it is known to be: itself, or the one that stands for it."""
    membership: Membership | None = None
    """Its place in a story, as far as the cluster stages have told."""
    shown: bool = False
    """Readers could see it once: what it names has been counted."""
    comments_pending: bool = False
    """Visibility changed, and it isn't certain yet that every comment was sent again."""

    @property
    def merged_into(self) -> UUID | None:
        """The id that stands for this article, where it is another one."""
        return self.root.article_id if self.root is not None and self.root.article_id != self.article_id else None


class CommentState(State):
    article_id: UUID
    comment_id: UUID
    current: Annotated[EnrichedCommentEvent | None, Field(alias="standing")] = None
    removal: CommentNotice | None = None
    moderation: CommentNotice | None = None
    verdict: FloodVerdict | None = None
    emitted: Emitted | None = None


class States(Protocol):
    """Where states are kept. `get` never returns what was put later in the same batch: the batch keeps those itself."""

    def article(self, article_id: UUID) -> ArticleState | None: ...

    def comment(self, article_id: UUID, comment_id: UUID) -> CommentState | None: ...

    def thread(self, article_id: UUID) -> list[UUID]:
        """Ids of all comments of an article, in order of arrival."""

    def put_article(self, state: ArticleState) -> None: ...

    def put_comment(self, state: CommentState) -> None: ...

    def extend_thread(self, article_id: UUID, comment_ids: list[UUID]) -> None: ...

    def put_due(self, article_id: UUID, due: datetime | None) -> None:
        """Remember when the article's visibility changes by itself; None forgets it."""


class MemoryStates:
    """States in plain dictionaries, stored as JSON like the tables do, so that nothing is shared by accident."""

    def __init__(self) -> None:
        self._articles: dict[UUID, str] = {}
        self._comments: dict[tuple[UUID, UUID], str] = {}
        self._threads: dict[UUID, list[UUID]] = {}
        self._due: dict[UUID, datetime] = {}

    def article(self, article_id: UUID) -> ArticleState | None:
        stored = self._articles.get(article_id)
        return ArticleState.model_validate_json(stored) if stored else None

    def comment(self, article_id: UUID, comment_id: UUID) -> CommentState | None:
        stored = self._comments.get((article_id, comment_id))
        return CommentState.model_validate_json(stored) if stored else None

    def thread(self, article_id: UUID) -> list[UUID]:
        return list(self._threads.get(article_id, []))

    def put_article(self, state: ArticleState) -> None:
        self._articles[state.article_id] = state.model_dump_json(exclude_none=True)

    def put_comment(self, state: CommentState) -> None:
        self._comments[(state.article_id, state.comment_id)] = state.model_dump_json(exclude_none=True)

    def extend_thread(self, article_id: UUID, comment_ids: list[UUID]) -> None:
        self._threads.setdefault(article_id, []).extend(comment_ids)

    def put_due(self, article_id: UUID, due: datetime | None) -> None:
        if due is None:
            self._due.pop(article_id, None)
        else:
            self._due[article_id] = due.astimezone(UTC)

    def due(self, now: datetime) -> Iterator[VisibilityTimer]:
        for article_id, at in list(self._due.items()):
            if at <= now:
                yield VisibilityTimer(article_id=article_id, due=at)
