"""The step itself: normalized events to enriched ones, by the enrichers of two tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline import telemetry
from pipeline.errors import Fatal
from pipeline.settings import Settings
from pipeline.stages.enrich import trained
from pipeline.stages.enrich.copies import Copies, digest
from pipeline.stages.enrich.enricher import Choices, Enricher, Made, Words, beginning
from pipeline.stages.enrich.figures import FIGURES
from pipeline.stages.enrich.keywords import KEYWORDS
from pipeline.stages.enrich.language import COMMENT_LANGUAGE, DIRECTION, LANGUAGE
from pipeline.stages.enrich.moderation import MODERATION
from pipeline.stages.enrich.sentiment import COMMENT_SENTIMENT, SENTIMENT
from pipeline.stages.enrich.speech import QUOTATIONS
from pipeline.stages.enrich.trained import ENTITIES
from pipeline.stages.enrich.words import READABILITY, READING_SECONDS, WORDS
from schemas.article import Article
from schemas.comment import Comment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment
from schemas.event import Event
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, NormalizedArticleEvent, NormalizedCommentEvent

Enrichment = TypeVar("Enrichment", ArticleEnrichment, CommentEnrichment)


def _by_name(*enrichers: Enricher) -> dict[str, Enricher]:
    return {enricher.name: enricher for enricher in enrichers}


ARTICLE_ENRICHERS = _by_name(
    LANGUAGE,
    WORDS,
    READING_SECONDS,
    READABILITY,
    KEYWORDS,
    ENTITIES,
    SENTIMENT,
    DIRECTION,
    QUOTATIONS,
    FIGURES,
)
"""In the order in which they run: an enricher that reads what another made comes after it."""
COMMENT_ENRICHERS = _by_name(COMMENT_LANGUAGE, COMMENT_SENTIMENT, MODERATION)

DEFAULTS = Choices()


def choices(settings: Settings) -> Choices:
    """As configured. Raises Fatal for an unknown enricher."""
    if unknown := settings.enrichers_off - ARTICLE_ENRICHERS.keys() - COMMENT_ENRICHERS.keys():
        known = ", ".join(sorted({*ARTICLE_ENRICHERS, *COMMENT_ENRICHERS}))
        raise Fatal(f"DATELINE_ENRICHERS_OFF names {', '.join(sorted(unknown))}; there are {known}")

    def words_of(provider: str) -> tuple[Words, Words]:
        own = settings.provider(provider)
        return own.banned_words, own.suspect_words

    return Choices(settings.enrichers_off, settings.spacy_model, words_of)


def load(chosen: Choices = DEFAULTS) -> None:
    """Load models and lists, once, when the worker starts. Raises Fatal where the model that was chosen can't be loaded."""
    if chosen.model:
        trained.model(chosen.model)
    for enricher in (*ARTICLE_ENRICHERS.values(), *COMMENT_ENRICHERS.values()):
        if enricher.name not in chosen.off:
            enricher.load()


def enrich_article(
    event: NormalizedArticleEvent, chosen: Choices = DEFAULTS, copies: Copies | None = None
) -> EnrichedArticleEvent:
    """A clean article with what the enrichers made of it. Never refuses: what fails is named in `missing`. `copies`: what the same
    choices made of others, which is taken for a copy."""
    data = event.data
    if isinstance(data, Article):
        data_out: Any = EnrichedArticle(article=data, enrichment=_enrichment(data, event.id, chosen, copies))
    else:
        data_out = data
    return EnrichedArticleEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def enrich_comment(event: NormalizedCommentEvent, chosen: Choices = DEFAULTS) -> EnrichedCommentEvent:
    """A clean comment likewise."""
    data = event.data
    if isinstance(data, Comment):
        made = _run(COMMENT_ENRICHERS, data, event.id, chosen)
        data_out: Any = EnrichedComment(comment=data, enrichment=_checked(CommentEnrichment, made, event.id))
    else:
        data_out = data
    return EnrichedCommentEvent(**_envelope(event), enrichedtime=datetime.now(UTC), data=data_out)


def _enrichment(article: Article, event_id: str, chosen: Choices, copies: Copies | None) -> ArticleEnrichment:
    key = digest(article) if copies is not None else b""
    known = copies.get(key) if copies is not None else None
    if known is not None:
        return known
    made = _checked(ArticleEnrichment, _run(ARTICLE_ENRICHERS, article, event_id, chosen), event_id)
    if copies is not None:
        copies.add(key, made)
    return made


def _run(enrichers: dict[str, Enricher], item: Article | Comment, event_id: str, chosen: Choices) -> Made:
    made: Made = {}
    missing = []
    start = beginning(item) if isinstance(item, Article) else item
    for name, enricher in enrichers.items():
        if name in chosen.off:
            continue
        try:
            made[name] = enricher(item if enricher.whole else start, made, chosen)
        except Exception as e:  # one enricher's fault must not cost the record the others
            telemetry.ENRICHER_FAILED(e, enricher=name, event_id=event_id)
            missing.append(name)
    return made | {"missing": tuple(missing)}


def _checked(model: type[Enrichment], made: Made, event_id: str) -> Enrichment:
    """What was made, as the contract has it: what it can't hold is missing, and costs nothing else."""
    try:
        return model(**made)
    except ValidationError as e:
        names: set[str] = {str(fault["loc"][0]) for fault in e.errors(include_url=False, include_context=False)}
        for name in sorted(names):
            telemetry.ENRICHER_FAILED(e, enricher=name, event_id=event_id)
        kept = {name: value for name, value in made.items() if name not in names}
        return model(**kept | {"missing": (*made["missing"], *sorted(names))})


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
