"""Builds records for the `*.current` topics and assigns their versions. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import uuid5

from pipeline.stages.revise import articles, comments
from pipeline.stages.revise.state import ArticleState, CommentState, Emitted
from pipeline.topics import COMMENTS_CURRENT, Record
from pipeline.written_once import as_json
from schemas.article import Notice
from schemas.current import CurrentArticle, CurrentComment
from schemas.event import EventType
from schemas.events import (
    CurrentArticleEvent,
    CurrentCommentEvent,
    EnrichedArticleEvent,
    EnrichedCommentEvent,
)
from schemas.patch import Patched

_OF_SENDING = frozenset({"version", "moved"})
"""Fields of a current record that say nothing of the article: decided where it is sent."""


def article_event(state: ArticleState, last: EnrichedArticleEvent | None, now: datetime) -> CurrentArticleEvent:
    """The article's current record. `last` is its last event, for an article that has no text any more."""
    record = articles.current(state, now)
    state.emitted = _next(record, state.emitted)
    record = record.model_copy(update={"version": state.emitted.version, "moved": state.emitted.moved})
    source = (state.patched if state.current else None) or state.current or last
    return CurrentArticleEvent(
        id=str(uuid5(state.article_id, str(record.version))),
        source="/dateline/revise",
        type=source.type if source and state.current else _notice_type(record.notice),
        subject=str(state.article_id),
        **_when(source, now),
        data=record,
    )


def comment_record(state: CommentState, article_public: bool, now: datetime) -> Record | None:
    """The comment's current record; None where the comment itself hasn't arrived yet."""
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
    return COMMENTS_CURRENT.record(event)


def _when(source: EnrichedArticleEvent | EnrichedCommentEvent | Patched | None, now: datetime) -> dict[str, Any]:
    """When each step finished the event."""
    if source is None:
        return {"time": now, "revisedtime": now}
    names = ("time", "traceparent", "normalizedtime", "enrichedtime")
    return {name: getattr(source, name) for name in names} | {"revisedtime": now}


def _next(record: CurrentArticle | CurrentComment, last: Emitted | None) -> Emitted:
    """The version to send `record` under: its own if that is higher than the last one, else one step more; the last
    one again where nothing changed."""
    digest = hashlib.sha256(as_json(record, without=_OF_SENDING)).hexdigest()
    public, redirect = record.visibility.public, getattr(record, "merged_into", None) is not None
    if last is None:
        return Emitted(version=record.version, digest=digest, public=public, moved=False, redirect=redirect)
    if last.digest == digest:
        return last
    version = record.version if record.version > last.version else last.version + 1
    was_redirect = last.redirect if last.redirect is not None else not last.public
    moved = last.moved or last.public != public or (was_redirect and not redirect)
    return Emitted(version=version, digest=digest, public=public, moved=moved, redirect=redirect)


def _notice_type(notice: Notice | None) -> EventType:
    if notice is not None and notice.kind == "reinstatement":
        return EventType.ARTICLE_REINSTATED
    return EventType.ARTICLE_WITHDRAWN
