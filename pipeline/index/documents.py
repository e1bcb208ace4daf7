"""Current records to documents, and which index has to hold them. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from pipeline.errors import Reject
from pipeline.index.requests import Document, IndexRequest
from pipeline.kafka.dead_letters import from_headers
from pipeline.stages.normalize.personal import without_personal_data
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_HISTORY,
    AUDIT,
    COMMENTS_CURRENT,
    DEAD_LETTERS,
    STORIES,
    TRENDS,
    ConsumedRecord,
)
from schemas.article import Article
from schemas.current import CurrentArticle, CurrentComment, Status, SupersededArticle
from schemas.enrichment import ArticleEnrichment, EntityKind
from schemas.event import Event
from schemas.events import CurrentArticleEvent, CurrentCommentEvent, SupersededArticleEvent
from schemas.patch import ArticlePatch
from schemas.story import StoryRedirect
from schemas.trend import Trend

_PREVIEW = 2000


def index_request(record: ConsumedRecord, headers: list[tuple[str, bytes]], now: datetime) -> IndexRequest:
    """What the record asks for. Raises Reject where it can't be read."""
    if record.topic is DEAD_LETTERS:
        return _dead_letter(record, headers)
    event: Any = record.topic.decode(record)
    if record.topic is ARTICLES_CURRENT:
        return _article(event, now)
    if record.topic is COMMENTS_CURRENT:
        return _comment(event, now)
    if record.topic is ARTICLES_HISTORY:
        return _history(event, now)
    if record.topic is STORIES:
        return _redirect(event)
    if record.topic is TRENDS:
        return _trend(event)
    if record.topic is AUDIT:
        return IndexRequest("audit", event.id, None, _tidy(event.model_dump()), (), False)
    raise Reject("unknown-topic", record.topic.name)


def _article(event: CurrentArticleEvent, now: datetime) -> IndexRequest:
    data: CurrentArticle = event.data
    if data.merged_into is not None:
        pointer = {"id": str(data.article_id), "merged_into": str(data.merged_into)}
        return IndexRequest(
            "redirects", str(data.article_id), data.version, pointer, ("articles", "articles-hidden"), False, "articles"
        )
    public = data.visibility.public
    document: Document = {
        "article_id": str(data.article_id),
        "standing": data.visibility.status.value,
        "until": data.visibility.until,
        "kill_reason": data.notice.reason if data.notice else None,
        "processed": _processed(event, now),
    }
    if data.article is not None:
        document |= _text(data.article, data.enrichment or ArticleEnrichment())
        document |= {"story_id": str(data.story.story_id), "relation": data.story.relation.value} if data.story else {}
    index, other = ("articles", "articles-hidden") if public else ("articles-hidden", "articles")
    return IndexRequest(
        index, str(data.article_id), data.version, _tidy(document), (other,) if data.moved else (), public
    )


def _comment(event: CurrentCommentEvent, now: datetime) -> IndexRequest:
    data: CurrentComment = event.data
    public = data.visibility.public
    document: Document = {
        "article_id": str(data.article_id),
        "comment_id": str(data.comment_id),
        "standing": data.visibility.status.value,
        "decision": data.notice.decision if data.notice else None,
        "processed": _processed(event, now),
    }
    if data.comment is not None:
        comment, enrichment = data.comment, data.enrichment
        document |= {
            "parent_id": str(comment.parent_id) if comment.parent_id else None,
            "provider": comment.provider,
            "publisher": comment.publisher,
            "author": comment.author,
            "text": comment.text,
            "url": comment.url,
            "posted": comment.posted.utc if comment.posted else None,
            "edited": comment.edited.utc if comment.edited else None,
            "language": enrichment.language if enrichment else None,
            "sentiment": enrichment.sentiment.model_dump() if enrichment and enrichment.sentiment else None,
            "moderation": enrichment.moderation.model_dump() if enrichment and enrichment.moderation else None,
            "missing": list(enrichment.missing) if enrichment else None,
            "original": comment.original.model_dump() if comment.original else None,
            "revision": comment.revision.model_dump(),
        }
    index, other = ("comments", "comments-hidden") if public else ("comments-hidden", "comments")
    # a removal has to reach a text that came before this sink knew of any move
    unsure = data.moved or data.visibility.status is Status.REMOVED
    return IndexRequest(index, str(data.comment_id), data.version, _tidy(document), (other,) if unsure else (), public)


def _history(event: SupersededArticleEvent, now: datetime) -> IndexRequest:
    data: SupersededArticle = event.data
    document: Document = {
        "article_id": str(data.article_id),
        "revision_key": data.revision_key,
        "standing": "superseded" if data.article else "partial" if data.patch else "killed",
        "processed": {"indexed": now},
    }
    if data.article is not None:
        document |= _text(data.article, data.enrichment or ArticleEnrichment())
    elif data.patch is not None:
        document |= _said(data.patch)
    return IndexRequest("history", f"{data.article_id}:{data.revision_key}", data.version, _tidy(document), (), False)


def _said(patch: ArticlePatch) -> Document:
    """What a partial update says, under the names that a whole revision's document has; `cleared` names what it empties."""
    told = Article.model_validate(
        {"headline": "-", **patch.set()}
        | patch.model_dump(
            mode="json", include={"article_id", "provider", "publisher", "claims", "revision", "original"}
        )
    )
    names = {"paragraphs": "body"}
    wanted = {names.get(field, field) for field in patch.set()} - {"language"}  # a document's is the detected one
    always = {"provider", "publisher", "claims", "revision", "original"}
    text = _text(told, ArticleEnrichment())
    document = {name: value for name, value in text.items() if name in wanted | always}
    return document | {
        "named_fields": sorted(wanted & text.keys()),
        "cleared": [names.get(field, field) for field in patch.cleared],
    }


