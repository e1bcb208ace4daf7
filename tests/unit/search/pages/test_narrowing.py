"""Facets, chips and the histogram of a page of results."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.moments import span
from pipeline.search.pages.narrowing import MAX_BARS, bars, chips, facets, interval


def test_a_facet_is_what_narrows_or_is_chosen_and_its_ways_of_writing_are_one() -> None:
    found = {
        "topic": [{"value": "Sport", "count": 3}, {"value": "SPORT", "count": 2}, {"value": "News", "count": 1}],
        "language": [{"value": "en", "count": 6}],
        "publisher": [{"value": "herald", "count": 0, "chosen": True}],
    }
    topic, publisher = facets(found, {"publisher": ["herald"]}, 6)
    assert [(one.name, one.count, one.then) for one in topic.values] == [
        ("Sport", 5, {"topic": ["Sport", "SPORT"]}), ("News", 1, {"topic": ["News"]}),
    ]  # fmt: skip
    assert [(one.chosen, one.then) for one in publisher.values] == [(True, {"publisher": []})]
    (again,) = facets({"topic": found["topic"]}, {"topic": ["Sport", "SPORT"]}, 5)
    assert [(one.name, one.chosen, one.then["topic"]) for one in again.values] == [
        ("Sport", True, []), ("News", False, ["Sport", "SPORT", "News"]),
    ]  # fmt: skip
    (language,) = facets({"language": [{"value": "de", "count": 1}]}, {}, 2)
    assert (language.heading, language.values[0].name) == ("Languages", "German")
    (long,) = facets({"person": [{"value": f"P{n}", "count": 1} for n in range(9)]}, {}, 20)
    assert (len(long.values), len(long.more)) == (6, 3)


def test_a_chosen_section_is_the_facets_whatever_newsroom_s_word_it_is() -> None:
    found = {"section": [{"value": "sport", "count": 3}, {"value": "harbour life", "count": 2}]}
    (section,) = facets(found, {"section": ["Deportes"]}, 5)
    assert [(one.name, one.chosen, one.then["section"]) for one in section.values] == [
        ("Sport", True, []), ("Harbour life", False, ["sport", "harbour life"]),
    ]  # fmt: skip


def test_each_chosen_condition_is_a_chip_that_takes_it_away() -> None:
    asked = {
        "q": "ferries", "section": ["Sport", "SPORT"], "not_publisher": ["wire"], "language": ["de"], "has": ["comments"],
        "since": "2026-03-01", "until": "2026-03-02", "near": "59.91,10.75", "story": ["0-0"],
    }  # fmt: skip
    assert chips(asked) == [
        ("section", "Sport", {"section": []}),
        ("language", "German", {"language": []}),
        ("story", "one event", {"story": []}),
        ("not publisher", "wire", {"not_publisher": []}),
        ("", "With comments", {"has": []}),
        ("", "2026-03-01 to 2026-03-02", {"since": None, "until": None}),
        ("near", "59.91,10.75 (50km)", {"near": None, "distance": None}),
    ]
    assert chips({"since": "24h"}) == [("since", "24h", {"since": None, "until": None})]


def test_bars_over_a_change_to_summer_time_are_all_there() -> None:
    days = [f"2026-03-{day}T00:00:00.000+0{1 if day <= 29 else 2}:00" for day in range(25, 32)]
    found = bars([{"from": day, "count": 1} for day in days], {"since": "2026-03-25", "until": "2026-03-31"})
    assert found is not None
    assert (len(found.bars), found.width) == (7, 70)
    assert [(one.since, one.until) for one in found.bars][-1] == ("2026-03-31", "2026-03-31")


ZONE = ZoneInfo("UTC")
_FROM, _TO = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 (hypothesis wants no zone)
_TIMES = st.lists(st.datetimes(_FROM, _TO), min_size=2, max_size=60, unique=True)


@given(_TIMES)
def test_bars_have_every_article_in_order_and_a_click_finds_the_same(times: list[datetime]) -> None:
    days = sorted({at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC) for at in times})
    counted = [{"from": at.isoformat(), "count": n + 1} for n, at in enumerate(days)]
    found = bars(counted, {})
    if found is None:
        return
    assert 2 <= found.width // 10 <= MAX_BARS + 1
    assert sum(one.count for one in found.bars) == sum(one["count"] for one in counted)  # type: ignore[misc]
    assert [one.x for one in found.bars] == sorted({one.x for one in found.bars})
    now = datetime(2100, 1, 1, tzinfo=UTC)
    for bar in found.bars:
        since = span(bar.since, now, ZONE).start
        until = span(bar.until, now, ZONE).end
        assert sum(n + 1 for n, at in enumerate(days) if since <= at < until) == bar.count


def test_a_short_time_is_counted_by_the_hour() -> None:
    asked = {"since": "2026-03-01", "until": "2026-03-01"}
    assert (interval(asked), interval({}), interval({"since": "24h"})) == ("hour", "day", "day")
    start = datetime(2026, 3, 1, 7, tzinfo=UTC)
    found = bars([{"from": (start + timedelta(hours=n)).isoformat(), "count": 1} for n in range(3)], asked)
    assert found is not None
    assert (found.bars[0].since, found.bars[0].until) == ("2026-03-01T07:00", "2026-03-01T07:59:59")
    assert bars([], {}) is None
    assert bars([{"from": start.isoformat(), "count": 3}], {}) is None
