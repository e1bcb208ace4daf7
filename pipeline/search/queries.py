"""Search requests to Elasticsearch queries, and its answers to results. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.formats.mediatopics import code_of, facet_names

MARK_OPEN, MARK_CLOSE = "\u0001", "\u0002"
"""Around a highlighted word: characters that no clean text has, so that escaping can come before marking."""
FACETS = ("section", "places", "people", "organisations", "language", "publisher")
_FIELDS = {"section": "sections.name"}
"""Of a facet, where it has another name."""
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
        "query": {"bool": {"must": _must(search.text, ["headline^4", "summary^2", "topics.text^2", "authors.text^2", "body", "faq.question", "faq.answer"]), "filter": _filters(search, "shown_at")}},
        "from": search.start,
        "size": min(search.size, MAX_RESULTS - search.start),
        "_source": {"excludes": ["entities", "pictures", "faq", "original", "claims"]},
        "highlight": _highlight({"headline": {"number_of_fragments": 0}, "body": {}, "summary": {}, "faq.answer": {"number_of_fragments": 1}}),
        "aggs": {facet: {"terms": {"field": _FIELDS.get(facet, facet), "size": 8}} for facet in FACETS},
        "track_total_hits": True,
    }  # fmt: skip
    if not search.text:
        body["sort"] = [{"shown_at": {"order": "desc", "missing": "_last"}}, {"article_id": "asc"}]
    return body


def comment_query(search: Search) -> dict[str, Any]:
    """The body of a search for comments."""
    body: dict[str, Any] = {
        "query": {"bool": {"must": _must(search.text, ["text"]), "filter": _filters(search, "posted")}},
        "from": search.start,
        "size": min(search.size, MAX_RESULTS - search.start),
        "highlight": _highlight({"text": {}}),
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
            {"id": hit["_id"], "score": hit.get("_score"), "highlights": hit.get("highlight", {}), **hit["_source"]}
            for hit in answer["hits"]["hits"]
        ],
        "facets": {
            name: [_facet(name, bucket) for bucket in facet["buckets"]]
            for name, facet in answer.get("aggregations", {}).items()
        },
    }


def _facet(name: str, bucket: Any) -> dict[str, Any]:
    """`{value, count}`; of a section that is one of IPTC's Media Topics also its `code`."""
    code = code_of(bucket["key"]) if name == "section" else None
    return {"value": bucket["key"], "count": bucket["doc_count"]} | ({"code": code} if code else {})


def _must(text: str, fields: list[str]) -> list[dict[str, Any]]:
    if not text.strip():
        return [{"match_all": {}}]
    # a word may differ by a letter (talk, talks); exact words and phrases score higher
    loose = {
        "query": text,
        "fields": fields,
        "type": "best_fields",
        "fuzziness": "AUTO:4,9",
        "prefix_length": 3,
        "minimum_should_match": "3<75%",
    }
    phrase = {"query": text, "fields": fields, "type": "phrase", "slop": 2, "boost": 3}
    exact = {"query": text, "fields": fields, "type": "best_fields"}
    return [{"bool": {"must": [{"multi_match": loose}], "should": [{"multi_match": phrase}, {"multi_match": exact}]}}]


def _filters(search: Search, time_field: str) -> list[dict[str, Any]]:
    terms = {
        "language": search.language,
        "publisher": search.publisher,
        "people": search.people,
        "places": search.places,
        "organisations": search.organisations,
    }
    filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
    if search.section:
        # by any newsroom's word for it; documents of before have their own newsroom's only
        names = facet_names(search.section)
        either: list[dict[str, Any]] = [
            {"terms": {"sections.name": list(names)}},
            {"term": {"section": search.section}},
        ]
        filters.append({"bool": {"should": either, "minimum_should_match": 1}})
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
