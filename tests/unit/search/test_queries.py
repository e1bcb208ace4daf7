"""Readers' searches: what is asked and what is shown of the answer."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.search import matching, queries
from pipeline.search.queries import Search


def test_a_search_without_words_is_the_latest_and_paging_stops_at_the_window() -> None:
    latest = queries.article_query(Search())
    assert latest["query"]["bool"]["must"] == [{"match_all": {}}]
    assert latest["sort"][0] == {"shown_at": {"order": "desc", "missing": "_last"}}
    last = queries.article_query(Search("ferries", start=queries.MAX_RESULTS - 3, size=10))
    assert (last["from"], last["size"]) == (queries.MAX_RESULTS - 3, 3)
    assert "sort" not in last
    assert last["query"]["bool"]["must"] == [matching.words("ferries")]
    assert queries.comment_query(Search("ferries"))["query"]["bool"]["must"] == [matching.comment_words("ferries")]
    assert "stemmed" in last["_source"]["excludes"]


def test_filters_are_terms_and_one_range_of_times() -> None:
    since = datetime(2026, 3, 14, tzinfo=UTC)
    body = queries.article_query(Search("x", section="Business", people="Ann Lee", since=since))
    assert body["query"]["bool"]["filter"] == [
        {"term": {"section": "Business"}},
        {"term": {"people": "Ann Lee"}},
        {"range": {"shown_at": {"gte": "2026-03-14T00:00:00+00:00"}}},
    ]
    comments = queries.comment_query(Search("x", until=since))
    assert comments["query"]["bool"]["filter"] == [{"range": {"posted": {"lte": "2026-03-14T00:00:00+00:00"}}}]
    trends = queries.trend_query(since, "person", 5)
    assert trends["query"]["bool"]["filter"][0] == {"range": {"hour": {"gt": "2026-03-13T22:00:00+00:00"}}}
    assert trends["query"]["bool"]["filter"][-1] == {"term": {"kind": "person"}}


def test_results_have_hits_with_highlights_and_facets() -> None:
    answer = {
        "took": 3,
        "hits": {"total": {"value": 1}, "hits": [{"_id": "a", "_score": 1.5, "_source": {"headline": "Ferries"}}]},
        "aggregations": {"section": {"buckets": [{"key": "Business", "doc_count": 1}]}},
    }
    assert queries.results(answer) == {
        "total": 1,
        "took_ms": 3,
        "hits": [{"id": "a", "score": 1.5, "highlights": {}, "headline": "Ferries"}],
        "facets": {"section": [{"value": "Business", "count": 1}]},
    }


def test_coverage_is_by_the_time_that_counts_else_of_reception() -> None:
    sources = [
        {"article_id": "b", "shown_at": "2026-03-14T10:00:00Z", "processed": {"received": "2026-03-14T09:00:00Z"}},
        {"article_id": "a", "processed": {"received": "2026-03-14T08:00:00Z"}},
    ]
    found = queries.coverage({"hits": {"hits": [{"_source": one} for one in sources]}})
    assert [(one["article_id"], one["told"][11:13]) for one in found] == [("a", "08"), ("b", "10")]
    assert all("processed" not in one for one in found)
