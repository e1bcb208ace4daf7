"""Readers' searches: what is asked and what is shown of the answer."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.search import queries
from pipeline.search.queries import Search


def test_a_search_without_words_is_the_latest_and_paging_stops_at_the_window() -> None:
    latest = queries.article_query(Search())
    assert latest["query"]["bool"]["must"] == [{"match_all": {}}]
    assert latest["sort"][0] == {"shown_at": {"order": "desc", "missing": "_last"}}
    last = queries.article_query(Search("ferries", start=queries.MAX_RESULTS - 3, size=10))
    assert (last["from"], last["size"]) == (queries.MAX_RESULTS - 3, 3)
    assert "sort" not in last
    (words,) = last["query"]["bool"]["must"]
    assert {part["multi_match"].get("type") for part in words["bool"]["should"]} == {"phrase", "best_fields"}


def test_filters_are_terms_and_one_range_of_times() -> None:
    since = datetime(2026, 3, 14, tzinfo=UTC)
    body = queries.article_query(Search("x", section="Business", people="Ann Lee", since=since))
    either = [{"terms": {"sections.name": ["economy, business and finance"]}}, {"term": {"section": "Business"}}]
    assert body["query"]["bool"]["filter"] == [
        {"term": {"people": "Ann Lee"}},
        {"bool": {"should": either, "minimum_should_match": 1}},
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
        "aggregations": {"section": {"buckets": [{"key": "sport", "doc_count": 1}, {"key": "news", "doc_count": 1}]}},
    }
    assert queries.results(answer) == {
        "total": 1,
        "took_ms": 3,
        "hits": [{"id": "a", "score": 1.5, "highlights": {}, "headline": "Ferries"}],
        "facets": {
            "section": [{"value": "sport", "count": 1, "code": "medtop:15000000"}, {"value": "news", "count": 1}]
        },
    }


def test_a_section_is_found_by_any_newsrooms_word_for_it() -> None:
    def names(value: str) -> list[str]:
        (either,) = queries.article_query(Search(section=value))["query"]["bool"]["filter"]
        sections: list[str] = either["bool"]["should"][0]["terms"]["sections.name"]
        return sections

    assert (
        names("Politik") == names("medtop:11000000") == names("Politics and government") == ["politics and government"]
    )
    assert names("Monde") == ["international"]
    assert names("News") == ["news"]
    assert names("Harbour_Life") == ["harbour life"]
    assert names("Science & Health") == ["science and technology", "health"]
    assert queries.article_query(Search())["aggs"]["section"]["terms"]["field"] == "sections.name"


def test_coverage_is_by_the_time_that_counts_else_of_reception() -> None:
    sources = [
        {"article_id": "b", "shown_at": "2026-03-14T10:00:00Z", "processed": {"received": "2026-03-14T09:00:00Z"}},
        {"article_id": "a", "processed": {"received": "2026-03-14T08:00:00Z"}},
    ]
    found = queries.coverage({"hits": {"hits": [{"_source": one} for one in sources]}})
    assert [(one["article_id"], one["told"][11:13]) for one in found] == [("a", "08"), ("b", "10")]
    assert all("processed" not in one for one in found)
