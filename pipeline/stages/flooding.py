"""Flooding: comments of one author, over all articles of a publisher, that come too fast or repeat a text. Pure.

After Coral's rate limit and repeat-post phases, but by the comments' own times, so that it doesn't matter in which
order they come, or whether they come years later from an export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from pydantic import Field

from pipeline.outcomes import Outcome
from pipeline.stages.enrich.lexicon import plain_words
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch, Stage
from pipeline.stages.state import State
from pipeline.topics import COMMENT_POSTS, COMMENT_VERDICTS, Record
from schemas.comment import Comment
from schemas.enriched import EnrichedComment
from schemas.events import EnrichedCommentEvent
from schemas.flooding import CommentPost, FloodVerdict

FAST = timedelta(minutes=5)
MAX_FAST = 5
"""Comments of one author in FAST; the next are held."""
REPEATED = timedelta(hours=24)
MAX_REPEATED = 2
"""Times that an author may post the same text in REPEATED; the next are held."""
MIN_LENGTH = 15
"""Characters from which on a text counts as repeated: everybody writes “Thank you”."""
RETENTION = timedelta(days=2)
MAX_POSTS = 500
"""Posts remembered of one author; the earliest are dropped."""


def posts(event: Any) -> list[Record]:
    """The record of an enriched comment for the flood detector; none for anything else, nor for a comment without an author."""
    if not isinstance(event, EnrichedCommentEvent) or not isinstance(event.data, EnrichedComment):
        return []
    comment = event.data.comment
    if not comment.author:
        return []
    key = hashlib.sha256(f"{comment.publisher}\n{comment.author.casefold()}".encode()).hexdigest()[:32]
    post = CommentPost(
        author=key,
        article_id=comment.article_id,
        comment_id=comment.comment_id,
        posted=comment.posted.utc if comment.posted else comment.revision.received,
        text=_text(comment),
    )
    return [COMMENT_POSTS.record(post)]


def _text(comment: Comment) -> int:
    words = " ".join(plain_words(comment.text))
    return crc32(words.encode()) if len(words) >= MIN_LENGTH else 0


class Post(State):
    article_id: UUID
    comment_id: UUID
    posted: datetime
    text: int
    held: str | None = None
    """The phase for which it is held; None while it isn't."""


class Author(State):
    """An author's latest posts, earliest first."""

    posts: list[Post] = Field(default_factory=list)


class FloodingBatch(Batch):
    """Posts of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._authors: dict[str, Author] = {}
        self._verdicts: list[Record] = []

    def apply(self, post: CommentPost, now: datetime) -> Outcome:
        author = self._author(post.author)
        posted = min(post.posted, now)  # no place before all others for one of the future
        arriving = Post(article_id=post.article_id, comment_id=post.comment_id, posted=posted, text=post.text)
        if any((known.comment_id, known.text) == (arriving.comment_id, arriving.text) for known in author.posts):
            return Outcome.DUPLICATE
        author.posts = sorted([*author.posts, arriving], key=_order)[-MAX_POSTS:]
        return Outcome.APPLIED

    def prepare(self, now: datetime) -> Iterator[None]:
        """An author after the other."""
        for author in self._authors.values():
            for post in hold(author.posts):
                assert post.held is not None
                verdict = FloodVerdict(article_id=post.article_id, comment_id=post.comment_id, phase=post.held)
                self._verdicts.append(COMMENT_VERDICTS.record(verdict))
            yield

    def before(self, now: datetime) -> list[Record]:
        for _ in self.prepare(now):
            pass
        return self._verdicts

    def checkpoint(self) -> None:
        for key, author in self._authors.items():
            self._rows.put(key, author.model_dump_json(exclude_none=True).encode(), author.posts[-1].posted)

    def _author(self, key: str) -> Author:
        if key not in self._authors:
            stored = self._rows.get(key)
            self._authors[key] = Author.model_validate_json(stored) if stored is not None else Author()
        return self._authors[key]


def hold(posts: list[Post]) -> list[Post]:
    """Those of an author's posts that are held from now on. The posts are in order of time."""
    found: list[Post] = []
    same: dict[int, list[Post]] = {}
    for n, post in enumerate(posts):
        repeated = same.setdefault(post.text, [])
        if post.held is None:
            if _others(post, (posts[at] for at in range(n - 1, -1, -1)), FAST, MAX_FAST):
                post.held = "flooding"
            elif post.text and _others(post, reversed(repeated), REPEATED, MAX_REPEATED):
                post.held = "repeat"
            if post.held is not None:
                found.append(post)
        repeated.append(post)
    return found


def _others(post: Post, before: Iterable[Post], within: timedelta, most: int) -> bool:
    """Whether there are as many other comments before it, the latest first."""
    others: set[UUID] = set()
    for one in before:
        if post.posted - one.posted >= within:
            break
        if one.comment_id != post.comment_id:
            others.add(one.comment_id)
        if len(others) >= most:
            return True
    return False


def _order(post: Post) -> tuple[datetime, str, int]:
    return (post.posted, str(post.comment_id), post.text)


FLOODING = Stage(
    "flooding",
    inputs={COMMENT_POSTS: ()},
    outputs=(COMMENT_VERDICTS,),
    reduce=lambda config: lambda tables: FloodingBatch(tables["flooding"]),
    tables={"flooding": RETENTION},
)
