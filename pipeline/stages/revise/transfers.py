"""Two ids of one article: the claims that find them, and the transfer of a state to the canonical id. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

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
from schemas.patch import ArticlePatch
from schemas.story import Root
from schemas.transfer import ClaimSeen, Transfer

MAX_CLAIMS = 500
"""Names of one article that are registered; a further one doesn't find it."""


def register_claims(state: ArticleState, article: Article | ArticlePatch | Notice, received: datetime) -> list[Record]:
    """Add the claims of a revision, a partial update or a kill to the state; returns the claim events for identify.

    Who knows only one of its names makes the id of that name alone, for a comment or a kill: that id is told with the claim.
    """
    claims = {claim_key(article.publisher, one): one for one in article.claims if one.scheme in IDENTIFYING}
    if not claims:
        return []
    own = Root(received=received, article_id=state.article_id)
    earlier = state.root is None or own.order() < state.root.order()
    if earlier:
        state.root = own
    new = [key for key in claims if key not in state.claims][: max(0, MAX_CLAIMS - len(state.claims))]
    state.claims.extend(new)
    alone = [(key, article_id(article.publisher, [claims[key]])) for key in new]
    assert state.root is not None
    return [
        *claim_events(state, state.claims if earlier else new),
        *(
            CLAIMS.record(ClaimSeen(claim=key, article_id=one, root=state.root))
            for key, one in alone
            if one != own.article_id
        ),
    ]


def claim_events(state: ArticleState, claims: list[str]) -> list[Record]:
    """Claim events for the identify stage."""
    if state.root is None:
        return []
    return [CLAIMS.record(ClaimSeen(claim=claim, article_id=state.article_id, root=state.root)) for claim in claims]


def transfer(state: ArticleState) -> Iterator[Record]:
    """Transfers the article's state to its canonical id and clears it here."""
    assert state.canonical_id is not None
    events = [_notice_event(state, notice) for notice in state.notices]
    if state.current is not None:
        events.append(state.current)
    for event in events:
        yield transfer_article(event, state.canonical_id)
    if state.patched is not None:
        yield TRANSFERS.record(Transfer(article_id=state.canonical_id, patched=state.patched))
    entries = tuple(with_article(entry, state.article_id) for entry in state.history)
    for n in range(0, len(entries), MAX_REVISIONS):
        yield TRANSFERS.record(Transfer(article_id=state.canonical_id, history=entries[n : n + MAX_REVISIONS]))
    state.current = state.patched = state.enriched = None
    state.notices, state.history = [], []


def transfer_comment(comment: CommentState, to: UUID) -> Iterator[Record]:
    """Transfers the state of one of its comments likewise."""
    after = comment.emitted.version if comment.emitted else 0
    if comment.current is not None:
        yield transfer_comment_event(comment.current, to, after)
    for notice in (comment.removal, comment.moderation):
        if notice is not None:
            yield transfer_comment_event(_comment_notice_event(notice), to, after)
    if comment.verdict is not None:
        verdict = comment.verdict.model_copy(update={"article_id": to})
        yield TRANSFERS.record(Transfer(article_id=to, verdict=verdict, after=after))
    comment.current = comment.removal = comment.moderation = comment.verdict = None


def transfer_article(event: EnrichedArticleEvent, to: UUID) -> Record:
    """A revision or a notice, for the canonical id. Its `subject` is still the id under which it arrived."""
    if isinstance(event.data, EnrichedArticle):
        article = event.data.article.model_copy(update={"article_id": to})
        data: Any = event.data.model_copy(update={"article": article})
    else:
        data = event.data.model_copy(update={"article_id": to})
    return TRANSFERS.record(Transfer(article_id=to, article=event.model_copy(update={"data": data})))


def transfer_comment_event(event: EnrichedCommentEvent, to: UUID, after: int = 0) -> Record:
    """A comment or a notice of one likewise. It keeps its id: it is the same document."""
    if isinstance(event.data, EnrichedComment):
        comment = event.data.comment.model_copy(update={"article_id": to})
        data: Any = event.data.model_copy(update={"comment": comment})
    else:
        data = event.data.model_copy(update={"article_id": to})
    transferred = event.model_copy(update={"data": data, "subject": str(to)})
    return TRANSFERS.record(Transfer(article_id=to, comment=transferred, after=after))


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
