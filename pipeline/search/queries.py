"""Search requests to Elasticsearch queries, and its answers to results. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.search import matching
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN

FACETS = ("section", "places", "people", "organisations", "language", "publisher")
MAX_RESULTS = 10_000
"""How far results can be paged; the index's max_result_window."""


@dataclass(frozen=True)
class Search:
    """A reader's search. Without `text` it finds the latest."""

    text: str = ""
    section: str | None = None
    language: str | None = None
    publisher: str | None = None
    people: str | None = None
    places: str | None = None
    organisations: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    size: int = 10
    start: int = 0


def article_query(search: Search) -> dict[str, Any]:
    """The body of a search for articles, with highlights and facets."""
    body: dict[str, Any] = {
        "query": {"bool": {"must": [_asked(search.text, matching.words)], "filter": _filters(search, "shown_at")}},
        "from": search.start,
        "size": min(search.size, MAX_RESULTS - search.start),
        "_source": {"excludes": ["entities", "pictures", "faq", "original", "claims", *matching.SOURCE_EXCLUDES]},
        "highlight": _highlight(matching.HIGHLIGHT),
        "aggs": {facet: {"terms": {"field": facet, "size": 8}} for facet in FACETS},
        "track_total_hits": True,
    }  # fmt: skip
    if not search.text:
        body["sort"] = [{"shown_at": {"order": "desc", "missing": "_last"}}, {"article_id": "asc"}]
    return body


def comment_query(search: Search) -> dict[str, Any]:
    """The body of a search for comments."""
    body: dict[str, Any] = {
        "query": {
            "bool": {"must": [_asked(search.text, matching.comment_words)], "filter": _filters(search, "posted")}
        },
        "from": search.start,
        "size": min(search.size, MAX_RESULTS - search.start),
        "highlight": _highlight(matching.COMMENT_HIGHLIGHT),
        "track_total_hits": True,
    }
    if not search.text:
        body["sort"] = [{"posted": {"order": "desc", "missing": "_last"}}]
    return body


MAX_COVERAGE = 500
"""Members of a story that are listed."""


def story_query(story_ids: list[str]) -> dict[str, Any]:
    """The articles of a story with these ids, the first published first."""
    return {
        "query": {"terms": {"story_id": story_ids}},
        "size": MAX_COVERAGE,
        "sort": [{"shown_at": {"order": "asc", "missing": "_last"}}, {"processed.received": "asc"}],
        "_source": ["article_id", "story_id", "relation", "headline", "publisher", "published", "shown_at", "processed.received", "url", "language", "locations"],
        "track_total_hits": True,
    }  # fmt: skip


def coverage(answer: Any) -> list[dict[str, Any]]:
    """The articles of a story, the first published first; `first_published` is `shown_at`, by which the latest are sorted; `told` is its former name, for one version."""
    found = [hit["_source"] for hit in answer["hits"]["hits"]]
    for one in found:
        received = one.get("processed", {}).get("received")
        one["first_published"] = one["told"] = one.get("shown_at") or one.get("published") or received
        one.pop("processed", None)
    return sorted(found, key=lambda one: (one["first_published"] or "", one["article_id"]))


def trend_query(now: datetime, kind: str | None, size: int) -> dict[str, Any]:
    """Names and topics on the rise: of each the strongest window of the last two hours."""
    filters: list[dict[str, Any]] = [
        {"range": {"hour": {"gt": (now - timedelta(hours=2)).isoformat()}}},
        {"range": {"score": {"gt": 0}}},
    ]
    if kind:
        filters.append({"term": {"kind": kind}})
    return {
        "query": {"bool": {"filter": filters}},
        "collapse": {"field": "term"},
        "sort": [{"score": "desc"}, {"count": "desc"}, {"name": "asc"}],
        "size": size,
        "_source": ["kind", "name", "hour", "count", "expected", "score"],
    }


def comments_of(article_id: str, size: int = 500) -> dict[str, Any]:
    """The comments of one article, oldest first."""
    return {
        "query": {"term": {"article_id": article_id}},
        "size": size,
        "sort": [{"posted": {"order": "asc", "missing": "_last"}}, {"comment_id": "asc"}],
        "track_total_hits": True,
    }


def comment_counts(article_ids: list[str]) -> dict[str, Any]:
    """How many comments readers can see under each of these articles."""
    return {
        "size": 0,
        "query": {"terms": {"article_id": article_ids}},
        "aggs": {"articles": {"terms": {"field": "article_id", "size": max(1, len(article_ids))}}},
    }


def results(answer: Any) -> dict[str, Any]:
    """`{total, took_ms, hits: [{id, score, highlights, **document}], facets}`."""
    return {
        "total": answer["hits"]["total"]["value"],
        "took_ms": answer["took"],
        "hits": [
            {
                "id": hit["_id"],
                "score": hit.get("_score"),
                "highlights": matching.highlights(hit.get("highlight", {})),
                **hit["_source"],
            }
            for hit in answer["hits"]["hits"]
        ],
        "facets": {
            name: [{"value": bucket["key"], "count": bucket["doc_count"]} for bucket in facet["buckets"]]
            for name, facet in answer.get("aggregations", {}).items()
        },
    }


def _asked(text: str, words: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return words(text) if text.strip() else {"match_all": {}}


def _filters(search: Search, time_field: str) -> list[dict[str, Any]]:
    terms = {
        "section": search.section,
        "language": search.language,
        "publisher": search.publisher,
        "people": search.people,
        "places": search.places,
        "organisations": search.organisations,
    }
    filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
    if search.since or search.until:
        bounds = {"gte": search.since, "lte": search.until}
        filters.append({"range": {time_field: {k: v.isoformat() for k, v in bounds.items() if v}}})
    return filters


def _highlight(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "fields": fields,
        "fragment_size": 180,
        "number_of_fragments": 2,
        "pre_tags": [MARK_OPEN],
        "post_tags": [MARK_CLOSE],
        "max_analyzed_offset": 900_000,
    }
