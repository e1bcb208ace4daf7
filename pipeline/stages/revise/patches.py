"""Partial updates: the latest value of each field, merged with the current revision. Pure.

Partial updates are stored apart from the revision (`Patched`), so that a revision that arrives late, below them, is
merged like one that arrived before them. Where the merged text differs from the revision's, revise calls enrich for it.
"""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from pipeline.formats.mediatopics import media_topics
from pipeline.stages.enrich.enricher import READ_BY_ENRICH
from schemas.article import Article
from schemas.events import EnrichedArticleEvent
from schemas.identity import Revision
from schemas.patch import ArticlePatch, Patched, PatchedField

_VISIBILITY = frozenset({"withheld", "embargo_until", "expires"})
_MEDIA_TOPICS_FROM = frozenset({"section", "topics", "subjects"})
MAX_CHANGES = 200


def patched(event: EnrichedArticleEvent, patch: ArticlePatch) -> Patched:
    """One partial update: the latest value of each field that it names."""
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
    """Both in one: of each field the later value."""
    if known is None:
        return arriving
    fields = dict(known.fields)
    for name, field in arriving.fields.items():
        if name not in fields or field.order >= fields[name].order:
            fields[name] = field
    latest = max(known, arriving, key=lambda one: one.revision.order())
    return latest.model_copy(update={"fields": fields})


def above(known: Patched | None, revision: Revision) -> Patched | None:
    """What of it is later than a whole revision, which replaces every field."""
    if known is None or known.revision.order() <= revision.order():
        return None
    fields = {name: field for name, field in known.fields.items() if field.order > revision.order()}
    return known.model_copy(update={"fields": fields})


def merge(base: Article, known: Patched) -> Article:
    """The whole revision with the partial updates above it."""
    values: dict[str, Any] = base.model_dump(mode="json", exclude_none=True)
    for name, field in known.fields.items():
        if field.value is None:
            values.pop(name, None)
        else:
            values[name] = field.value
    unpatched = [change for change in base.changes if change.field not in known.fields]
    changes = [*unpatched, *(change for name in sorted(known.fields) for change in known.fields[name].changes)]
    values["changes"] = [change.model_dump(mode="json", exclude_none=True) for change in changes[:MAX_CHANGES]]
    values["revision"] = known.revision.model_dump(mode="json")
    article = Article.model_validate(values)
    if _MEDIA_TOPICS_FROM & known.fields.keys():
        found = media_topics(article.section, article.topics, article.subjects)
        article = article.model_copy(update={"media_topics": found})
    return article


def only_visibility(known: Patched) -> Patched | None:
    """What of it decides whether readers see the article: that is never dropped for its size."""
    fields = {name: field for name, field in known.fields.items() if name in _VISIBILITY}
    return known.model_copy(update={"fields": fields}) if fields else None


def needs_enriching(known: Patched) -> bool:
    """Whether it changes a field that enrich reads."""
    return bool(READ_BY_ENRICH & known.fields.keys())