def _redirect(redirect: StoryRedirect) -> IndexRequest:
    # the earlier a root, the later it was found out
    version = (1 << 62) - (int(redirect.root.received.timestamp() * 1000) << 16 | redirect.root.article_id.int >> 112)
    document = {"story_id": str(redirect.story_id), "merged_into": str(redirect.merged_into)}
    return IndexRequest("stories", str(redirect.story_id), version, document, (), True)


def _trend(trend: Trend) -> IndexRequest:
    document = trend.model_dump()
    # a window only grows, and its count says how far
    return IndexRequest("trends", f"{trend.term}-{trend.hour:%Y%m%d%H}", trend.count, document, (), True)


def _dead_letter(record: ConsumedRecord, headers: list[tuple[str, bytes]]) -> IndexRequest:
    try:
        header = from_headers(headers)
    except ValidationError as e:
        raise Reject("no-headers", f"not a dead letter of ours: {e.error_count()} faults in its headers") from None
    document: Document = header.model_dump() | {
        "key": record.key.decode("utf-8", "replace")[:512] if record.key else None,
        # the original bytes stay in the topic; the index holds no commenter's address
        "preview": without_personal_data((record.value or b"")[:_PREVIEW].decode("utf-8", "replace")),
        "letter_partition": record.partition,
        "letter_offset": record.offset,
    }
    return IndexRequest("dead-letters", f"{record.partition}-{record.offset}", None, _tidy(document), (), False)


def _text(article: Article, enrichment: ArticleEnrichment) -> Document:
    def names(kind: EntityKind) -> list[str]:
        """Whom the publisher names first, then whom the text names."""
        said = [one.name for one in article.named if one.kind == kind.value]
        return list(dict.fromkeys([*said, *(e.name for e in enrichment.entities if e.kind is kind)]))

    return {
        "provider": article.provider,
        "publisher": article.publisher,
        "site": article.site,
        "url": article.url,
        "claims": [f"{claim.scheme.value}:{claim.value}" for claim in article.claims],
        "headline": article.headline,
        "byline": article.byline,
        "authors": list(article.authors),
        "written_by": [author.model_dump(exclude_none=True) for author in article.written_by],
        "agency": article.agency,
        "media_topics": [subject.model_dump(exclude_none=True) for subject in article.media_topics],
        "changes": [change.model_dump(exclude_none=True) for change in article.changes],
        "dateline": article.dateline,
        "slug": article.slug,
        "summary": article.summary,
        "take": article.take,
        "body": "\n\n".join(article.paragraphs),
        "body_html": article.body_html,
        "faq": [faq.model_dump() for faq in article.faq],
        "section": article.section,
        "topics": list(article.topics),
        "subjects": [subject.model_dump(exclude_none=True) for subject in article.subjects],
        "language": enrichment.language,
        "published": article.published.utc if article.published else None,
        "modified": article.modified.utc if article.modified else None,
        "embargo_until": article.embargo_until.utc if article.embargo_until else None,
        "expires": article.expires.utc if article.expires else None,
        "genre": article.genre,
        "urgency": article.urgency,
        "rights": article.rights,
        "rights_holder": article.rights_holder,
        "usage_terms": article.usage_terms,
        "credit": article.credit,
        "correction_note": article.correction_note,
        "pictures": [picture.model_dump(exclude_none=True) for picture in article.pictures],
        "links": [link.model_dump(exclude_none=True) for link in article.links],
        "named": [one.model_dump(include={"kind", "name", "code"}, exclude_none=True) for one in article.named],
        "hops": [hop.model_dump(exclude_none=True) for hop in article.hops],
        "keywords": list(enrichment.keywords),
        "people": names(EntityKind.PERSON),
        "places": names(EntityKind.PLACE),
        "organisations": names(EntityKind.ORGANISATION),
        "countries": sorted({entity.country for entity in enrichment.entities if entity.country}),
        "entities": [entity.model_dump(mode="json", exclude_none=True) for entity in enrichment.entities],
        "locations": [
            {"lat": latitude, "lon": longitude}
            for latitude, longitude in (
                *((named.latitude, named.longitude) for named in article.named),
                *((entity.latitude, entity.longitude) for entity in enrichment.entities),
            )
            if latitude is not None and longitude is not None
        ],
        "quotations": [one.model_dump(exclude_none=True) for one in enrichment.quotations],
        "figures": [one.model_dump(mode="json", exclude_none=True) for one in enrichment.figures],
        "direction": enrichment.direction,
        "words": enrichment.words,
        "readability": enrichment.readability,
        "reading_seconds": enrichment.reading_seconds,
        "sentiment": enrichment.sentiment.model_dump() if enrichment.sentiment else None,
        "missing": list(enrichment.missing),
        "original": article.original.model_dump() if article.original else None,
        "revision": article.revision.model_dump(),
    }


def _processed(event: Event[Any], now: datetime) -> Document:
    return {
        "received": event.time,
        "normalized": event.normalizedtime,
        "enriched": event.enrichedtime,
        "revised": event.revisedtime,
        "indexed": now,
    }


def _tidy(document: Document) -> Document:
    """Without empty fields, at every level."""
    return {
        name: _tidy(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None and value != [] and value != ""
    }
