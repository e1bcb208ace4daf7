"""Readers' searches: what is asked, and what is shown of the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.search import answers, matching, queries
from pipeline.search.cursors import Cursor
from pipeline.search.filters import Box, Conditions, Near, Values, only
from pipeline.search.queries import Search

NOW = datetime(2026, 3, 14, tzinfo=UTC)


def body(search: Search, discussed: dict[str, int] | None = None) -> Any:
    return queries.article_search(search, discussed).body


def test_a_search_without_words_is_the_latest_and_paging_stops_at_the_window() -> None:
    latest = body(Search())
    assert latest["query"]["bool"]["must"] == [{"match_all": {}}]
    assert latest["sort"] == [{"shown_at": {"order": "desc", "missing": "_last"}}, {"article_id": "asc"}]
    assert "highlight" not in latest
    last = body(Search("ferries", start=queries.MAX_RESULTS - 3, size=10))
    assert (last["from"], last["size"]) == (queries.MAX_RESULTS - 3, 3)
    assert last["sort"][0] == {"_score": "desc"}
    assert last["query"]["function_score"]["query"]["bool"]["must"] == [matching.words("ferries")]
    assert queries.article_search(Search("section:Sport", sort="relevance")).sort == "newest", "nothing has a score"


def test_a_cursor_goes_on_after_the_last_hit() -> None:
    following = body(Search(after=Cursor("", NOW, (17, "a")), size=5))
    assert (following["search_after"], following["size"]) == ([17, "a"], 6)
    assert "from" not in following


def test_freshness_is_gentle() -> None:
    score = body(Search("ferries", now=NOW))["query"]["function_score"]
    assert (score["score_mode"], score["boost_mode"]) == ("sum", "multiply")
    weights = [one["weight"] for one in score["functions"]]
    assert weights == [0.75, 0.25]
    assert score["functions"][1]["exp"]["shown_at"]["origin"] == NOW.isoformat()


def test_values_chosen_in_a_facet_leave_its_own_counts_alone() -> None:
    chosen = Conditions(
        {"section": Values(("Business", "Sport"), ("Opinion",)), "person": Values(("Ann Lee",))}, since=NOW
    )
    asked = body(Search(conditions=chosen, facets=("section", "person", "place"), histogram="day"))
    section, person = {"terms": {"sections.name": ["Business", "Sport"]}}, {"terms": {"people": ["Ann Lee"]}}
    assert asked["post_filter"] == {"bool": {"filter": [section, person]}}
    assert asked["query"]["bool"]["filter"] == [
        {"bool": {"must_not": [{"terms": {"sections.name": ["Opinion"]}}]}},
        {"range": {"shown_at": {"gte": "2026-03-14T00:00:00+00:00"}}},
    ]
    aggs = asked["aggs"]
    assert aggs["section"]["filter"] == {"bool": {"filter": [person]}}
    assert aggs["section"]["aggs"]["chosen"]["terms"]["include"] == ["Business", "Sport"]
    assert aggs["place"]["filter"] == aggs["histogram"]["filter"] == {"bool": {"filter": [section, person]}}
    uncounted = body(Search(conditions=only(section="Sport"), facets=()))
    assert uncounted["query"]["bool"]["filter"] == [{"terms": {"sections.name": ["sport"]}}]
    assert not {"post_filter", "aggs"} & uncounted.keys()


def test_places_pictures_corrections_and_comments_are_conditions() -> None:
    where = Conditions(where=Near(1, 2, 50), has=frozenset({"pictures", "correction", "comments"}))
    filters = body(Search(conditions=where), {"a": 2, "b": 1})["query"]["bool"]["filter"]
    assert {"geo_distance": {"distance": "50km", "locations": {"lat": 1, "lon": 2}}} in filters
    assert {"exists": {"field": "correction_note"}} in filters
    assert {"term": {"has": "pictures"}} in filters
    assert {"terms": {"article_id": ["a", "b"]}} in filters
    (box,) = body(Search(conditions=Conditions(where=Box(170, -50, -170, -30))))["query"]["bool"]["filter"]
    assert box["geo_bounding_box"]["locations"]["top_left"] == {"lat": -30, "lon": 170}


def test_the_most_discussed_are_scored_by_their_comments() -> None:
    asked = body(Search(sort="discussed"), {"a": 2, "b": 1, "c": 2})
    (counted,) = asked["query"]["bool"]["should"]
    assert [(one["constant_score"]["boost"], one["constant_score"]["filter"]["terms"]["article_id"]) for one in counted["dis_max"]["queries"]] == [(1, ["b"]), (2, ["a", "c"])]  # fmt: skip
    assert asked["sort"][0] == {"_score": "desc"}
    assert body(Search(sort="discussed"))["query"]["bool"]["should"] == []


def test_fields_are_sent_and_no_others_but_those_that_name_the_article() -> None:
    assert body(Search(fields=("headline",)))["_source"] == ["article_id", "headline", "story_id"]
    assert body(Search())["_source"] == {"excludes": [*queries.LONG, *matching.SOURCE_EXCLUDES]}


def test_comments_have_filters_and_times_of_their_own() -> None:
    comments = queries.comment_search(
        Search("x", Conditions({"article": Values(("a",))}, before=NOW), sort="oldest")
    ).body
    assert comments["query"]["bool"]["filter"] == [
        {"terms": {"article_id": ["a"]}},
        {"range": {"posted": {"lt": "2026-03-14T00:00:00+00:00"}}},
    ]
    assert comments["sort"][0] == {"posted": {"order": "asc", "missing": "_last"}}
    trends = queries.trend_query(NOW, "person", 5)
    assert trends["query"]["bool"]["filter"][0] == {"range": {"hour": {"gt": "2026-03-13T22:00:00+00:00"}}}
    assert trends["query"]["bool"]["filter"][-1] == {"term": {"kind": "person"}}


def hit(name: str, story: str | None = None) -> dict[str, Any]:
    return {"_id": name, "_score": 1.5, "_source": {"headline": name, **({"story_id": story} if story else {})}, "sort": [7, name]}  # fmt: skip


def test_results_have_hits_with_highlights_facets_and_the_next_page() -> None:
    answer = {
        "took": 3,
        "timed_out": True,
        "hits": {"total": {"value": 5}, "hits": [hit("a"), hit("b"), hit("c")]},
        "aggregations": {
            "section": {
                "all": {"buckets": [{"key": "Business", "doc_count": 3}, {"key": "Sport", "doc_count": 1}]},
                "chosen": {"buckets": [{"key": "Sport", "doc_count": 1}]},
            },
            "histogram": {
                "all": {"buckets": [{"key": 1, "key_as_string": "2026-03-14T00:00:00.000Z", "doc_count": 5}]}
            },
        },
    }
    found = answers.results(
        answer, (), Search("", Conditions({"section": Values(("Arts", "Sport"))}), size=2, digest="d", now=NOW)
    )
    assert [one["id"] for one in found["hits"]] == ["a", "b"]
    assert found["hits"][0] == {"id": "a", "score": 1.5, "highlights": {}, "headline": "a"}
    assert found["facets"]["section"] == [
        {"value": "Business", "count": 3},
        {"value": "Sport", "count": 1, "chosen": True},
        {"value": "Arts", "count": 0, "chosen": True},
    ]
    assert found["histogram"] == [{"from": "2026-03-14T00:00:00.000Z", "count": 5}]
    assert found["next"] == Cursor("d", NOW, (7, "b")).encoded()
    assert [note["kind"] for note in found["notes"]] == ["timed-out"]
    assert answers.results(answer, (), Search(size=3))["next"] is None, "nothing comes after the last page"


def test_of_each_story_the_first_hit_is_shown_also_over_pages() -> None:
    hits = [hit("a", "s1"), hit("b"), hit("c", "s1"), hit("d", "s2"), hit("e")]
    kept, seen, looked = answers.first_of_stories(hits, (), 3)
    assert ([one["_id"] for one in kept], looked) == (["a", "b", "d"], 4)
    kept, _, looked = answers.first_of_stories([hit("f", "s1"), hit("g", "s2"), hit("h")], seen, 3)
    assert ([one["_id"] for one in kept], looked) == (["h"], 3)


def test_coverage_is_by_the_time_that_counts_else_of_reception() -> None:
    sources = [
        {"article_id": "b", "shown_at": "2026-03-14T10:00:00Z", "processed": {"received": "2026-03-14T09:00:00Z"}},
        {"article_id": "a", "processed": {"received": "2026-03-14T08:00:00Z"}},
    ]
    found = answers.coverage({"hits": {"hits": [{"_source": one} for one in sources]}})
    assert [(one["article_id"], one["told"][11:13]) for one in found] == [("a", "08"), ("b", "10")]
    assert all("processed" not in one for one in found)
