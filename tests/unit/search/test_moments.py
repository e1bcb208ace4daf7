"""Dates and times in searches."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.moments import span

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
BERLIN, UTC_ = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2026-03-14", UTC_, "2026-03-14T00:00", "2026-03-15T00:00"),
        ("20260314", UTC_, "2026-03-14T00:00", "2026-03-15T00:00"),
        ("2026-03-14", BERLIN, "2026-03-13T23:00", "2026-03-14T23:00"),
        ("2026-03-29", BERLIN, "2026-03-28T23:00", "2026-03-29T22:00"),  # the day has 23 hours
        ("2026-02", UTC_, "2026-02-01T00:00", "2026-03-01T00:00"),
        ("2024", UTC_, "2024-01-01T00:00", "2025-01-01T00:00"),
        ("today", UTC_, "2026-03-14T00:00", "2026-03-15T00:00"),
        ("yesterday", UTC_, "2026-03-13T00:00", "2026-03-14T00:00"),
        ("24h", UTC_, "2026-03-13T12:00", "2026-03-13T12:00"),
        ("7D", UTC_, "2026-03-07T12:00", "2026-03-07T12:00"),
        ("2026-03-14T10:00:00Z", BERLIN, "2026-03-14T10:00", "2026-03-14T10:00"),
        ("2026-03-14T10:00", BERLIN, "2026-03-14T09:00", "2026-03-14T09:00"),
        ("2026-03-14T10:00:00+02:00", UTC_, "2026-03-14T08:00", "2026-03-14T08:00"),
        ("2026-03-14T10:00:00 02:00", UTC_, "2026-03-14T08:00", "2026-03-14T08:00"),  # a plus sign in an address
    ],
)
def test_a_day_is_the_whole_day_where_the_reader_is(text: str, zone: ZoneInfo, start: str, end: str) -> None:
    found = span(text, NOW, zone)
    assert (found.start, found.end) == (datetime.fromisoformat(f"{start}Z"), datetime.fromisoformat(f"{end}Z"))


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-02-30", "99999y", "0000", "9999-12-31", "-1h", "١٢"])
def test_what_is_no_time_says_which_there_are(text: str) -> None:
    with pytest.raises(ValueError, match="yesterday"):
        span(text, NOW, UTC_)


@given(st.text(max_size=30) | st.text(st.sampled_from("0123456789-:TZ+ hdwmoy"), max_size=30))
def test_no_text_fails_otherwise(text: str) -> None:
    try:
        found = span(text, NOW, BERLIN)
    except ValueError:
        return
    assert found.start <= found.end
