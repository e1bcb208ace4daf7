"""A record of each indexed topic as an index request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from pydantic import ValidationError

from pipeline import topics
from pipeline.dates import not_in_future
from pipeline.errors import Reject
from pipeline.formats.mediatopics import facets
from pipeline.index.families import FAMILIES
from pipeline.index.refresh import is_urgent
from pipeline.index.requests import IndexRequest
from pipeline.kafka.dead_letters import from_headers
from pipeline.stages.declared import TREND_MIN_COUNT
from pipeline.stages.normalize.personal import without_personal_data
from pipeline.stages.revise.version import is_first
from pipeline.topics import ConsumedRecord, Headers, Topic
from schemas.analysis import STEMMED_FIELDS, stemmed_as
from schemas.article import Article
from schemas.audit import AuditRecord
from schemas.current import Status
from schemas.documents import (
    ArticleDocument,
    AuditDocument,
    CommentDocument,
    DeadLetterDocument,
    HistoryDocument,
    Mentions,
    Processed,
    RedirectDocument,
    Section,
    StoryDocument,
    TrendDocument,
)
from schemas.enrichment import ArticleEnrichment, EntityKind
from schemas.event import Event
from schemas.events import CurrentArticleEvent, CurrentCommentEvent, SupersededArticleEvent
from schemas.patch import ArticlePatch
from schemas.story import StoryRedirect
from schemas.trend import Trend

_PREVIEW = 2000
"""Bytes of a refused record that are shown."""
_TWINS = tuple(column for column in ArticleDocument.columns if column.name in STEMMED_FIELDS)
_LONGEST_TWIN = 1_000_000
"""Characters; a longer text is a data dump, not a story, and would be sent twice."""
_OF_EVERY_REVISION = frozenset({"provider", "publisher", "claims", "revision", "original"})


def article(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `articles.current`: the article, or a redirect to its canonical id."""
    event: CurrentArticleEvent = record.topic.decode(record)
    data = event.data
    own_id = str(data.article_id)
    if data.merged_into is not None:
        redirect = RedirectDocument(id=own_id, merged_into=str(data.merged_into)).as_source()
        return IndexRequest(
            "redirects", own_id, data.version, redirect, ("articles", "articles-hidden"), False, "articles"
        )
    enrichment = data.enrichment or ArticleEnrichment()
    document = ArticleDocument(
        article_id=own_id,
        status=data.visibility.status.value,
        until=data.visibility.until,
        kill_reason=data.notice.reason if data.notice else None,
        processed=_processed(event, now),
        article=data.article,
        enrichment=enrichment if data.article else None,
        mentions=_mentions(data.article, enrichment) if data.article else None,
        story_id=str(data.story.story_id) if data.story and data.article else None,
        relation=data.story.relation if data.story and data.article else None,
        has=tuple(_extras(data.article)) if data.article else (),
        shown_at=_shown_at(data.article) if data.article else None,
        sections=tuple(Section(code=one.code, name=one.name) for one in facets(data.article)) if data.article else (),
        stemmed=_stemmed(data.article, enrichment) if data.article else None,
    )
    request = _shown_or_hidden(
        "articles", own_id, data.version, document.as_source(), data.visibility.public, data.moved
    )
    if not data.visibility.public:
        request = replace(request, urgent=data.moved)
    elif data.article is not None and is_urgent(data.article):
        # readers don't wait for its place in a story, which is sent after it
        request = replace(request, urgent=data.moved or is_first(data.version))
    # it may have been a redirect, until an earlier receipt of this id came
    return replace(request, remove_from=(*request.remove_from, "redirects")) if data.moved else request


