"""Which revision of an article is current, and whether readers may see it: pure decisions over its state."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline import telemetry
from pipeline.dates import FIRST_SEEN
from pipeline.errors import Reject
from pipeline.outcomes import Outcome
from pipeline.stages.clustering.join import story_id
from pipeline.stages.revise.history import (
    check_revisions,
    enriched_of,
    history_entry,
    into_history,
    modified_times,
    remember,
    revision_of,
)
from pipeline.stages.revise.patches import MAX_CHANGES, above, join, merge, needs_enriching, only_visibility, patched
from pipeline.stages.revise.state import ArticleState
from pipeline.stages.revise.version import pack
from pipeline.stages.trend import mentions, no_mention
from pipeline.topics import HEADROOM, Record
from schemas.article import Article, Change, Notice
from schemas.current import CurrentArticle, Status, Visibility
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment
from schemas.events import EnrichedArticleEvent, SupersededArticleEvent
from schemas.identity import Moment
from schemas.patch import ArticlePatch, Patched
from schemas.story import RANK, Membership, Relation, Root, Story

_ROOM = 8192
"""Bytes reserved for an envelope."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_NOTICES = 100
"""Kills and reinstatements of one article that are remembered; of further kills of a killed article the latest."""
MAX_SHOWN = 1000
"""Characters of a kill's reason, and of who decided it."""


def kill_epoch(state: ArticleState) -> int:
    """How often the article changed between alive and killed: odd means that it is killed now.

    A function of the set of notices, so that their order of arrival doesn't matter. At one moment, a kill wins.
    """
    changes, killed = 0, False
    for notice in state.notices:
        if (notice.kind == "withdrawal") != killed:
            killed = not killed
            changes += 1
    return changes


def killed(state: ArticleState) -> bool:
    return kill_epoch(state) % 2 == 1


def apply_notice(state: ArticleState, event: EnrichedArticleEvent, notice: Notice) -> Outcome:
    """Apply a kill or a reinstatement. A kill drops every text of the state and of the article's history."""
    shown = {name: text[:MAX_SHOWN] for name in ("by", "reason") if (text := getattr(notice, name))}
    dated = notice.model_copy(update={"at": notice.at or event.time, "claims": (), **shown})
    known = list(state.notices)
    if dated not in known:
        state.notices = sorted([*known, dated], key=_notice_order)
        if len(known) >= MAX_NOTICES and notice.kind == "withdrawal":
            state.notices = _without_needless_kill(state.notices, dated)
    if killed(state):
        if state.current is not None:
            remember(state, history_entry(state, state.current))
        state.current = state.patched = state.enriched = None
        state.stubs.update(dict.fromkeys(state.history))
    return Outcome.DUPLICATE if state.notices == known else Outcome.APPLIED


def _without_needless_kill(notices: list[Notice], arrived: Notice) -> list[Notice]:
    """Of the kills only the last one decides anything, so that a later one takes the place of one right before it, and an
    earlier one is let go."""
    if notices[-1] != arrived:
        return [one for one in notices if one != arrived]
    return [*notices[:-2], arrived] if notices[-2].kind == "withdrawal" else notices


def apply_history(state: ArticleState, entries: tuple[str, ...]) -> None:
    """Add the history of another id of the article. A killed article's history loses its text."""
    remember(state, *entries)
    if killed(state):
        state.stubs.update(dict.fromkeys(entries))


def _suppress(state: ArticleState, event: EnrichedArticleEvent) -> Outcome:
    """What comes to a killed article leaves a stub."""
    apply_history(state, (history_entry(state, event),))
    return Outcome.SUPPRESSED


