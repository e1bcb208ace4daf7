"""Searches as requests to Elasticsearch. Pure; its answers are read in answers.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.search import highlights, matching
from pipeline.search.cursors import Cursor
from pipeline.search.filters import ARTICLE_FILTERS, COMMENT_FILTERS, Clause, Conditions
from pipeline.search.intervals import Interval
from pipeline.search.query_clauses import ARTICLES, COMMENTS, Clock, Target, clauses
from pipeline.search.query_language import parse
from pipeline.search.syntax import Note, Query, words_of

FACETS = ("section", "topic", "place", "person", "organisation", "language", "publisher")
"""Those of an answer that asks for none by name."""
FACET_SIZE = 10
MAX_RESULTS = 10_000
"""How far results can be paged by `start`; the index's max_result_window. A cursor has no end."""
MAX_DISCUSSED = 10_000
"""Articles with comments that are known to a search which asks for them, those with the most first."""
LONG = ("entities", "pictures", "faq", "original", "claims")
"""Fields that a list of articles is sent without, unless they are asked for."""
TIMEOUT = "5s"
"""For one search; what was found by then is the answer, and it says so."""

Sort = Literal["relevance", "newest", "oldest", "discussed"]

_FRESH = {"shown_at": {"offset": "1d", "scale": "14d", "decay": 0.5}}
_FRESHNESS = 0.25
"""The part of a score that age takes away: an article of today counts up to a third more than one of years ago that
matches as well; after a day and two weeks half of that is left."""


@dataclass(frozen=True)
class Search:
    """A reader's search of articles or comments. Without words it finds the latest."""

    text: str = ""
    conditions: Conditions = field(default_factory=Conditions)
    sort: Sort | None = None
    """Not given: relevance where there are words, else newest."""
    size: int = 10
    start: int = 0
    after: Cursor | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    digest: str = ""
    """Of what was asked (`cursors.digest`), for the next page's cursor."""
    facets: tuple[str, ...] = FACETS
    fields: tuple[str, ...] = ()
    """Fields of the document that are wanted; not given: all but the longest."""
    histogram: Interval | None = None
    collapse: bool = False
    """One article of each story."""

    @property
    def query(self) -> Query:
        return parse(self.text, ARTICLES.fields)

    @property
    def comment_query(self) -> Query:
        return parse(self.text, COMMENTS.fields)


@dataclass(frozen=True)
class Body:
    """A request to Elasticsearch, and what the reader should know of it."""

    body: dict[str, Any]
    sort: Sort
    notes: tuple[Note, ...]


def article_search(search: Search, discussed: Mapping[str, int] | None = None) -> Body:
    """The request for articles, with highlights and facets. `discussed` is how many comments articles have, where the
    search asks for that (`needs_comments`)."""
    query = search.query
    wanted, notes = _wanted(query, ARTICLES, search)
    words = any(words_of(query.node))
    sort = search.sort or ("relevance" if words else "newest")
    if sort == "relevance" and not words:
        sort = "newest"
    facets = frozenset(search.facets) & ARTICLE_FILTERS.keys()
    filters = search.conditions.fixed("shown_at", ARTICLE_FILTERS, facets)
    if "comments" in search.conditions.has:
        filters.append({"terms": {"article_id": sorted(discussed or {})}})
    matched: Clause = {"bool": {"must": [wanted], "filter": filters}}
    if sort == "relevance":
        matched = _fresher_first(matched, search.now)
    elif sort == "discussed":
        matched = _most_discussed(matched, discussed or {})
    body: dict[str, Any] = {
        "query": matched,
        "_source": _source(search.fields),
        "sort": _article_sort(sort),
        "timeout": TIMEOUT,
        "track_total_hits": True,
        **_page(search),
    }
    if words:
        body["highlight"] = highlights.settings(matching.HIGHLIGHT)
    if post := search.conditions.chosen(ARTICLE_FILTERS, facets):
        body["post_filter"] = {"bool": {"filter": post}}
    if counted := _aggregations(search, facets, ARTICLE_FILTERS, "shown_at"):
        body["aggs"] = counted
    if needs_comments(search) and len(discussed or {}) >= MAX_DISCUSSED:
        notes = (*notes, Note("too-many", f"Comments are counted for the {MAX_DISCUSSED} articles with the most."))
    return Body(body, sort, (*query.notes, *notes))


def comment_search(search: Search) -> Body:
    """The request for comments."""
    query = search.comment_query
    wanted, notes = _wanted(query, COMMENTS, search)
    words = any(words_of(query.node))
    sort: Sort = search.sort or ("relevance" if words else "newest")
    if sort == "relevance" and not words:
        sort = "newest"
    facets = frozenset(search.facets) & COMMENT_FILTERS.keys()
    order = "asc" if sort == "oldest" else "desc"
    by_time = [{"posted": {"order": order, "missing": "_last"}}, {"comment_id": "asc"}]
    body: dict[str, Any] = {
        "query": {"bool": {"must": [wanted], "filter": search.conditions.fixed("posted", COMMENT_FILTERS, facets)}},
        "sort": [{"_score": "desc"}, *by_time] if sort == "relevance" else by_time,
        "timeout": TIMEOUT,
        "track_total_hits": True,
        **_page(search),
    }
    if words:
        body["highlight"] = highlights.settings(matching.COMMENT_HIGHLIGHT)
    if post := search.conditions.chosen(COMMENT_FILTERS, facets):
        body["post_filter"] = {"bool": {"filter": post}}
    if counted := _aggregations(search, facets, COMMENT_FILTERS, "posted"):
        body["aggs"] = counted
    return Body(body, sort, (*query.notes, *notes))


