"""An article whose id gives way to another: what it announces, and what it hands over. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pipeline.records import Sent
from pipeline.stages.identify import TELLING, claim_key
from pipeline.stages.revise.state import ArticleState, CommentState
from pipeline.topology import CLAIMS, TRANSFERS
from schemas.article import Article, Notice
from schemas.comment import CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.patch import ArticlePatch
from schemas.story import Root
from schemas.transfer import ClaimSeen, Transfer


def announce(state: ArticleState, article: Article | ArticlePatch) -> list[Sent]:
    """Learn the names of a revision or partial update and when it was received; says what identify has to hear of it."""
    own = Root(received=article.revision.received, article_id=state.article_id)
    earlier = state.root is None or own.order() < state.root.order()
    if earlier:
        state.root = own
    keys = [claim_key(article.publisher, claim) for claim in article.claims if claim.scheme in TELLING]
    new = [key for key in dict.fromkeys(keys) if key not in state.claims]
    state.claims.extend(new)
    return said(state, state.claims if earlier else new)


def said(state: ArticleState, claims: list[str]) -> list[Sent]:
    """What identify has to hear under these names."""
    if state.root is None:
        return []
    return [
        Sent(CLAIMS, claim, ClaimSeen(claim=claim, article_id=state.article_id, root=state.root)) for claim in claims
    ]


def hand_over(state: ArticleState) -> Iterator[Sent]:
    """All that stands for the article, for the id that stands for it now; the state forgets it."""
    assert state.merged_into is not None
    events = [_notice_event(state, notice) for notice in state.notices]
    if state.current is not None:
        events.append(state.current)
    for event in events:
        yield move_article(event, state.merged_into)
    if state.patched is not None:
        yield Sent(TRANSFERS, str(state.merged_into), Transfer(article_id=state.merged_into, patched=state.patched))
    entries = tuple(entry if "/" in entry else f"{state.article_id}/{entry}" for entry in state.history)
    if entries:
        yield Sent(TRANSFERS, str(state.merged_into), Transfer(article_id=state.merged_into, history=entries))
    state.current = state.patched = state.enriched = None
    state.notices, state.history = [], []


def hand_over_comment(comment: CommentState, to: UUID) -> Iterator[Sent]:
    """All that stands for one of its comments; the state forgets it."""
    after = comment.emitted.version if comment.emitted else 0
    if comment.current is not None:
        yield move_comment(comment.current, to, after)
    for notice in (comment.removal, comment.moderation):
        if notice is not None:
            yield move_comment(_comment_notice_event(notice), to, after)
    if comment.verdict is not None:
        verdict = comment.verdict.model_copy(update={"article_id": to})
        yield Sent(TRANSFERS, str(to), Transfer(article_id=to, verdict=verdict, after=after))
    comment.current = comment.removal = comment.moderation = comment.verdict = None


def move_article(event: EnrichedArticleEvent, to: UUID) -> Sent:
    """A revision or a notice, for the id that stands. Its `subject` still says under which it came."""
    if isinstance(event.data, EnrichedArticle):
        article = event.data.article.model_copy(update={"article_id": to})
        data: Any = event.data.model_copy(update={"article": article})
    else:
        data = event.data.model_copy(update={"article_id": to})
    return Sent(TRANSFERS, str(to), Transfer(article_id=to, article=event.model_copy(update={"data": data})))


def move_comment(event: EnrichedCommentEvent, to: UUID, after: int = 0) -> Sent:
    """A comment or a notice of one likewise. It keeps its id: it is the same document."""
    if isinstance(event.data, EnrichedComment):
        comment = event.data.comment.model_copy(update={"article_id": to})
        data: Any = event.data.model_copy(update={"comment": comment})
    else:
        data = event.data.model_copy(update={"article_id": to})
    moved = event.model_copy(update={"data": data, "subject": str(to)})
    return Sent(TRANSFERS, str(to), Transfer(article_id=to, comment=moved, after=after))


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