def apply_article(state: ArticleState, event: EnrichedArticleEvent) -> tuple[Outcome, list[SupersededArticleEvent]]:
    """Apply a revision: the highest is current, the others go to history. Equal in every order of arrival."""
    if killed(state):
        return _suppress(state, event), []
    known = state.current
    losers: list[EnrichedArticleEvent] = []
    if known is None:
        state.current, outcome = event, Outcome.APPLIED
    elif revision_of(event).event_id == revision_of(known).event_id:
        # The same event again: perhaps received later, so with a later time, or derived anew by repaired code. What a
        # sender says under an id that it used before is that event too (docs/events.md).
        outcome = Outcome.DUPLICATE
        if revision_of(event).order() >= revision_of(known).order():
            state.current = event
    elif revision_of(event).order() > revision_of(known).order():
        losers.append(known)
        state.current, outcome = event, Outcome.APPLIED
    else:
        losers.append(event)
        outcome = Outcome.SUPERSEDED
    assert state.current is not None
    state.patched = above(state.patched, revision_of(state.current))
    return outcome, into_history(state, losers)


def apply_patch(
    state: ArticleState, event: EnrichedArticleEvent, patch: ArticlePatch, largest: int
) -> tuple[Outcome, list[SupersededArticleEvent]]:
    """Apply a partial update. It is recorded in history as received, and applied to the current revision if it is newer;
    one of an unknown article is pending. Equal in every order of arrival.

    Raises Reject where the article's state has no room for it. What hides or shows the article is applied all the same."""
    if killed(state):
        return _suppress(state, event), []
    whole, before = patched(event, patch), state.patched
    hides = only_visibility(whole)
    try:
        check_revisions(state, event)
    except Reject:
        if hides is None:
            raise
        telemetry.PATCHES_DROPPED(article_id=state.article_id)
        return join_patched(state, hides), []
    outcome = join_patched(state, whole)
    if not fits(state, largest):
        state.patched = before
        if hides is None:
            raise Reject("too-large", "merged with the current revision it is over one record; send the whole article")
        telemetry.PATCHES_DROPPED(article_id=state.article_id)
        outcome = join_patched(state, hides)
    return outcome, into_history(state, [event])


def join_patched(state: ArticleState, arriving: Patched) -> Outcome:
    """Merge partial updates into the state; a killed article stores none."""
    known = revision_of(state.current) if state.current is not None else None
    later = above(arriving, known) if known is not None else arriving
    if killed(state) or later is None:
        return Outcome.SUPPRESSED if killed(state) else Outcome.SUPERSEDED
    before = state.patched
    state.patched = join(before, later)
    if state.patched == before:
        return Outcome.DUPLICATE
    return Outcome.APPLIED if known is not None else Outcome.PENDING


def article_of(state: ArticleState) -> Article | None:
    """The current article: the highest whole revision with its partial updates."""
    if state.current is None:
        return None
    article = enriched_of(state.current).article
    return _dated(state, article if state.patched is None else merge(article, state.patched))


def _dated(state: ArticleState, article: Article) -> Article:
    """With a time of publication, where any is known: a derived one is the modification time of the first revision. The
    history has those of all revisions, so that the order of arrival doesn't matter."""
    published = article.published
    if (published is not None and not published.derived) or article.modified is None:
        return article
    own = article.revision.modified if published is None else published.utc
    first = Moment(utc=min([own, *modified_times(state)]), derived=True)
    if published == first:
        return article
    changes = article.changes
    if published is None and len(changes) < MAX_CHANGES:
        changes = (*changes, Change(field="published", rule=FIRST_SEEN))
    return article.model_copy(update={"published": first, "changes": changes})


def fits(state: ArticleState, largest: int) -> bool:
    """Whether the article can still be stored and sent with its partial updates. `largest` is that of a record, in bytes."""
    if state.patched is None or only_visibility(state.patched) == state.patched:
        return True
    merged = article_of(state)
    return (
        len(state.patched.model_dump_json()) <= largest - _ROOM
        and len(state.model_dump_json(exclude_none=True)) <= largest + HEADROOM // 2
        and (merged is None or len(merged.model_dump_json(exclude_none=True)) <= largest - _ROOM)
    )


def needs_merged_enrichment(state: ArticleState) -> bool:
    """Whether partial updates changed a text that enrich reads, and the merged one is not enriched yet."""
    return (
        state.current is not None
        and state.patched is not None
        and needs_enriching(state.patched)
        and state.enriched is None
    )


