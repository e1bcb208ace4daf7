"""Pages to events: ids from claims, the original kept, one article event and one event per comment."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from pipeline import identity
from pipeline.dead_letters import explain
from pipeline.errors import Reject
from pipeline.producers.items import Item, Page, PageComment
from pipeline.settings import Settings
from schemas.article import ReceivedArticle
from schemas.comment import ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme, Original

DEFAULT_PROVIDER = "local"


@dataclass(frozen=True)
class Said:
    """What the sender says of an item besides its bytes; it outranks what the item says itself."""

    provider: str | None = None
    timezone: str | None = None
    url: str | None = None
    guid: str | None = None


def page_events(
    page: Page, item: Item, said: Said, settings: Settings, received: datetime
) -> list[RawArticleEvent | RawCommentEvent]:
    """The article's event, then its comments' in page order. Raises Reject where the contract can't hold the page."""
    url = said.url or page.url or item.url
    provider = said.provider or (identity.registered_domain(url) if url else None) or DEFAULT_PROVIDER
    options = settings.provider(provider)
    publisher = options.publisher or (identity.registered_domain(url) if url else None) or provider
    claims = _claims(url, said.guid or page.guid, page.headline)
    article_id = identity.article_id(publisher, claims)
    zone = said.timezone or options.timezone
    source = f"/{provider}"
    try:
        article = ReceivedArticle(
            article_id=article_id,
            provider=provider,
            publisher=publisher,
            claims=claims,
            headline=page.headline,
            byline=page.byline,
            dateline=page.dateline,
            summary=page.summary,
            section=page.section,
            topics=tuple(page.topics),
            paragraphs=tuple(page.paragraphs),
            faq=tuple(page.faq),
            site=page.site,
            pictures=tuple(page.pictures),
            url=url,
            language=page.language or options.language,
            published=page.published,
            modified=page.modified,
            timezone=zone,
            original=original(item.content, item.media_type or "application/octet-stream"),
        )
        events: list[RawArticleEvent | RawCommentEvent] = [
            RawArticleEvent(
                id=identity.event_id(
                    article_id, "article", article.original.sha256 if article.original else "", page.modified or ""
                ),
                source=source,
                type=EventType.ARTICLE_PUBLISHED,
                subject=str(article_id),
                time=received,
                data=article,
            )
        ]
        events.extend(_comments(page.comments, article, source, zone, received))
    except ValidationError as e:
        raise Reject("invalid", explain(e)) from None
    return events


def original(content: bytes, media_type: str) -> Original:
    """The bytes as received, compressed; equal bytes make an equal original."""
    packed = gzip.compress(content, compresslevel=6, mtime=0)
    return Original.model_construct(
        sha256=hashlib.sha256(content).hexdigest(), media_type=media_type, size=len(content), gzip=packed
    )


def withdrawal(
    article_id: UUID, provider: str, publisher: str, reason: str, by: str, *, reinstate: bool = False
) -> RawArticleEvent:
    """A kill by an operator, or the end of one."""
    now = datetime.now(UTC)
    type_ = EventType.ARTICLE_REINSTATED if reinstate else EventType.ARTICLE_WITHDRAWN
    return RawArticleEvent.model_validate(
        {
            "id": identity.event_id(article_id, type_.value, reason, now.isoformat()),
            "source": "/operator",
            "type": type_,
            "subject": str(article_id),
            "time": now,
            "data": {
                "kind": "reinstatement" if reinstate else "withdrawal",
                "article_id": article_id,
                "provider": provider,
                "publisher": publisher,
                "at": now,
                "by": by,
                "reason": reason,
            },
        }
    )


def _claims(url: str | None, guid: str | None, headline: str) -> tuple[Claim, ...]:
    found = [identity.url_claim(url) if url else None, Claim(scheme=ClaimScheme.GUID, value=guid) if guid else None]
    claims = tuple(claim for claim in found if claim is not None)
    return claims or (identity.headline_claim(headline),)


def _comments(
    comments: list[PageComment], article: ReceivedArticle, source: str, zone: str, received: datetime
) -> list[RawCommentEvent]:
    nth: Counter[tuple[str | None, str | None]] = Counter()
    ids: dict[str, UUID] = {}
    events = []
    for comment in comments:
        who = (comment.author, comment.posted)
        own = identity.comment_id(article.article_id, comment.own_id, comment.author, comment.posted, nth[who])
        nth[who] += 1
        if comment.own_id:
            ids[comment.own_id] = own
        kept = original(comment.text.encode(), "text/plain")
        data = ReceivedComment(
            article_id=article.article_id,
            comment_id=own,
            provider=article.provider,
            publisher=article.publisher,
            author=comment.author,
            text=comment.text,
            parent_id=ids.get(comment.parent) if comment.parent else None,
            url=article.url,
            posted=comment.posted,
            timezone=zone,
            original=kept,
        )
        events.append(
            RawCommentEvent(
                id=identity.event_id(own, "comment", kept.sha256, comment.posted or ""),
                source=source,
                type=EventType.COMMENT_POSTED,
                subject=str(article.article_id),
                time=received,
                data=data,
            )
        )
    return events
