"""Counting by time: never in more parts than an answer can have, whatever is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import intervals, parameters
from pipeline.search.parameters import ArticleParameters
from pipeline.search.reader import Reader
from pipeline.settings import Settings

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Client:
    """Articles from `first` to NOW; those that a search finds from `found` on."""

    def __init__(self, first: str, found: str | None) -> None:
        self.first, self.found = first, found
        self.counted: list[dict[str, Any]] = []

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        hits = [{"_id": "x", "_source": {"shown_at": self.first}}] if body.get("sort") == [{"shown_at": "asc"}] else []
        aggs = body.get("aggs", {})
        for one in aggs.values():
            self.counted += [inside["date_histogram"] for inside in (one, *one.get("aggs", {}).values()) if "date_histogram" in inside]  # fmt: skip
        found = {"value_as_string": self.found} if self.found else {"value": None}
        latest = {"value_as_string": "2026-03-14T12:00:00.000Z"} if self.found else {"value": None}
        counted = {"buckets": [], "all": {"buckets": []}}
        return {"took": 1, "hits": {"total": {"value": 0}, "hits": hits}, "aggregations": {**dict.fromkeys(aggs, counted), "min": found, "max": latest}}  # fmt: skip


def counted(first: str, found: str | None, **asked: Any) -> list[tuple[str, str, list[str]]]:
    """Of a search with a histogram and of a timeline: what is asked, what the answer says, and its notes."""
    made = []
    for timeline in (False, True):
        client: Any = Client(first, found)
        reader = Reader(client, Settings(_env_file=None, elasticsearch_url="http://index:9200"), lambda: NOW)
        if timeline:
            search = parameters.article_search(ArticleParameters(**asked), NOW)
            answer = reader.timeline(search, "hour")
            used = answer["interval"]
        else:
            search = parameters.article_search(ArticleParameters(**asked, histogram="hour", facets=["none"]), NOW)
            answer = reader.articles(search)
            used = answer["histogram_interval"]
        made.append((client.counted[-1]["calendar_interval"], used, [note["kind"] for note in answer["notes"]]))
    return made


@pytest.mark.parametrize(
    ("first", "found", "asked", "interval"),
    [
        ("2026-03-01T00:00:00Z", None, {}, "hour"),
        ("2020-03-01T00:00:00Z", "2026-03-10T00:00:00.000Z", {}, "hour"),  # those that are found are of a few days
        ("2020-03-01T00:00:00Z", "2025-03-10T00:00:00.000Z", {}, "day"),
        ("2020-03-01T00:00:00Z", "2020-03-10T00:00:00.000Z", {"q": "ferry"}, "week"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", {}, "month"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", {}, "year"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", {"since": "24h"}, "hour"),
        ("2020-03-01T00:00:00Z", "2025-03-10T00:00:00.000Z", {"since": "2025", "until": "2025"}, "day"),
        ("2020-03-01T00:00:00Z", None, {"since": "2020"}, "hour"),  # nothing is found
    ],
)
def test_a_search_is_counted_by_an_interval_that_fits_and_the_answer_names_it(
    first: str, found: str | None, asked: dict[str, Any], interval: str
) -> None:
    said = [] if interval == "hour" else ["interval"]
    assert counted(first, found, **asked) == [(interval, interval, said)] * 2


@given(st.sampled_from(["hour", "day", "week", "month"]), st.integers(0, 30_000))
def test_there_are_never_more_parts_than_may_be(interval: Any, days: int) -> None:
    used = intervals.fitting(interval, NOW - timedelta(days=days), NOW)
    assert timedelta(days=days) / intervals._SHORTEST[used] < intervals.MAX_BUCKETS
