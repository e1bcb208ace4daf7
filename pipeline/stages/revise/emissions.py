"""What stands, as records of the current topics: which version, and of which event it tells. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pipeline.stages.revise import articles, comments
from pipeline.stages.revise.state import ArticleState, CommentState, Emitted
from pipeline.topology import ARTICLES_CURRENT, COMMENTS_CURRENT, Topic
from schemas.article import Notice
from schemas.current import CurrentArticle, CurrentComment
from schemas.event import EventType
from schemas.events import (
    CurrentArticleEvent,
    CurrentCommentEvent,
    EnrichedArticleEvent,
    EnrichedCommentEvent,
    SupersededArticleEvent,
)
from schemas.patch import Patched


@dataclass(frozen=True)
class Emission:
    """A record to send: its topic, key, and the article whose partition it belongs to."""

    topic: Topic
    key: str
    article_id: UUID
    event: CurrentArticleEvent | CurrentCommentEvent | SupersededArticleEvent


def emit_article(state: ArticleState, last: EnrichedArticleEvent | None, now: datetime) -> Emission:
    """The article's record. `last` is what came last of it, for one that has no text any more."""
    record = articles.current(state, now)
    state.emitted = _next(record, state.emitted)
    record = record.model_copy(update={"version": state.emitted.version, "moved": state.emitted.moved})
    source = (state.patched if state.current else None) or state.current or last
    event = CurrentArticleEvent(
        id=str(uuid5(state.article_id, str(record.version))),
        source="/dateline/revise",
        type=source.type if source and state.current else _notice_type(record.notice),
        subject=str(state.article_id),
        **_when(source, now),
        data=record,
    )
    return Emission(ARTICLES_CURRENT, str(state.article_id), state.article_id, event)


def emit_comment(state: CommentState, article_public: bool, now: datetime) -> Emission | None:
    """The comment's record; None where there is nothing to say of it yet."""
    record = comments.current(state, article_public)
    if record is None:
        return None
    state.emitted = _next(record, state.emitted)
    record = record.model_copy(update={"version": state.emitted.version, "moved": state.emitted.moved})
    source = state.current
    event = CurrentCommentEvent(
        id=str(uuid5(state.comment_id, str(record.version))),
        source="/dateline/revise",
        type=source.type if source else EventType.COMMENT_REMOVED,
        subject=str(state.article_id),
        **_when(source, now),
        data=record,
    )
    return Emission(COMMENTS_CURRENT, f"{state.article_id}/{state.comment_id}", state.article_id, event)


def _when(source: EnrichedArticleEvent | EnrichedCommentEvent | Patched | None, now: datetime) -> dict[str, Any]:
    """When each stage let go what the record tells of."""
    if source is None:
        return {"time": now, "revisedtime": now}
    names = ("time", "traceparent", "normalizedtime", "enrichedtime")
    return {name: getattr(source, name) for name in names} | {"revisedtime": now}


def _next(record: CurrentArticle | CurrentComment, last: Emitted | None) -> Emitted:
    """The version to send `record` under: its own if that is higher than the last one, else one step more; the last
    one again where nothing changed."""
    body = record.model_dump_json(exclude={"version", "moved"}, exclude_none=True)
    digest = hashlib.sha256(body.encode()).hexdigest()
    public = record.visibility.public
    if last is None:
        return Emitted(version=record.version, digest=digest, public=public, moved=False)
    if last.digest == digest:
        return last
    version = record.version if record.version > last.version else last.version + 1
    return Emitted(version=version, digest=digest, public=public, moved=last.moved or last.public != public)


def _notice_type(notice: Notice | None) -> EventType:
    if notice is not None and notice.kind == "reinstatement":
        return EventType.ARTICLE_REINSTATED
    return EventType.ARTICLE_WITHDRAWN
