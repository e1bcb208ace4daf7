"""Superseded revisions of an article: their keys, their records, and the stubs that a kill leaves of them. Pure.

A revision's key is `modified ms.version.hash of the event id`; its entry in the list of a state has `article id/` in
front where it arrived under another id. Nothing in it was chosen by a sender.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pipeline.errors import Reject
from pipeline.stages.revise.state import ArticleState
from pipeline.stages.revise.version import pack
from schemas.current import SupersededArticle
from schemas.enriched import EnrichedArticle
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, SupersededArticleEvent
from schemas.identity import Revision
from schemas.patch import ArticlePatch

MAX_REVISIONS = 5000
"""Revisions and partial updates of one article that can be superseded: all of them are in its state, so that a kill
reaches each."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENTRY = re.compile(
    r"(?:(?P<arrived>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/)?(?P<key>(?P<ms>-?\d+)\.(?P<version>\d+)\..*)",
    re.DOTALL,
)
"""The last part may be anything: in the version before it was the beginning of the event id."""


def into_history(state: ArticleState, losers: list[EnrichedArticleEvent]) -> list[SupersededArticleEvent]:
    """Records of superseded revisions for history. The base of a partial update is recorded too."""
    if state.patched is not None and state.current is not None:
        losers = [*losers, state.current]
    remember(state, *(history_entry(state, loser) for loser in losers))
    return [superseded(loser, history_key(loser)) for loser in losers]


def remember(state: ArticleState, *entries: str) -> None:
    """Each entry once."""
    known = set(state.history) if len(entries) > 1 else state.history
    state.history.extend(entry for entry in dict.fromkeys(entries) if entry not in known)


def stubs(state: ArticleState) -> Iterator[SupersededArticleEvent]:
    """Stubs of all that loses its text in this batch, each once. Of ids that were merged, more than MAX_REVISIONS together,
    the oldest revisions lose it too, and are forgotten."""
    if len(state.history) > MAX_REVISIONS:
        oldest = dict.fromkeys(sorted(state.history, key=_age)[:-MAX_REVISIONS])
        state.history = [entry for entry in state.history if entry not in oldest]
        state.stubs.update(oldest)
    while state.stubs:
        yield stub(state, state.stubs.popitem()[0])


def _age(entry: str) -> tuple[int, int, str]:
    found = _ENTRY.fullmatch(entry)
    assert found is not None, entry
    return int(found["ms"]), int(found["version"]), entry


def modified_times(state: ArticleState) -> Iterator[datetime]:
    """When the revisions and partial updates in history were modified."""
    for entry in state.history:
        if found := _ENTRY.fullmatch(entry):
            yield _EPOCH + timedelta(milliseconds=int(found["ms"]))


def check_revisions(state: ArticleState, event: EnrichedArticleEvent) -> None:
    """Raises Reject for a revision or partial update that the article's state has no more room for. One that another id
    had already is never refused."""
    if arrived_under(event) != state.article_id:
        return
    current = state.current is not None and revision_of(state.current).event_id == revision_of(event).event_id
    if len(state.history) >= MAX_REVISIONS and not current and history_entry(state, event) not in state.history:
        raise Reject("too-many-revisions", f"this article has {MAX_REVISIONS} revisions and partial updates already")


def history_key(event: EnrichedArticleEvent) -> str:
    """Names a revision within its article: publisher's time and version, and which event."""
    revision = revision_of(event)
    digest = hashlib.sha256(revision.event_id.encode()).hexdigest()[:32]
    return f"{int(revision.modified.timestamp() * 1000)}.{revision.version}.{digest}"


def history_entry(state: ArticleState, event: EnrichedArticleEvent) -> str:
    """A revision's entry in the list of history in `state`: with the id under which it arrived, where that is another one."""
    key = history_key(event)
    arrived = arrived_under(event)
    return key if arrived == state.article_id else f"{arrived}/{key}"


def with_article(entry: str, article_id: UUID) -> str:
    """An entry of this article's, for another one's list."""
    found = _ENTRY.fullmatch(entry)
    return entry if found and found["arrived"] else f"{article_id}/{entry}"


def arrived_under(event: EnrichedArticleEvent) -> UUID:
    """The id under which a revision arrived: normalize has made it the event's subject."""
    try:
        return UUID(event.subject)
    except ValueError:  # a row of the version before, where a subject was as sent
        return (
            enriched_of(event).article.article_id if isinstance(event.data, EnrichedArticle) else event.data.article_id
        )


def superseded(event: EnrichedArticleEvent, key: str) -> SupersededArticleEvent:
    patch = event.data if isinstance(event.data, ArticlePatch) else None
    revision = revision_of(event)
    enriched = None if patch else enriched_of(event)
    data = SupersededArticle(
        article_id=arrived_under(event),
        revision_key=key,
        version=pack(0, revision.modified, revision.version, 0),
        article=enriched.article if enriched else None,
        enrichment=enriched.enrichment if enriched else None,
        patch=patch,
    )
    return SupersededArticleEvent(**_envelope(event), data=data)


def stub(state: ArticleState, entry: str) -> SupersededArticleEvent:
    """A revision without its text. It has the highest version, so that nothing brings the text back."""
    found = _ENTRY.fullmatch(entry)
    assert found is not None, entry
    article_id = UUID(found["arrived"]) if found["arrived"] else state.article_id
    key = found["key"]
    modified = _EPOCH + timedelta(milliseconds=int(found["ms"]))
    data = SupersededArticle(
        article_id=article_id, revision_key=key, version=pack(7, modified, int(found["version"]), 0)
    )
    # no field of the event that caused it: the stub is the same in every order
    return SupersededArticleEvent(
        id=key,
        source="/dateline/revise",
        type=EventType.ARTICLE_WITHDRAWN,
        subject=str(article_id),
        time=_EPOCH,
        data=data,
    )


def _envelope(event: EnrichedArticleEvent) -> dict[str, object]:
    return event.model_dump(exclude={"data"}, exclude_none=True)


def enriched_of(event: EnrichedArticleEvent) -> EnrichedArticle:
    """A whole revision's data. Raises TypeError for anything else."""
    if not isinstance(event.data, EnrichedArticle):
        raise TypeError("only a revision can be current or superseded; notices are stored separately")
    return event.data


def revision_of(event: EnrichedArticleEvent) -> Revision:
    """Its place among the revisions. Raises TypeError for a notice."""
    return event.data.revision if isinstance(event.data, ArticlePatch) else enriched_of(event).article.revision
