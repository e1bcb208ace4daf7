"""A reader's comment: as received, and as normalized. It never carries an e-mail or IP address."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Model, Word
from schemas.identity import Moment, Original, OriginalRef, Revision


class _CommentText(Model):
    article_id: UUID
    comment_id: UUID
    provider: Word
    publisher: Word
    author: Line | None = None
    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    parent_id: UUID | None = None
    url: Annotated[str, Field(max_length=2048)] | None = None


class ReceivedComment(_CommentText):
    """What a producer read: the time as it was written. Data of `comments.raw`."""

    kind: Literal["comment"] = "comment"
    posted: Line | None = None
    edited: Line | None = None
    timezone: Word = "UTC"
    original: Original | None = None


class Comment(_CommentText):
    """A clean comment. Data of `comments.normalized`."""

    kind: Literal["comment"] = "comment"
    revision: Revision
    posted: Moment | None = None
    edited: Moment | None = None
    original: OriginalRef | None = None


class CommentNotice(Model):
    """A removal, or a moderator's decision. Data of `comment.removed` and `comment.moderated` on every topic."""

    kind: Literal["comment-removal", "comment-moderation"]
    article_id: UUID
    comment_id: UUID
    provider: Word
    publisher: Word
    decision: Literal["approved", "held", "rejected"] | None = None
    at: Instant | None = None
    by: Line | None = None
    reason: Annotated[str, Field(max_length=10_000)] | None = None
