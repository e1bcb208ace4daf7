"""Records of the flood detector: one per comment posted, one per comment to hold."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Model, Word

AuthorKey = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class CommentPost(Model):
    """Record of `comment-posts`: that somebody posted. Neither the name nor the text is in it."""

    author: AuthorKey
    """Hash of the publisher and the author's name."""
    article_id: UUID
    comment_id: UUID
    posted: Instant
    text: Annotated[int, Field(ge=0, lt=1 << 32)]
    """Hash of the comment's plain words; 0 where it is too short for two to be the same on purpose."""


class FloodVerdict(Model):
    """Record of `comment-verdicts`: hold this comment."""

    article_id: UUID
    comment_id: UUID
    phase: Word
    """`flooding`: one of too many in a short time; `repeat`: the same words again and again."""