def needs_comments(search: Search) -> bool:
    """Whether the comments of articles have to be counted before the articles are searched."""
    return search.sort == "discussed" or "comments" in search.conditions.has


def discussed_articles() -> dict[str, Any]:
    """How many comments articles have that readers can see."""
    return {"size": 0, "aggs": {"articles": {"terms": {"field": "article_id", "size": MAX_DISCUSSED}}}}


def counts_of_words(similar: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """How many articles have each of these words in any form, and each of those that are similar."""
    filters = {one: matching.exactly(one) for others in similar.values() for one in others}
    filters |= {word: matching.words(word) for word in similar}
    return {"size": 0, "aggs": {"words": {"filters": {"filters": filters}}}}


def suggestion(search: Search) -> dict[str, Any] | None:
    """The request for another spelling; None where nothing can be misspelt."""
    suggest = matching.suggestion(search.text)
    return {"size": 0, "suggest": suggest} if suggest else None


def _wanted(query: Query, target: Target, search: Search) -> tuple[Clause, tuple[Note, ...]]:
    return clauses(query, target, Clock(search.now, search.zone))


def _fresher_first(matched: Clause, now: datetime) -> Clause:
    decay = {"shown_at": {"origin": now.isoformat(), **_FRESH["shown_at"]}}
    functions = [{"weight": 1 - _FRESHNESS}, {"exp": decay, "weight": _FRESHNESS}]
    return {"function_score": {"query": matched, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}}


def _most_discussed(matched: Clause, discussed: Mapping[str, int]) -> Clause:
    """The number of comments as the score."""
    by_count: dict[int, list[str]] = {}
    for article_id, count in discussed.items():
        by_count.setdefault(count, []).append(article_id)
    counted = [{"constant_score": {"filter": {"terms": {"article_id": sorted(ids)}}, "boost": count}} for count, ids in sorted(by_count.items())]  # fmt: skip
    return {"bool": {"filter": [matched], "should": [{"dis_max": {"queries": counted}}] if counted else []}}


def _article_sort(sort: Sort) -> list[Any]:
    order = "asc" if sort == "oldest" else "desc"
    by_time = [{"shown_at": {"order": order, "missing": "_last"}}, {"article_id": "asc"}]
    return by_time if sort in ("newest", "oldest") else [{"_score": "desc"}, *by_time]


def _page(search: Search) -> dict[str, Any]:
    """One hit more than the page has, which says whether there is a next one."""
    if search.after:
        return {"size": search.size + 1, "search_after": list(search.after.values)}
    return {"size": min(search.size + 1, MAX_RESULTS - search.start), "from": search.start}


def _source(fields: tuple[str, ...]) -> Any:
    return sorted({*fields, "article_id", "story_id"}) if fields else {"excludes": [*LONG, *matching.SOURCE_EXCLUDES]}


def _aggregations(search: Search, facets: frozenset[str], fields: Mapping[str, str], time_field: str) -> dict[str, Any]:
    """Each facet is counted under the values chosen in the others, so that its own other values can be chosen too; those
    that are chosen are counted by name."""
    found: dict[str, Any] = {}
    for name in search.facets:
        if name not in facets:
            continue
        terms: dict[str, Any] = {"all": {"terms": {"field": fields[name], "size": FACET_SIZE}}}
        own = search.conditions.values.get(name)
        if own and own.any:
            terms["chosen"] = {"terms": {"field": fields[name], "include": list(own.any), "size": len(own.any)}}
        found[name] = _under(search.conditions.chosen(fields, facets, but=name), terms)
    if search.histogram:
        dates = {
            "field": time_field,
            "calendar_interval": search.histogram,
            "min_doc_count": 1,
            "time_zone": str(search.zone),
        }
        found["histogram"] = _under(search.conditions.chosen(fields, facets), {"all": {"date_histogram": dates}})
    return found


def _under(filters: list[Clause], counted: dict[str, Any]) -> dict[str, Any]:
    return {"filter": {"bool": {"filter": filters}} if filters else {"match_all": {}}, "aggs": counted}


MAX_COVERAGE = 500
"""Members of a story that are listed."""
COVERAGE = ("article_id", "story_id", "relation", "headline", "publisher", "published", "shown_at", "url", "language", "locations")  # fmt: skip
"""Fields of each."""


def story_query(story_ids: list[str]) -> dict[str, Any]:
    """The articles of a story with these ids, the first published first."""
    return {
        "query": {"terms": {"story_id": story_ids}},
        "size": MAX_COVERAGE,
        "sort": [{"shown_at": {"order": "asc", "missing": "_last"}}, {"processed.received": "asc"}],
        "_source": [*COVERAGE, "processed.received"],
        "track_total_hits": True,
    }  # fmt: skip


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


def story_counts(story_ids: list[str]) -> dict[str, Any]:
    """How many articles readers can see of each of these stories, and who publishes them."""
    publishers = {"terms": {"field": "publisher", "size": 10}}
    counted = {"terms": {"field": "story_id", "size": max(1, len(story_ids))}, "aggs": {"publishers": publishers}}
    return {"size": 0, "query": {"terms": {"story_id": story_ids}}, "aggs": {"stories": counted}}
