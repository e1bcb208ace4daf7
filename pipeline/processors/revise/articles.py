"""What stands for one article: pure decisions over its state."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pipeline.outcomes import Outcome
from pipeline.processors.cluster.join import story_id
from pipeline.processors.revise.state import ArticleState
from pipeline.processors.revise.version import pack
from pipeline.processors.trend import mentions
from pipeline.records import Sent
from schemas.article import Notice
from schemas.current import CurrentArticle, Standing, SupersededArticle, Visibility
from schemas.enriched import EnrichedArticle
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, SupersededArticleEvent
from schemas.identity import Revision
from schemas.story import RANK, Membership, Relation, Root, Story

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def turn(state: ArticleState) -> int:
    """How often the article changed between living and killed: odd means that it is killed now.

    A function of the set of notices, so that their order of arrival doesn't matter. At one moment, a kill wins.
    """
    changes, killed = 0, False
    for notice in state.notices:
        if (notice.kind == "withdrawal") != killed:
            killed = not killed
            changes += 1
    return changes


def killed(state: ArticleState) -> bool:
    return turn(state) % 2 == 1


def apply_notice(
    state: ArticleState, event: EnrichedArticleEvent, notice: Notice
) -> tuple[Outcome, list[SupersededArticleEvent]]:
    """Take a kill or a reinstatement. A kill drops every text kept here and empties the article's history."""
    dated = notice.model_copy(update={"at": notice.at or event.time})
    if dated in state.notices:
        return Outcome.REPEATED, ([_stub(state, key) for key in state.history] if killed(state) else [])
    state.notices = sorted([*state.notices, dated], key=_notice_order)
    if not killed(state):
        return Outcome.STANDING, []
    if state.standing is not None:
        _remember(state, history_entry(state, state.standing))
        state.standing = None
    return Outcome.STANDING, [_stub(state, key) for key in state.history]


def apply_history(state: ArticleState, entries: tuple[str, ...]) -> list[SupersededArticleEvent]:
    """Take over superseded revisions of an id that gave way; of a killed article they lose their text."""
    for entry in entries:
        _remember(state, entry)
    return [_stub(state, entry) for entry in entries] if killed(state) else []


def _remember(state: ArticleState, entry: str) -> None:
    if entry not in state.history:
        state.history.append(entry)


def apply_article(state: ArticleState, event: EnrichedArticleEvent) -> tuple[Outcome, list[SupersededArticleEvent]]:
    """Take a revision: it stands if it is the highest, else goes to history. Equal in every order of arrival."""
    if killed(state):
        entry = history_entry(state, event)
        _remember(state, entry)
        return Outcome.SUPPRESSED, [_stub(state, entry)]
    if state.standing is None:
        state.standing = event
        return Outcome.STANDING, []
    standing = _revision(state.standing)
    arriving = _revision(event)
    if arriving.event_id == standing.event_id:
        # the same event again: perhaps received later, or derived anew by mended code
        if arriving.order() >= standing.order():
            state.standing = event
        return Outcome.REPEATED, []
    if arriving.order() > standing.order():
        loser, state.standing, outcome = state.standing, event, Outcome.STANDING
    else:
        loser, outcome = event, Outcome.SUPERSEDED
    _remember(state, history_entry(state, loser))
    return outcome, [_superseded(loser, history_key(loser))]


def apply_membership(state: ArticleState, arriving: Membership) -> Outcome:
    """Take a place in a story: the earliest root, and of what knows the earliest telling the highest relation."""
    known = state.membership
    if known is None:
        state.membership = arriving
        return Outcome.STANDING
    root = min(known.root, arriving.root, key=Root.order)
    telling = min(known, arriving, key=lambda one: (one.told, -RANK[one.relation]))
    state.membership = telling.model_copy(update={"root": root})
    return Outcome.REPEATED if state.membership == known else Outcome.STANDING


