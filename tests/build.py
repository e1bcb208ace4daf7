"""Events for tests, with sensible defaults for what a test doesn't care about."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pipeline.identity import article_id, comment_id, event_id
from schemas.article import Article, Notice
from schemas.comment import Comment, CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.identity import Claim, ClaimScheme, Moment, Revision

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PUBLISHER = "herald.example"


def minutes(n: float) -> datetime:
    """`n` minutes after noon of the tests' day."""
    return NOON + timedelta(minutes=n)


def claim(name: str) -> Claim:
    return Claim(scheme=ClaimScheme.GUID, value=name)


def id_of(name: str) -> UUID:
    return article_id(PUBLISHER, [claim(name)])


def article_event(
    name: str = "story",
    *,
    at: float = 0,
    version: int = 0,
    text: str = "Text.",
    embargo: datetime | None = None,
    expires: datetime | None = None,
    received: float | None = None,
) -> EnrichedArticleEvent:
    """Revision of article `name` modified `at` minutes after noon."""
    identity = id_of(name)
    digest = hashlib.sha256(text.encode()).hexdigest()
    event = event_id(identity, "article.published", digest, f"{at}/{version}/{embargo}/{expires}")
    revision = Revision(
        modified=minutes(at), version=version, received=minutes(at if received is None else received), event_id=event
    )
    article = Article(
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        claims=(claim(name),),
        headline=f"Headline of {name}: {text}",
        paragraphs=(text,),
        revision=revision,
        embargo_until=Moment(utc=embargo) if embargo else None,
        expires=Moment(utc=expires) if expires else None,
    )
    return EnrichedArticleEvent(
        id=event,
        source="/test",
        type=EventType.ARTICLE_PUBLISHED,
        subject=str(identity),
        time=revision.received,
        data=EnrichedArticle(article=article, enrichment=ArticleEnrichment(language="en")),
    )


def kill_event(
    name: str = "story", *, at: float = 0, type_: EventType = EventType.ARTICLE_WITHDRAWN
) -> EnrichedArticleEvent:
    identity = id_of(name)
    notice = Notice(
        kind="withdrawal" if type_ is EventType.ARTICLE_WITHDRAWN else "reinstatement",
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        at=minutes(at),
        reason="libel",
    )
    return EnrichedArticleEvent(
        id=event_id(identity, type_.value, "0", str(at)),
        source="/test",
        type=type_,
        subject=str(identity),
        time=minutes(at),
        data=notice,
    )


def comment_event(
    name: str = "story", *, n: int = 0, at: float = 0, edited: float | None = None, text: str = "Well said."
) -> EnrichedCommentEvent:
    identity = id_of(name)
    own = comment_id(identity, str(n), None, None, 0)
    event = event_id(own, "comment.posted", hashlib.sha256(text.encode()).hexdigest(), f"{at}/{edited}")
    revision = Revision(modified=minutes(at if edited is None else edited), received=minutes(at), event_id=event)
    comment = Comment(
        article_id=identity,
        comment_id=own,
        provider="herald",
        publisher=PUBLISHER,
        author=f"Reader {n}",
        text=text,
        revision=revision,
        posted=Moment(utc=minutes(at)),
    )
    return EnrichedCommentEvent(
        id=event,
        source="/test",
        type=EventType.COMMENT_POSTED if edited is None else EventType.COMMENT_EDITED,
        subject=str(identity),
        time=minutes(at),
        data=EnrichedComment(comment=comment, enrichment=CommentEnrichment()),
    )


def comment_notice(
    name: str = "story", *, n: int = 0, at: float = 0, decision: str | None = None
) -> EnrichedCommentEvent:
    identity = id_of(name)
    own = comment_id(identity, str(n), None, None, 0)
    type_ = EventType.COMMENT_MODERATED if decision else EventType.COMMENT_REMOVED
    notice = CommentNotice.model_validate(
        {
            "kind": "comment-moderation" if decision else "comment-removal",
            "article_id": identity,
            "comment_id": own,
            "provider": "herald",
            "publisher": PUBLISHER,
            "decision": decision,
            "at": minutes(at),
        }
    )
    return EnrichedCommentEvent(
        id=event_id(own, type_.value, decision or "", str(at)),
        source="/test",
        type=type_,
        subject=str(identity),
        time=minutes(at),
        data=notice,
    )
