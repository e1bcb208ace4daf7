"""Counting by time, in no more parts than an answer can have. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from pipeline.search.syntax import Note

Interval = Literal["hour", "day", "week", "month", "year"]

MAX_BUCKETS = 1000
"""Parts of one answer."""
_SHORTEST = {
    "hour": timedelta(hours=1), "day": timedelta(hours=23), "week": timedelta(days=6, hours=23), "month": timedelta(days=28),
    "year": timedelta(days=365),
}  # fmt: skip


def fitting(interval: Interval, start: datetime, end: datetime) -> Interval:
    """This interval, or the first longer one of which there are few enough between two times."""
    longer: list[Interval] = list(get_args(Interval))[list(get_args(Interval)).index(interval) :]
    return next((one for one in longer if (end - start) / _SHORTEST[one] < MAX_BUCKETS), longer[-1])


def bounds_query(query: dict[str, Any]) -> dict[str, Any]:
    """When the articles that a query finds were first and last shown."""
    times = {name: {name: {"field": "shown_at"}} for name in ("min", "max")}
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": times}


def bounds(answer: Any) -> tuple[datetime, datetime] | None:
    """None where nothing is found."""
    found = [answer["aggregations"][name].get("value_as_string") for name in ("min", "max")]
    return (datetime.fromisoformat(found[0]), datetime.fromisoformat(found[1])) if all(found) else None


def earliest_query() -> dict[str, Any]:
    return {"size": 1, "sort": [{"shown_at": "asc"}], "_source": ["shown_at"], "track_total_hits": False}


def note(asked: Interval, used: Interval) -> Note:
    return Note("interval", f"By {asked} there would be more than {MAX_BUCKETS} parts; it was counted by {used}.")
