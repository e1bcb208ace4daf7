"""Two ids of one article: the claims that find them, and the transfer of a state to the canonical id. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.identity import article_id
from pipeline.stages.identify import IDENTIFYING, claim_key
from pipeline.stages.revise.history import MAX_REVISIONS, with_article
from pipeline.stages.revise.state import ArticleState, CommentState
from pipeline.topics import CLAIMS, TRANSFERS, Record
from schemas.article import Article, Notice
from schemas.comment import CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.flooding import FloodVerdict
from schemas.patch import ArticlePatch
from schemas.story import Root
from schemas.transfer import ClaimSeen, Transfer

MAX_CLAIMS = 500
"""Names of one article that are registered; a further one doesn't find it."""


def register_claims(state: ArticleState, article: Article | ArticlePatch | Notice, own: Root | None) -> list[Record]:
    """Add the claims of a revision, a partial update or a kill to the state; returns the claim events for identify.

    `own` is this id with the time of receipt, where the event arrived under it. An id that redirects and now turns out to
    be the earliest goes on redirecting: identify tells its canonical id, which transfers everything, kills too, and the
    last part of that makes this one canonical. It would show a killed story otherwise.

    Who knows only one of its names makes the id of that name alone, for a comment or a kill: that id is told with the claim.
    """
    claims = {claim_key(article.publisher, one): one for one in article.claims if one.scheme in IDENTIFYING}
    if not claims:
        return []
    root = state.root or own
    if root is None:
        return []
    earlier = own is not None and (state.root is None or own.order() < state.root.order())
    if own is not None and earlier:
        root = own
        if state.canonical_id is None:
            state.root = own
        else:
            state.claimed = own
    new = [key for key in claims if key not in state.claims][: max(0, MAX_CLAIMS - len(state.claims))]
    state.claims.extend(new)
    alone = [(key, article_id(article.publisher, [claims[key]])) for key in new]
    return [
        *claim_events(state, state.claims if earlier else new, root),
        *(
            CLAIMS.record(ClaimSeen(claim=key, article_id=one, root=root))
            for key, one in alone
            if one != state.article_id
        ),
    ]


def claim_events(state: ArticleState, claims: list[str], root: Root) -> list[Record]:
    """Claim events for the identify stage."""
    return [CLAIMS.record(ClaimSeen(claim=claim, article_id=state.article_id, root=root)) for claim in claims]


def is_for(transfer: Transfer, state: ArticleState) -> bool:
    """Whether a part stays here although this id redirects: its sender knows it as canonical, and the last part, which
    makes it so, comes after this one."""
    root = transfer.root
    return (
        root is not None
        and root.article_id == state.article_id
        and (state.root is None or root.order() < state.root.order())
    )


def transfer(state: ArticleState, *, last: bool) -> Iterator[Record]:
    """Transfers the article's state to its canonical id and clears it here. What hides it goes before its text. `last`:
    this id was canonical so far, so nobody else has a part of it."""
    to = state.root
    assert to is not None
    events = [_notice_event(state, notice) for notice in state.notices]
    if state.current is not None:
        events.append(state.current)
    if state.patched is not None:
        yield transferred(to, patched=state.patched)
    for event in events:
        yield transfer_article(event, to)
    entries = tuple(with_article(entry, state.article_id) for entry in state.history)
    for n in range(0, len(entries), MAX_REVISIONS):
        yield transferred(to, history=entries[n : n + MAX_REVISIONS])
    if last:
        yield transferred(to, last=True)
    state.current = state.patched = state.enriched = None
    state.notices, state.history = [], []


def transferred(to: Root, **part: Any) -> Record:
    """One part for the canonical article."""
    return TRANSFERS.record(Transfer(article_id=to.article_id, root=to, **part))


def transfer_comment(comment: CommentState, to: Root) -> Iterator[Record]:
    """Transfers the state of one of its comments likewise."""
    after = comment.emitted.version if comment.emitted else 0
    if comment.current is not None:
        yield transfer_comment_event(comment.current, to, after)
    for notice in (comment.removal, comment.moderation):
        if notice is not None:
            yield transfer_comment_event(_comment_notice_event(notice), to, after)
    if comment.verdict is not None:
        yield transfer_verdict(comment.verdict, to, after)
    comment.current = comment.removal = comment.moderation = comment.verdict = None


def transfer_article(event: EnrichedArticleEvent, to: Root) -> Record:
    """A revision or a notice, for the canonical id. Its `subject` is still the id under which it arrived."""
    if isinstance(event.data, EnrichedArticle):
        article = event.data.article.model_copy(update={"article_id": to.article_id})
        data: Any = event.data.model_copy(update={"article": article})
    else:
        data = event.data.model_copy(update={"article_id": to.article_id})
    return transferred(to, article=event.model_copy(update={"data": data}))


def transfer_comment_event(event: EnrichedCommentEvent, to: Root, after: int = 0) -> Record:
    """A comment or a notice of one likewise. It keeps its id: it is the same document."""
    if isinstance(event.data, EnrichedComment):
        comment = event.data.comment.model_copy(update={"article_id": to.article_id})
        data: Any = event.data.model_copy(update={"comment": comment})
    else:
        data = event.data.model_copy(update={"article_id": to.article_id})
    return transferred(to, comment=event.model_copy(update={"data": data, "subject": str(to.article_id)}), after=after)


def transfer_verdict(verdict: FloodVerdict, to: Root, after: int = 0) -> Record:
    return transferred(to, verdict=verdict.model_copy(update={"article_id": to.article_id}), after=after)


def _notice_event(state: ArticleState, notice: Notice) -> EnrichedArticleEvent:
    killed = notice.kind == "withdrawal"
    assert notice.at is not None
    return EnrichedArticleEvent(
        id=f"{state.article_id}/{notice.kind}/{notice.at.isoformat()}",
        source="/dateline/revise",
        type=EventType.ARTICLE_WITHDRAWN if killed else EventType.ARTICLE_REINSTATED,
        subject=str(state.article_id),
        time=notice.at,
        data=notice,
    )


def _comment_notice_event(notice: CommentNotice) -> EnrichedCommentEvent:
    removed = notice.kind == "comment-removal"
    assert notice.at is not None
    return EnrichedCommentEvent(
        id=f"{notice.comment_id}/{notice.kind}/{notice.at.isoformat()}",
        source="/dateline/revise",
        type=EventType.COMMENT_REMOVED if removed else EventType.COMMENT_MODERATED,
        subject=str(notice.article_id),
        time=notice.at,
        data=notice,
    )
