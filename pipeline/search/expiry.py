"""Articles whose rights are over stay hidden while the index still has them as public: the worker or the indexer is away.

`stages/revise` hides an article when its time comes, and its comments with it. What is asked here doesn't wait for that. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

Clause = dict[str, Any]

BATCH = 10_000
MAX_EXPIRED = 65_000
"""Ids in one `terms` clause: Elasticsearch takes 65,536."""
AHEAD = timedelta(seconds=60)
"""How far ahead expiries are known."""


def unexpired(now: datetime) -> Clause:
    """Articles whose rights are not over."""
    return {"bool": {"must_not": [{"range": {"expires": {"lte": now.isoformat()}}}]}}


def only_unexpired(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A search of articles, without those whose rights are over. It finds what it found, with the same scores."""
    over = unexpired(now)["bool"]
    return body | {"query": {"bool": {"must": [body["query"]], **over}} if "query" in body else {"bool": over}}


def expiries(now: datetime, after: Any = None) -> dict[str, Any]:
    """The search for articles whose rights are over, or will be in a moment."""
    until = (now + AHEAD).isoformat()
    return {
        "query": {"range": {"expires": {"lte": until}}},
        "size": BATCH,
        "sort": [{"expires": "asc"}, {"article_id": "asc"}],
        "_source": ["article_id", "expires"],
        **({"search_after": after} if after is not None else {}),
    }


def without_articles(body: dict[str, Any], ids: Iterable[str]) -> dict[str, Any]:
    """A search of comments, without those of these articles."""
    hidden = sorted(ids)
    if not hidden:
        return body
    query = body.get("query", {"match_all": {}})
    return body | {"query": {"bool": {"must": [query], "must_not": [{"terms": {"article_id": hidden}}]}}}
