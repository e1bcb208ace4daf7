"""Trends, latencies and refusals, from numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.operations.watch.lag import course, is_stuck
from pipeline.operations.watch.latency import by_provider, percentile, seconds
from pipeline.operations.watch.memory import Memory, Sample, StageSample, load, store
from pipeline.operations.watch.refusals import rate
from pipeline.settings import load_settings
from schemas.report import Trend, too_many

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def samples(*seen: tuple[int, int, int]) -> list[Sample]:
    """(seconds, lag, finished) of the stage `revise`."""
    return [
        Sample(at=NOW + timedelta(seconds=at), stages={"revise": StageSample(lag=lag, finished=finished)})
        for at, lag, finished in seen
    ]


@pytest.mark.parametrize(
    ("seen", "trend", "rate", "caught_up_in"),
    [
        (((0, 0, 10),), Trend.UNKNOWN, None, None),
        (((0, 1000, 0), (3, 900, 100)), Trend.UNKNOWN, None, None),
        (((0, 1000, 0), (30, 700, 400), (60, 400, 800)), Trend.FALLING, 800 / 60, 40),
        (((0, 100, 0), (60, 700, 120)), Trend.GROWING, 2.0, None),
        (((0, 500, 0), (60, 510, 300)), Trend.STEADY, 5.0, None),
        (((0, 0, 0), (60, 0, 300)), Trend.STEADY, 5.0, 0.0),
        (((0, 5, 0), (60, 0, 300)), Trend.FALLING, 5.0, 0.0),
        (((0, 100, 900), (60, 700, 120)), Trend.UNKNOWN, None, None),
        (((-2000, 9000, 0), (0, 100, 900), (60, 700, 960)), Trend.GROWING, 1.0, None),
    ],
    ids=["one", "too close", "falling", "growing", "steady", "idle", "done", "reset", "long ago"],
)
def test_where_a_lag_goes(
    seen: tuple[tuple[int, int, int], ...], trend: Trend, rate: float | None, caught_up_in: float | None
) -> None:
    found = course(samples(*seen), "revise")
    assert found.trend is trend
    assert found.rate == pytest.approx(rate)
    assert found.caught_up_in == pytest.approx(caught_up_in)


@pytest.mark.parametrize(
    ("seen", "stuck"),
    [
        (((0, 9, 5), (60, 9, 5), (120, 12, 5)), True),
        (((0, 9, 5), (60, 9, 5)), False),
        (((0, 9, 4), (60, 9, 5), (120, 12, 5)), False),
        (((0, 0, 5), (110, 3, 5), (120, 12, 5)), False),
        (((0, 0, 5), (10, 3, 5), (120, 12, 5)), True),
        (((0, 9, 5), (120, 0, 5)), False),
        ((), False),
    ],
    ids=["yes", "too short", "it moved", "it had nothing to do", "from its first record", "idle", "nothing known"],
)
def test_a_stage_that_finishes_nothing_is_stuck(seen: tuple[tuple[int, int, int], ...], stuck: bool) -> None:
    assert is_stuck(samples(*seen), "revise") is stuck


def processed(**offsets: float) -> dict[str, str]:
    return {name: (NOW + timedelta(seconds=at)).isoformat() for name, at in offsets.items()}


def test_a_latency_is_without_the_time_under_embargo() -> None:
    assert seconds(processed(received=0, normalized=1, enriched=1.5, revised=2, indexed=3)) == pytest.approx(2.5)
    assert seconds(processed(received=0, normalized=1, enriched=1, revised=7200, indexed=7201)) == pytest.approx(2)
    assert seconds(processed(received=0, indexed=3)) is None
    late = 6 * 86_400
    assert seconds(processed(received=0, enriched=late, revised=late, indexed=late)) == late, (
        "as long as the raw record is kept"
    )
    late = 8 * 86_400
    assert seconds(processed(received=0, enriched=late, revised=late, indexed=late)) is None, "an old event, sent now"
    assert seconds(processed(received=9, enriched=1, revised=2, indexed=3)) == 1, "a sender's clock that is ahead"


def test_latencies_by_provider_slowest_first() -> None:
    fast = [
        {"provider": "a", "processed": processed(received=0, enriched=n / 100, revised=1, indexed=1)}
        for n in range(100)
    ]
    slow = [{"provider": "b", "processed": processed(received=0, enriched=9, revised=9, indexed=9)}]
    found = by_provider([*fast, *slow, {"provider": "c"}], 5, NOW)
    assert [(one.provider, one.articles, one.p50, one.p95, one.p99, one.met) for one in found] == [
        ("b", 1, 9, 9, 9, True),
        ("a", 100, 0.49, 0.94, 0.98, True),
    ]
    assert percentile([3], 50) == 3


def took(indexed: float, lasted: float) -> dict[str, object]:
    """An article that became searchable at so many hours from now, and so many seconds after its receipt."""
    at = indexed * 3600
    return {"provider": "a", "processed": processed(received=at - lasted, enriched=at, revised=at, indexed=at)}


def test_a_provider_with_few_articles_is_judged_by_its_latest_of_a_day_while_one_of_the_hour_is_late() -> None:
    (few,) = by_provider([took(-0.2, 76), took(-0.3, 70), *[took(-2 - n / 10, 1) for n in range(30)]], 5, NOW)
    assert (few.articles, few.late, few.late_last_hour, few.met) == (20, 2, 2, False)
    (over,) = by_provider([took(-2, 76), took(-3, 70)], 5, NOW)
    assert (over.articles, over.late, over.late_last_hour, over.met) == (2, 2, 0, True)
    (many,) = by_provider([*[took(-n / 50, 1) for n in range(45)], took(-2, 99)], 5, NOW)
    assert (many.articles, many.late) == (45, 0), "what came before the hour says nothing more"


@pytest.mark.parametrize(
    ("late", "articles", "many"),
    [
        (0, 1, False),
        (1, 1, False),
        (2, 2, True),
        (2, 3, True),
        (2, 4, False),
        (3, 9, True),
        (3, 10, False),
        (4, 17, True),
        (1, 20, False),
        (2, 20, True),
        (5, 100, False),
        (6, 100, True),
    ],
)
def test_few_articles_are_late_too_often_where_chance_seldom_does_it(late: int, articles: int, many: bool) -> None:
    assert too_many(late, articles) is many


def test_refusals_are_unusual_against_the_week() -> None:
    assert not rate("push", "invalid", [], 10).unusual
    assert rate("push", "invalid", [], 11).unusual
    assert not rate("push", "invalid", [20] * 100, 50).unusual
    assert rate("push", "invalid", [20] * 100, 61).unusual
    assert rate("push", "invalid", [500] * 8, 61).unusual, "one bad day is not what is usual"
    assert not rate("revise", "failed", [], 99).unusual, "what our own code failed on is another finding"


def test_a_memory_that_cannot_be_read_is_none(tmp_path: object) -> None:
    settings = load_settings(local_dir=tmp_path)
    assert load(settings) == Memory()
    store(settings, Memory(since={"slow/a": NOW}, slots={"articles/a": {3: 4}}))
    assert load(settings).since == {"slow/a": NOW}
    assert load(settings).slots == {"articles/a": {3: 4}}
    (settings.local_dir / "watch-dateline.json").write_text("{")  # type: ignore[operator]
    assert load(settings) == Memory()