def comment(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `comments.current`."""
    event: CurrentCommentEvent = record.topic.decode(record)
    data = event.data
    document = CommentDocument(
        article_id=str(data.article_id),
        comment_id=str(data.comment_id),
        status=data.visibility.status,
        decision=data.notice.decision if data.notice else None,
        processed=_processed(event, now),
        comment=data.comment,
        enrichment=data.enrichment if data.comment else None,
    )
    # a removal must also reach a text in the other index, written before its visibility changed
    unsure = data.moved or data.visibility.status is Status.REMOVED
    return _shown_or_hidden(
        "comments", str(data.comment_id), data.version, document.as_source(), data.visibility.public, unsure
    )


def revision(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `articles.history`: a superseded revision, a partial update, or the stub that a kill left."""
    event: SupersededArticleEvent = record.topic.decode(record)
    data = event.data
    text, enrichment = data.article, data.enrichment or ArticleEnrichment()
    document = HistoryDocument(
        article_id=str(data.article_id),
        revision_key=data.revision_key,
        status="superseded" if text else "partial" if data.patch else "killed",
        processed=Processed(normalized=event.normalizedtime, indexed=now),
        article=text,
        enrichment=enrichment if text else None,
        mentions=_mentions(text, enrichment) if text else None,
        withheld=text.withheld if text else None,
    )
    source = document.as_source() if text or data.patch is None else _with_patch(document, data.patch)
    return IndexRequest("history", f"{data.article_id}:{data.revision_key}", data.version, source, (), False)


def story(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `stories`. The earlier a root, the later it was found: the version rises as roots get earlier."""
    redirect: StoryRedirect = record.topic.decode(record)
    version = (1 << 62) - (int(redirect.root.received.timestamp() * 1000) << 16 | redirect.root.article_id.int >> 112)
    document = StoryDocument(story_id=str(redirect.story_id), merged_into=str(redirect.merged_into))
    return IndexRequest("stories", str(redirect.story_id), version, document.as_source(), (), True)


def trend(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `trends`. A window of which too little is left, as articles were hidden, has no name any more."""
    found: Trend = record.topic.decode(record)
    document = TrendDocument(**found.model_dump())
    source = (
        document.as_source()
        if found.count >= TREND_MIN_COUNT
        else document.as_source(without={"name"}) | {"score": 0.0}
    )
    # above the version of a record without a change, which was its count
    version = (found.change << 20) + found.count
    return IndexRequest("trends", f"{found.term}-{found.hour:%Y%m%d%H}", version, source, (), True)


def dead_letter(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `dead-letters`. Raises Reject where the headers are not those of a dead letter."""
    try:
        letter = from_headers(headers)
    except ValidationError as e:
        raise Reject("no-headers", f"not a dead letter of ours: {e.error_count()} faults in its headers") from None
    document = DeadLetterDocument(
        **letter.model_dump(),
        key=record.key.decode("utf-8", "replace")[:512] if record.key else None,
        # the original bytes are only in the topic; the index has no commenter's e-mail or IP address
        preview=without_personal_data((record.value or b"")[:_PREVIEW].decode("utf-8", "replace")),
        letter_partition=record.partition,
        letter_offset=record.offset,
    )
    return IndexRequest("dead-letters", f"{record.partition}-{record.offset}", None, document.as_source(), (), False)


def audit(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """Of `audit`."""
    found: AuditRecord = record.topic.decode(record)
    return IndexRequest("audit", found.id, None, AuditDocument(**found.model_dump()).as_source(), (), False)


def _extras(article: Article) -> Iterable[str]:
    if article.pictures:
        yield "pictures"
    if article.correction_note:
        yield "correction"


def _shown_at(article: Article) -> datetime:
    """The time that counts among the latest: published, else modified, else received. A clock that is ahead doesn't count: at
    most five minutes after receipt, or the end of an embargo that ended later."""
    received = article.revision.received
    told = article.published or article.modified
    at = not_in_future(told.utc, received) if told else received
    if article.embargo_until is None:
        return at
    end = article.embargo_until.utc
    return max(at, min(told.utc, end) if told else end)


def _stemmed(article: Article, enrichment: ArticleEnrichment) -> dict[str, dict[str, str | None]] | None:
    """The texts that have twins, under the language they are stemmed in: the detected one, else the declared."""
    language = stemmed_as(enrichment.language or article.language)
    if language is None:
        return None
    texts = {column.name: getattr(article, column.field) for column in _TWINS}
    made = {
        column.name: column.convert(texts[column.name]) if column.convert else texts[column.name] for column in _TWINS
    }
    return {language: {name: text for name, text in made.items() if text and len(text) <= _LONGEST_TWIN}}


def _shown_or_hidden(
    family: str, id_: str, version: int, source: dict[str, Any], public: bool, moved: bool
) -> IndexRequest:
    index, other = (family, f"{family}-hidden") if public else (f"{family}-hidden", family)
    return IndexRequest(index, id_, version, source, (other,) if moved else (), public)


def _with_patch(document: HistoryDocument, patch: ArticlePatch) -> dict[str, Any]:
    """The fields of a partial update, under the names that a whole revision's document has."""
    set_fields = patch.set()
    of_all = patch.model_dump(
        mode="json", include={"article_id", "provider", "publisher", "claims", "revision", "original"}
    )
    article = Article.model_validate({"headline": "-", **set_fields} | of_all)
    text = HistoryDocument.names("article")
    named = {HistoryDocument.name_of(field) for field in set_fields} & text
    update = {
        "article": article,
        "named_fields": tuple(sorted(named)),
        "cleared": tuple(map(HistoryDocument.name_of, patch.cleared)),
        "withheld": False if "withheld" in patch.cleared else set_fields.get("withheld"),
    }
    return document.model_copy(update=update).as_source(without=text - named - _OF_EVERY_REVISION)


def _mentions(article: Article, enrichment: ArticleEnrichment) -> Mentions:
    def names(kind: EntityKind) -> tuple[str, ...]:
        """Names given by the publisher first, then names found in the text for sure."""
        named = (one.name for one in article.named if one.kind == kind.value)
        found = (entity.facet for entity in enrichment.entities if entity.kind is kind and entity.sure)
        return tuple(dict.fromkeys(chain(named, found)))

    sure = [entity for entity in enrichment.entities if entity.sure]
    return Mentions(
        people=names(EntityKind.PERSON),
        places=names(EntityKind.PLACE),
        organisations=names(EntityKind.ORGANISATION),
        countries=tuple(sorted({entity.country for entity in sure if entity.country})),
        locations=tuple(
            _points(
                chain(
                    ((named.latitude, named.longitude) for named in article.named),
                    ((entity.latitude, entity.longitude) for entity in sure),
                )
            )
        ),
    )


def _points(places: Iterable[tuple[float | None, float | None]]) -> Iterable[dict[str, float]]:
    for latitude, longitude in places:
        if latitude is not None and longitude is not None:
            yield {"lat": latitude, "lon": longitude}


def _processed(event: Event[Any], now: datetime) -> Processed:
    return Processed(
        received=event.time,
        normalized=event.normalizedtime,
        enriched=event.enrichedtime,
        revised=event.revisedtime,
        indexed=now,
    )


_PROJECTIONS: dict[Topic, Callable[[ConsumedRecord, Headers, datetime], IndexRequest]] = {
    topics.ARTICLES_CURRENT: article,
    topics.COMMENTS_CURRENT: comment,
    topics.ARTICLES_HISTORY: revision,
    topics.STORIES: story,
    topics.TRENDS: trend,
    topics.DEAD_LETTERS: dead_letter,
    topics.AUDIT: audit,
}

if set(_PROJECTIONS) != {family.topic for family in FAMILIES}:
    raise ValueError("a family's topic has no projection, or a projection has no family")


def index_request(record: ConsumedRecord, headers: Headers, now: datetime) -> IndexRequest:
    """What a record of one of the families' topics asks for. Raises Reject where it can't be read. Pure."""
    return _PROJECTIONS[record.topic](record, headers, now)
