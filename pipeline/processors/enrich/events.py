"""The stage itself: normalized events to enriched ones, by the enrichers of two tables."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pipeline.processors.enrich import words
from pipeline.processors.enrich.entities import entities
from pipeline.processors.enrich.keywords import keywords
from pipeline.processors.enrich.language import detect, direction
from pipeline.processors.enrich.moderation import lexicon, moderate
from pipeline.processors.enrich.places import gazetteer
from pipeline.processors.enrich.sentiment import sentiment
from pipeline.processors.enrich.speech import figures, quotations
from schemas.article import Article
from schemas.comment import Comment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment, EntityKind
from schemas.event import Event
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, NormalizedArticleEvent, NormalizedCommentEvent

log = logging.getLogger("dateline.enrich")

Made = dict[str, Any]
"""Fields of the enrichment so far: a later enricher may read what an earlier one made."""


def _body(article: Article) -> str:
    return "\n".join((article.headline, *article.paragraphs))


def _people(made: Made) -> tuple[str, ...]:
    return tuple(entity.name for entity in made.get("entities", ()) if entity.kind is EntityKind.PERSON)


ARTICLE_ENRICHERS: dict[str, Callable[[Article, Made], Any]] = {
    "language": lambda a, made: detect(_body(a), a.language),
    "words": lambda a, made: words.count(_body(a)),
    "reading_seconds": lambda a, made: words.reading_seconds(made.get("words", 0)),
    "readability": lambda a, made: words.readability("\n".join(a.paragraphs)),
    "keywords": lambda a, made: keywords(a.headline, a.paragraphs),
    "entities": lambda a, made: entities(a.paragraphs, made.get("language")),
    "sentiment": lambda a, made: sentiment(_body(a), made.get("language")),
    "direction": lambda a, made: direction(_body(a)),
    "quotations": lambda a, made: quotations(a.paragraphs, _people(made), made.get("language")),
    "figures": lambda a, made: figures(a.paragraphs, _people(made), made.get("language")),
}
COMMENT_ENRICHERS: dict[str, Callable[[Comment, Made], Any]] = {
    "language": lambda c, made: detect(c.text),
    "sentiment": lambda c, made: sentiment(c.text, made.get("language")),
    "moderation": lambda c, made: moderate(c.text),
}


def load() -> None:
    """Load models and lexicons, once, when the worker starts."""
    sample = "The government of France said on Monday that talks would go on."
    language = detect(sample)
    sentiment(sample, language)
    gazetteer()
    lexicon()
    words.stop_words()


def enrich_article(event: NormalizedArticleEvent) -> EnrichedArticleEvent:
    """A clean article with what the enrichers made of it. Never refuses: what fails is named in `missing`."""
    data = event.data
    if isinstance(data, Article):
        made = _run(ARTICLE_ENRICHERS, data, event.id)
        data_out: Any = EnrichedArticle(article=data, enrichment=ArticleEnrichment(**made))
    else:
        data_out = data
    return EnrichedArticleEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def enrich_comment(event: NormalizedCommentEvent) -> EnrichedCommentEvent:
    """A clean comment likewise."""
    data = event.data
    if isinstance(data, Comment):
        made = _run(COMMENT_ENRICHERS, data, event.id)
        data_out: Any = EnrichedComment(comment=data, enrichment=CommentEnrichment(**made))
    else:
        data_out = data
    return EnrichedCommentEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def _run(enrichers: dict[str, Callable[[Any, Made], Any]], item: Article | Comment, event_id: str) -> Made:
    made: Made = {}
    missing = []
    for name, enricher in enrichers.items():
        try:
            made[name] = enricher(item, made)
        except Exception:  # one enricher's fault must not cost the record the others
            log.exception("enricher %s failed on event %s", name, event_id)
            missing.append(name)
    return made | {"missing": tuple(missing)}


def _envelope(event: Event[Any]) -> dict[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "traceparent": event.traceparent,
        "normalizedtime": event.normalizedtime,
    }
