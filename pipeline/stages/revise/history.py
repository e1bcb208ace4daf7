"""Superseded revisions of an article: their keys, their records, and the stubs that a kill leaves of them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pipeline.stages.revise.state import ArticleState
from pipeline.stages.revise.version import pack
from schemas.current import SupersededArticle
from schemas.enriched import EnrichedArticle
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, SupersededArticleEvent
from schemas.identity import Revision
from schemas.patch import ArticlePatch

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def into_history(state: ArticleState, losers: list[EnrichedArticleEvent]) -> list[SupersededArticleEvent]:
    """Records of superseded revisions for history. The base of a partial update is recorded too."""
    if state.patched is not None and state.current is not None:
        losers = [*losers, state.current]
    for loser in losers:
        remember(state, history_entry(state, loser))
    return [superseded(loser, history_key(loser)) for loser in losers]


def remember(state: ArticleState, entry: str) -> None:
    """Each entry once."""
    if entry not in state.history:
        state.history.append(entry)


def history_key(event: EnrichedArticleEvent) -> str:
    """Names a revision within its article: publisher's time and version, and which event."""
    revision = revision_of(event)
    return f"{int(revision.modified.timestamp() * 1000)}.{revision.version}.{revision.event_id[:8]}"


def history_entry(state: ArticleState, event: EnrichedArticleEvent) -> str:
    """A revision's entry in the list of history in `state`: with the id under which it arrived, where that is another one."""
    key = history_key(event)
    return key if event.subject == str(state.article_id) else f"{event.subject}/{key}"


def superseded(event: EnrichedArticleEvent, key: str) -> SupersededArticleEvent:
    patch = event.data if isinstance(event.data, ArticlePatch) else None
    revision = revision_of(event)
    enriched = None if patch else enriched_of(event)
    data = SupersededArticle(
        article_id=UUID(event.subject),
        revision_key=key,
        version=pack(0, revision.modified, revision.version, 0),
        article=enriched.article if enriched else None,
        enrichment=enriched.enrichment if enriched else None,
        patch=patch,
    )
    return SupersededArticleEvent(**_envelope(event), data=data)


def stub(state: ArticleState, entry: str) -> SupersededArticleEvent:
    """A revision without its text. It has the highest version, so that nothing brings the text back."""
    arrived_under, _, key = entry.rpartition("/")
    article_id = UUID(arrived_under) if arrived_under else state.article_id
    modified_ms, version, _ = key.split(".", 2)
    modified = datetime.fromtimestamp(int(modified_ms) / 1000, UTC)
    data = SupersededArticle(article_id=article_id, revision_key=key, version=pack(7, modified, int(version), 0))
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
