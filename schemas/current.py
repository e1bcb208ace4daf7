"""Current articles and comments, and superseded revisions: the only input of the index."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.article import Article, Notice
from schemas.base import Instant, Model
from schemas.comment import Comment, CommentNotice
from schemas.enrichment import ArticleEnrichment, CommentEnrichment
from schemas.patch import ArticlePatch
from schemas.story import Story

Version = Annotated[int, Field(ge=0, lt=1 << 63)]
"""The document's version in Elasticsearch (`version_type=external`); how it is packed: pipeline/stages/revise/version.py"""


class Status(StrEnum):
    """Whether readers may see something, and if not, why."""

    PUBLIC = "public"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    WITHHELD = "withheld"  # withheld by its provider, without an end
    KILLED = "killed"
    REINSTATED = "reinstated"  # no longer killed; its text has to be sent again
    MERGED = "merged"  # another id of the article is canonical
    REMOVED = "removed"  # a comment taken back
    HELD = "held"  # a comment that a moderator looks at
    REJECTED = "rejected"
    ARTICLE_HIDDEN = "article-hidden"  # a comment whose article is hidden or not known


class Visibility(Model):
    status: Annotated[Status, Field(alias="standing")]
    until: Instant | None = None
    """When this changes by itself: the end of an embargo, or the moment that rights expire."""

    @property
    def public(self) -> bool:
        return self.status is Status.PUBLIC


class _Current(Model):
    version: Version
    visibility: Visibility
    moved: bool = False
    """Its visibility changed at least once, so the other index (public or hidden) may still hold it."""


class CurrentArticle(_Current):
    """Data of `articles.current`. A killed article has no text: only `notice`."""

    article_id: UUID
    article: Article | None = None
    enrichment: ArticleEnrichment | None = None
    notice: Notice | None = None
    story: Story | None = None
    merged_into: UUID | None = None
    """The canonical id of this article; the record has nothing else then."""


class CurrentComment(_Current):
    """Data of `comments.current`. A removed comment has no text, and `comment` is absent."""

    article_id: UUID
    comment_id: UUID
    comment: Comment | None = None
    enrichment: CommentEnrichment | None = None
    notice: CommentNotice | None = None


class SupersededArticle(Model):
    """Data of `articles.history`: a superseded revision, or a partial update. After a kill its text is gone."""

    article_id: UUID
    revision_key: Annotated[str, Field(min_length=1, max_length=200)]
    version: Version
    article: Article | None = None
    enrichment: ArticleEnrichment | None = None
    patch: ArticlePatch | None = None
    """In the place of `article`, a partial update: what it makes of the revisions before it is found by merging them."""
