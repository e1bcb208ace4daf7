"""Partial updates: the latest word on each field, merged with the revision that stands. Pure.

What partial updates say is kept apart from the revision (`Patched`), so that a revision that comes late, below them, is
merged like one that came before them. Enrich is asked for what it makes of the merged text (`articles.merged`).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import JsonValue

from pipeline.formats.mediatopics import media_topics
from schemas.article import Article
from schemas.events import EnrichedArticleEvent
from schemas.identity import Revision
from schemas.patch import ArticlePatch, Patched, PatchedField

READ_BY_ENRICH = frozenset({"headline", "paragraphs", "dateline", "language", "published", "named"})
"""Fields that enrichment, or the signature for stories, is made from: of another one, it stays as it is."""
_MEDIA_TOPICS_FROM = frozenset({"section", "topics", "subjects"})
_MOST_CHANGES = 200


def patched(event: EnrichedArticleEvent, patch: ArticlePatch) -> Patched:
    """One partial update, as the latest word on what it names."""
    order = patch.revision.order()
    fields = {}
    values: dict[str, JsonValue] = {**patch.set(), **dict.fromkeys(patch.cleared)}
    for name, value in values.items():
        changes = tuple(change for change in patch.changes if change.field == name)
        fields[name] = PatchedField(order=order, value=value, changes=changes)
    return Patched(
        fields=fields,
        revision=patch.revision,
        type=event.type,
        time=event.time,
        traceparent=event.traceparent,
        normalizedtime=event.normalizedtime,
        enrichedtime=event.enrichedtime,
    )


def join(known: Patched | None, arriving: Patched) -> Patched:
    """Both: of each field what the later one says."""
    if known is None:
        return arriving
    fields = dict(known.fields)
    for name, said in arriving.fields.items():
        if name not in fields or said.order >= fields[name].order:
            fields[name] = said
    latest = max(known, arriving, key=lambda one: one.revision.order())
    return latest.model_copy(update={"fields": fields})


def above(known: Patched | None, revision: Revision) -> Patched | None:
    """What of it is later than a whole revision, which says everything anew."""
    if known is None or known.revision.order() <= revision.order():
        return None
    fields = {name: said for name, said in known.fields.items() if said.order > revision.order()}
    return known.model_copy(update={"fields": fields})


def merge(base: Article, known: Patched) -> Article:
    """The article that a whole revision and what was said since make."""
    values: dict[str, Any] = base.model_dump(mode="json", exclude_none=True)
    for name, said in known.fields.items():
        if said.value is None:
            values.pop(name, None)
        else:
            values[name] = said.value
    kept = [change for change in base.changes if change.field not in known.fields]
    changes = [*kept, *(change for name in sorted(known.fields) for change in known.fields[name].changes)]
    values["changes"] = [change.model_dump(mode="json", exclude_none=True) for change in changes[:_MOST_CHANGES]]
    values["revision"] = known.revision.model_dump(mode="json")
    article = Article.model_validate(values)
    if _MEDIA_TOPICS_FROM & known.fields.keys():
        found = media_topics(article.section, article.topics, article.subjects)
        article = article.model_copy(update={"media_topics": found})
    return article


def needs_enriching(known: Patched) -> bool:
    return bool(READ_BY_ENRICH & known.fields.keys())


def merge_id(merged: Article) -> str:
    """Names a merge by all that enrich reads of it: an answer to an older question has another."""
    read = merged.model_dump(mode="json", include=set(READ_BY_ENRICH), exclude_none=True)
    text = json.dumps([str(merged.article_id), read], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