def apply_membership(state: ArticleState, arriving: Membership) -> Outcome:
    """Apply a place in a story: the earliest root, and of those with the earliest publication the highest relation."""
    known = state.membership
    if known is None:
        state.membership = arriving
        return Outcome.APPLIED
    root = min(known.root, arriving.root, key=Root.order)
    first = min(known, arriving, key=lambda one: (one.first_published, -RANK[one.relation]))
    state.membership = first.model_copy(update={"root": root})
    return Outcome.DUPLICATE if state.membership == known else Outcome.APPLIED


def visibility(state: ArticleState, now: datetime) -> Visibility:
    """Whether readers may see the article at `now`, and until when that holds by itself."""
    if state.canonical_id is not None:
        return Visibility(status=Status.MERGED)
    if killed(state):
        return Visibility(status=Status.KILLED)
    if state.current is None:
        return Visibility(status=Status.REINSTATED)
    article = article_of(state)
    assert article is not None
    embargo = article.embargo_until.utc if article.embargo_until else None
    expires = article.expires.utc if article.expires else None
    if expires and expires <= now:
        return Visibility(status=Status.EXPIRED)
    if article.withheld:
        return Visibility(status=Status.WITHHELD)
    if embargo and embargo > now:
        return Visibility(status=Status.EMBARGOED, until=min(embargo, expires) if expires else embargo)
    return Visibility(status=Status.PUBLIC, until=expires)


def current(state: ArticleState, now: datetime) -> CurrentArticle:
    """The current record, with the publisher's part of its version; the step is raised where it is sent."""
    seen = visibility(state, now)
    if state.canonical_id is not None:
        return CurrentArticle(
            article_id=state.article_id, version=pack(0, _EPOCH, 0, 0), visibility=seen, merged_into=state.canonical_id
        )
    if state.current is None:
        notice = state.notices[-1] if state.notices else None
        at = notice.at if notice and notice.at and killed(state) else _EPOCH
        return CurrentArticle(
            article_id=state.article_id, version=pack(kill_epoch(state), at, 0, 0), visibility=seen, notice=notice
        )
    enrichment, article = enriched_of(state.current).enrichment, article_of(state)
    assert article is not None
    if state.patched is not None and needs_enriching(state.patched):
        # the revision's own enrichment may have what was just corrected
        plain = ArticleEnrichment(language=enrichment.language, direction=enrichment.direction)
        enrichment = state.enriched.enrichment if state.enriched is not None else plain
    revision = article.revision
    return CurrentArticle(
        article_id=state.article_id,
        version=pack(kill_epoch(state), revision.modified, revision.version, 0),
        visibility=seen,
        article=article,
        enrichment=enrichment,
        story=_story(state),
    )


def count_mentions(
    state: ArticleState, now: datetime, shown: CurrentArticle | None
) -> tuple[list[Record], list[Record]]:
    """`shown` is the current record where readers can see it. Mentions to deliver before the state is saved: those that readers can't see any more, and those of which it isn't
    certain that they were delivered. And new ones, which follow the saved state: whatever happens then, a kill finds them
    in it and takes them back."""
    named: list[Record] = []
    if shown is not None and shown.article is not None and shown.enrichment is not None:
        named = mentions(EnrichedArticle(article=shown.article, enrichment=shown.enrichment))
    terms = {(one.key or b"").decode(): one for one in named}
    gone = [no_mention(term, state.article_id, now) for term in state.mentioned if term not in terms]
    again = [one for term, one in terms.items() if term in state.mentioned] if state.mentions_pending else []
    new = [one for term, one in terms.items() if term not in state.mentioned]
    state.mentioned, state.mentions_pending = list(terms), bool(new)
    return [*gone, *again], new


def _story(state: ArticleState) -> Story:
    """Its place in a story; an article without related ones is a story of its own."""
    if state.membership is None:
        return Story(story_id=story_id(state.article_id), relation=Relation.ORIGINAL)
    return Story(story_id=story_id(state.membership.root.article_id), relation=state.membership.relation)


def _notice_order(notice: Notice) -> tuple[datetime, bool, str]:
    return (notice.at or _EPOCH, notice.kind == "withdrawal", notice.model_dump_json())
