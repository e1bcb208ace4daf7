"""Requests to Elasticsearch for what goes with one article, and for overviews of many. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.search import matching
from schemas.story import Relation

SHORT = ["article_id", "story_id", "relation", "headline", "summary", "publisher", "section", "language", "shown_at", "url", "direction", "has"]  # fmt: skip
"""Fields of an article in a list that isn't a search."""
BATCH = 5000
_TOLD_AGAIN = 3
"""Times as many stories are looked at as are wanted: of some only one article is to be seen."""


def bones(article_id: str, after: Any) -> dict[str, Any]:
    """The comments of an article without their texts, the oldest first."""
    return {
        "query": {"term": {"article_id": article_id}},
        "size": BATCH,
        "sort": [{"posted": {"order": "asc", "missing": "_last"}}, {"comment_id": "asc"}],
        "_source": ["comment_id", "parent_id", "posted", "processed.received"],
        "track_total_hits": after is None,
        **({"search_after": after} if after is not None else {}),
    }


def comments(ids: list[str]) -> dict[str, Any]:
    return {"query": {"ids": {"values": ids}}, "size": len(ids)}


def related(document: dict[str, Any], size: int, now: datetime) -> dict[str, Any]:
    """Articles that name the same people, places and topics, of about the same time, that are not of the same story."""
    should: list[dict[str, Any]] = []
    for field, weight in (("people", 3), ("organisations", 2), ("topics", 2), ("keywords", 1), ("places", 1)):
        should += [{"term": {field: {"value": value, "boost": weight}}} for value in document.get(field, [])[:12]]
    if document.get("headline"):
        should.append(matching.words(" ".join(document["headline"].split()[:12]), operator="or"))
    excluded: list[dict[str, Any]] = [{"ids": {"values": [document["article_id"]]}}]
    if document.get("story_id"):
        excluded.append({"term": {"story_id": document["story_id"]}})
    named = {"bool": {"should": should, "minimum_should_match": min(2, len(should)), "must_not": excluded}}
    near = {
        "shown_at": {
            "origin": document.get("shown_at") or now.isoformat(),
            "offset": "2d",
            "scale": "60d",
            "decay": 0.5,
        }
    }
    return {
        "query": {"function_score": {"query": named if should else {"match_none": {}}, "functions": [{"exp": near}]}},
        "size": size,
        "_source": SHORT,
    }


def timeline(matched: dict[str, Any], interval: str, zone: str) -> dict[str, Any]:
    """How many articles each interval has, and of each the one that matches best."""
    best = {"top_hits": {"size": 1, "sort": ["_score", {"shown_at": "asc"}], "_source": SHORT}}
    dates = {"field": "shown_at", "calendar_interval": interval, "min_doc_count": 1, "time_zone": zone}
    return {
        "query": matched,
        "size": 0,
        "aggs": {"times": {"date_histogram": dates, "aggs": {"best": best}}},
        "track_total_hits": True,
        "timeout": "5s",
    }


def told_again(matched: dict[str, Any], size: int) -> dict[str, Any]:
    """Stories that more than their first article tell, the last told first. Most stories are of one article, and
    Elasticsearch leaves out those with too few only after it has chosen the latest."""
    others = {"bool": {"filter": [matched], "must_not": [{"term": {"relation": Relation.ORIGINAL.value}}]}}
    terms = {"field": "story_id", "size": _TOLD_AGAIN * size, "order": {"latest": "desc"}}
    stories = {"terms": terms, "aggs": {"latest": {"max": {"field": "shown_at"}}}}
    return {"query": others, "size": 0, "aggs": {"stories": stories}, "timeout": "5s"}


def latest_stories(matched: dict[str, Any], story_ids: Sequence[str], size: int) -> dict[str, Any]:
    """Those of these stories that several articles tell, the last told first; of each the first and the last article."""
    these = {"bool": {"filter": [matched, {"terms": {"story_id": list(story_ids)}}]}}
    inside = {
        "latest": {"max": {"field": "shown_at"}},
        "publishers": {"terms": {"field": "publisher", "size": 10}},
        "first": {"top_hits": {"size": 1, "sort": [{"shown_at": "asc"}, {"article_id": "asc"}], "_source": SHORT}},
        "last": {"top_hits": {"size": 1, "sort": [{"shown_at": "desc"}, {"article_id": "asc"}], "_source": SHORT}},
    }
    terms = {
        "field": "story_id",
        "size": size,
        "shard_size": max(size, len(story_ids)),  # else a shard leaves some out before it is known how many there are
        "min_doc_count": 2,
        "order": {"latest": "desc"},
    }
    return {"query": these, "size": 0, "aggs": {"stories": {"terms": terms, "aggs": inside}}, "timeout": "5s"}
