"""The stage itself: normalized events to enriched ones, by the enrichers of two tables."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pipeline.errors import Fatal
from pipeline.settings import Settings
from pipeline.stages.enrich import trained, words
from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.figures import figures
from pipeline.stages.enrich.keywords import keywords
from pipeline.stages.enrich.language import detect, direction
from pipeline.stages.enrich.moderation import NOTHING, Lexicon, lexicon, make_lexicon, moderate
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.sentiment import sentiment
from pipeline.stages.enrich.speech import quotations
from schemas.article import Article
from schemas.comment import Comment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment, Entity, EntityKind
from schemas.event import Event
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, NormalizedArticleEvent, NormalizedCommentEvent

log = logging.getLogger("dateline.enrich")

Made = dict[str, Any]
"""Fields of the enrichment so far: a later enricher may read what an earlier one made."""


def _body(article: Article) -> str:
    return "\n".join((article.headline, *article.paragraphs))


def _people(made: Made) -> tuple[str, ...]:
    return tuple(entity.name for entity in made.get("entities", ()) if entity.kind is EntityKind.PERSON)


@dataclass(frozen=True)
class Choices:
    """What an operator chose for enrich."""

    off: frozenset[str] = frozenset()
    """Enrichers that don't run; their fields stay empty."""
    model: str | None = None
    """A spaCy pipeline for entities."""
    words: Callable[[str], tuple[Lexicon, Lexicon]] = lambda provider: (NOTHING, NOTHING)
    """A provider's own banned and suspect words."""


def choices(settings: Settings) -> Choices:
    """As the settings say. Raises Fatal for an enricher that there is none of."""
    if unknown := settings.enrichers_off - ARTICLE_ENRICHERS.keys() - COMMENT_ENRICHERS.keys():
        known = ", ".join(sorted({*ARTICLE_ENRICHERS, *COMMENT_ENRICHERS}))
        raise Fatal(f"DATELINE_ENRICHERS_OFF names {', '.join(sorted(unknown))}; there are {known}")

    def words_of(provider: str) -> tuple[Lexicon, Lexicon]:
        own = settings.provider(provider)
        return make_lexicon(own.banned_words), make_lexicon(own.suspect_words)

    return Choices(settings.enrichers_off, settings.spacy_model, lru_cache(maxsize=1024)(words_of))


def _entities(article: Article, made: Made, chosen: Choices) -> tuple[Entity, ...]:
    language = made.get("language")
    if chosen.model and language in (None, trained.model(chosen.model).lang):
        return trained.entities_by_model(chosen.model, article.paragraphs, article.dateline)
    return entities(article.paragraphs, language, article.dateline)


ARTICLE_ENRICHERS: dict[str, Callable[[Article, Made, Choices], Any]] = {
    "language": lambda a, made, chosen: detect(_body(a), a.language),
    "words": lambda a, made, chosen: words.count(_body(a)),
    "reading_seconds": lambda a, made, chosen: words.reading_seconds(made.get("words", 0)),
    "readability": lambda a, made, chosen: words.readability("\n".join(a.paragraphs)),
    "keywords": lambda a, made, chosen: keywords(a.headline, a.paragraphs),
    "entities": _entities,
    "sentiment": lambda a, made, chosen: sentiment(_body(a), made.get("language")),
    "direction": lambda a, made, chosen: direction(_body(a)),
    "quotations": lambda a, made, chosen: quotations(a.paragraphs, _people(made), made.get("language")),
    "figures": lambda a, made, chosen: figures(a.paragraphs, _people(made), made.get("language")),
}
COMMENT_ENRICHERS: dict[str, Callable[[Comment, Made, Choices], Any]] = {
    "language": lambda c, made, chosen: detect(c.text),
    "sentiment": lambda c, made, chosen: sentiment(c.text, made.get("language")),
    "moderation": lambda c, made, chosen: moderate(c.text, *chosen.words(c.provider)),
}

NOTHING_CHOSEN = Choices()


def load(chosen: Choices = NOTHING_CHOSEN) -> None:
    """Load models and lexicons, once, when the worker starts. Raises Fatal where the model that was chosen can't be."""
    if chosen.model:
        trained.model(chosen.model)
    sample = "The government of France said on Monday that talks would go on."
    language = detect(sample)
    sentiment(sample, language)
    gazetteer()
    lexicon()
    words.stop_words()


def enrich_article(event: NormalizedArticleEvent, chosen: Choices = NOTHING_CHOSEN) -> EnrichedArticleEvent:
    """A clean article with what the enrichers made of it. Never refuses: what fails is named in `missing`."""
    data = event.data
    if isinstance(data, Article):
        made = _run(ARTICLE_ENRICHERS, data, event.id, chosen)
        data_out: Any = EnrichedArticle(article=data, enrichment=ArticleEnrichment(**made))
    else:
        data_out = data
    return EnrichedArticleEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def enrich_comment(event: NormalizedCommentEvent, chosen: Choices = NOTHING_CHOSEN) -> EnrichedCommentEvent:
    """A clean comment likewise."""
    data = event.data
    if isinstance(data, Comment):
        made = _run(COMMENT_ENRICHERS, data, event.id, chosen)
        data_out: Any = EnrichedComment(comment=data, enrichment=CommentEnrichment(**made))
    else:
        data_out = data
    return EnrichedCommentEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def _run(
    enrichers: dict[str, Callable[[Any, Made, Choices], Any]], item: Article | Comment, event_id: str, chosen: Choices
) -> Made:
    made: Made = {}
    missing = []
    for name, enricher in enrichers.items():
        if name in chosen.off:
            continue
        try:
            made[name] = enricher(item, made, chosen)
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