def visibility(state: ArticleState, now: datetime) -> Visibility:
    """Whether readers may see the article at `now`, and until when that holds by itself."""
    if state.merged_into is not None:
        return Visibility(standing=Standing.MERGED)
    if killed(state):
        return Visibility(standing=Standing.KILLED)
    if state.standing is None:
        return Visibility(standing=Standing.REINSTATED)
    article = _enriched(state.standing).article
    embargo = article.embargo_until.utc if article.embargo_until else None
    expires = article.expires.utc if article.expires else None
    if expires and expires <= now:
        return Visibility(standing=Standing.EXPIRED)
    if article.withheld:
        return Visibility(standing=Standing.WITHHELD)
    if embargo and embargo > now:
        return Visibility(standing=Standing.EMBARGOED, until=min(embargo, expires) if expires else embargo)
    return Visibility(standing=Standing.PUBLIC, until=expires)


def current(state: ArticleState, now: datetime) -> CurrentArticle:
    """The record that stands, with the publisher's part of its version; the batch raises the step where needed."""
    seen = visibility(state, now)
    if state.merged_into is not None:
        return CurrentArticle(
            article_id=state.article_id, version=pack(0, _EPOCH, 0, 0), visibility=seen, merged_into=state.merged_into
        )
    if state.standing is None:
        notice = state.notices[-1] if state.notices else None
        at = notice.at if notice and notice.at and killed(state) else _EPOCH
        return CurrentArticle(
            article_id=state.article_id, version=pack(turn(state), at, 0, 0), visibility=seen, notice=notice
        )
    enriched = _enriched(state.standing)
    revision = enriched.article.revision
    return CurrentArticle(
        article_id=state.article_id,
        version=pack(turn(state), revision.modified, revision.version, 0),
        visibility=seen,
        article=enriched.article,
        enrichment=enriched.enrichment,
        story=_story(state),
    )


def mentions_of(state: ArticleState) -> list[Sent]:
    """What the article that stands names."""
    return mentions(_enriched(state.standing)) if state.standing is not None else []


def _story(state: ArticleState) -> Story:
    """Its place in a story; one that nobody else tells is a story of its own."""
    if state.membership is None:
        return Story(story_id=story_id(state.article_id), relation=Relation.ORIGINAL)
    return Story(story_id=story_id(state.membership.root.article_id), relation=state.membership.relation)


def history_key(event: EnrichedArticleEvent) -> str:
    """Names a revision within its article: publisher's time and version, and which event."""
    revision = _revision(event)
    return f"{int(revision.modified.timestamp() * 1000)}.{revision.version}.{revision.event_id[:8]}"


def history_entry(state: ArticleState, event: EnrichedArticleEvent) -> str:
    """How `state` remembers that this revision is in history: under the id that it came under."""
    key = history_key(event)
    return key if event.subject == str(state.article_id) else f"{event.subject}/{key}"


def _superseded(event: EnrichedArticleEvent, key: str) -> SupersededArticleEvent:
    enriched = _enriched(event)
    revision = enriched.article.revision
    data = SupersededArticle(
        article_id=UUID(event.subject),
        revision_key=key,
        version=pack(0, revision.modified, revision.version, 0),
        article=enriched.article,
        enrichment=enriched.enrichment,
    )
    return SupersededArticleEvent(**_envelope(event), data=data)


def _stub(state: ArticleState, entry: str) -> SupersededArticleEvent:
    """A revision whose text is gone: it has the highest version, so that nothing brings the text back."""
    came_under, _, key = entry.rpartition("/")
    article_id = UUID(came_under) if came_under else state.article_id
    modified_ms, version, _ = key.split(".", 2)
    modified = datetime.fromtimestamp(int(modified_ms) / 1000, UTC)
    data = SupersededArticle(article_id=article_id, revision_key=key, version=pack(7, modified, int(version), 0))
    # nothing of the event that happened to bring it: the stub is the same in every order
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


def _enriched(event: EnrichedArticleEvent) -> EnrichedArticle:
    if not isinstance(event.data, EnrichedArticle):
        raise TypeError("only a revision stands or is superseded; notices are kept apart")
    return event.data


def _revision(event: EnrichedArticleEvent) -> Revision:
    return _enriched(event).article.revision


def _notice_order(notice: Notice) -> tuple[datetime, bool, str]:
    return (notice.at or _EPOCH, notice.kind == "withdrawal", notice.model_dump_json())
