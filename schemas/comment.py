"""A reader's comment: as received, and as normalized. It never carries an e-mail or IP address."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Model, Word, Zone
from schemas.fields import Indexed, Internal
from schemas.identity import Claim, Moment, Original, OriginalRef, Revision

Claims = Annotated[tuple[Claim, ...], Field(max_length=50)]
"""Names of the article: with the publisher they make the article id, and so show whose it is."""
CommentName = Annotated[str, Field(min_length=1, max_length=20_000)]
"""What makes the comment id, with the article id: see `pipeline.identity.comment_name`."""


class _CommentText(Model):
    article_id: Annotated[UUID, Internal()]
    comment_id: Annotated[UUID, Internal()]
    provider: Annotated[Word, Indexed()]
    publisher: Annotated[Word, Indexed()]
    author: Annotated[Line | None, Indexed(words=True)] = None
    text: Annotated[str, Field(min_length=1, max_length=200_000), Indexed("text")]
    parent_id: Annotated[UUID | None, Indexed()] = None
    url: Annotated[Annotated[str, Field(max_length=2048)] | None, Indexed()] = None


class ReceivedComment(_CommentText):
    """What a producer read: the time as it was written. Data of `comments.raw`."""

    kind: Literal["comment"] = "comment"
    claims: Claims = ()
    name: CommentName | None = None
    parent_name: CommentName | None = None
    """That of the comment it answers."""
    posted: Line | None = None
    edited: Line | None = None
    timezone: Zone = "UTC"
    day_first: bool | None = None
    """How dates like `05/04` are read, as the article's times and the other comments' show it."""
    original: Original | None = None


class Comment(_CommentText):
    """A clean comment. Data of `comments.normalized`."""

    kind: Annotated[Literal["comment"], Internal()] = "comment"
    revision: Annotated[Revision, Indexed()]
    posted: Annotated[Moment | None, Indexed()] = None
    edited: Annotated[Moment | None, Indexed()] = None
    original: Annotated[OriginalRef | None, Indexed()] = None


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
    claims: Claims = ()
    """Only on `comments.raw`, as the comment's name."""
    name: CommentName | None = None
