"""Enriches an article with its partial updates, where they changed its text. Pure."""

from __future__ import annotations

import hashlib
import json

from pipeline.stages.enrich.enricher import READ_BY_ENRICH
from pipeline.stages.revise.articles import article_of, fits
from pipeline.stages.revise.batch import EnrichMerged
from pipeline.stages.revise.history import enriched_of
from pipeline.stages.revise.state import ArticleState, MergedEnrichment
from pipeline.stages.stage import BoundStep
from pipeline.topics import Record
from schemas.article import Article
from schemas.enrichment import ArticleEnrichment
from schemas.events import NormalizedArticleEvent


def enrich_merged(enrich: BoundStep, largest: int) -> EnrichMerged:
    """What a batch of revise enriches merged texts with: `enrich` is the step that enriched the revision."""

    def run(state: ArticleState) -> list[Record]:
        made, side_outputs = enrich(_merged_event(state))
        enriched = enriched_of(made)
        state.enriched = MergedEnrichment(enrichment=enriched.enrichment, at=made.enrichedtime)
        if not fits(state, largest):
            # its text is shown without
            plain = ArticleEnrichment(language=enriched.enrichment.language, direction=enriched.enrichment.direction)
            state.enriched = MergedEnrichment(enrichment=plain, at=made.enrichedtime)
        return side_outputs

    return run


def _merged_event(state: ArticleState) -> NormalizedArticleEvent:
    merged, patched = article_of(state), state.patched
    assert merged is not None
    assert patched is not None
    return NormalizedArticleEvent(
        id=f"{state.article_id}/{_text_id(merged)}",
        source="/dateline/revise",
        type=patched.type,
        subject=str(state.article_id),
        time=patched.time,
        traceparent=patched.traceparent,
        normalizedtime=patched.normalizedtime,
        data=merged,
    )


def _text_id(merged: Article) -> str:
    """Names a merged text by all that enrich reads of it, so that its signature differs from those of other texts."""
    read = merged.model_dump(mode="json", include=set(READ_BY_ENRICH), exclude_none=True)
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:32]
