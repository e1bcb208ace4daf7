"""Events for tests, raw and enriched, with sensible defaults for what a test doesn't care about."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pipeline.identity import article_id, comment_id, comment_name, event_id
from schemas.article import Article, Notice, ReceivedArticle
from schemas.comment import Comment, CommentNotice, ReceivedComment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme, Moment, Revision
from schemas.patch import ReceivedPatch

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PUBLISHER = "herald.example"

RawEvent = RawArticleEvent | RawCommentEvent


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
    own = comment_id(identity, comment_name(str(n)))
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
    own = comment_id(identity, comment_name(str(n)))
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


def raw_article(name: str, *, at: float = 0, text: str = "Text.", embargo: datetime | None = None) -> RawArticleEvent:
    identity = id_of(name)
    data = ReceivedArticle(
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        claims=(claim(name),),
        headline=f"Headline of {name}",
        paragraphs=(text,),
        modified=minutes(at).isoformat(),
        embargo_until=embargo.isoformat() if embargo else None,
    )
    return RawArticleEvent(
        id=event_id(identity, "article", text, str(at)),
        source="/test",
        type=EventType.ARTICLE_PUBLISHED,
        subject=str(identity),
        time=minutes(at),
        data=data,
    )


def raw_patch(name: str, *, at: float, received: float | None = None, **fields: Any) -> RawArticleEvent:
    """A partial update; a field that is None is emptied."""
    identity = id_of(name)
    data = ReceivedPatch.model_validate(
        {
            "article_id": identity,
            "provider": "herald",
            "publisher": PUBLISHER,
            "claims": [claim(name)],
            "fields": fields,
            "modified": minutes(at).isoformat(),
        }
    )
    return RawArticleEvent(
        id=event_id(identity, "patch", str(sorted(fields.items())), str(at)),
        source="/test",
        type=EventType.ARTICLE_UPDATED,
        subject=str(identity),
        time=minutes(at if received is None else received),
        data=data,
    )


def raw_kill(name: str, *, at: float) -> RawArticleEvent:
    identity = id_of(name)
    notice = Notice(
        kind="withdrawal",
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        claims=(claim(name),),
        at=minutes(at),
        reason="libel",
    )
    return RawArticleEvent(
        id=event_id(identity, "kill", "", str(at)),
        source="/test",
        type=EventType.ARTICLE_WITHDRAWN,
        subject=str(identity),
        time=minutes(at),
        data=notice,
    )


def raw_comment(name: str, n: int, *, text: str = "Well said.") -> RawCommentEvent:
    identity = id_of(name)
    own = comment_id(identity, comment_name(str(n)))
    data = ReceivedComment(
        article_id=identity,
        comment_id=own,
        claims=(claim(name),),
        name=comment_name(str(n)),
        provider="herald",
        publisher=PUBLISHER,
        author=f"Reader {n} of {name}",
        text=text,
        posted=minutes(n).isoformat(),
    )
    return RawCommentEvent(
        id=event_id(own, "comment", text, str(n)),
        source="/test",
        type=EventType.COMMENT_POSTED,
        subject=str(identity),
        time=minutes(n),
        data=data,
    )
