"""Dates and times in searches: a day, month or year means the whole of it; `24h`, `7d` count back from now. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_AGO = re.compile(r"(\d{1,5})\s*(m|min|h|d|w|mo|y)", re.IGNORECASE)
_UNITS = {"m": 1, "min": 1, "h": 60, "d": 1440, "w": 10080, "mo": 43200, "y": 525600}
"""Minutes; a month is 30 days and a year 365."""
_DATE = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?")
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d{2}:?\d{2}$)")
"""A plus sign that was not escaped in an address arrives as a space."""
FORMS = "a date (2026-03-14, 2026-03, 2026), a time (2026-03-14T10:00:00Z), today, yesterday, or how long ago (24h, 7d, 2w, 6mo)"


@dataclass(frozen=True)
class Span:
    """From `start` to before `end`; a moment is both."""

    start: datetime
    end: datetime

    @property
    def moment(self) -> bool:
        return self.start == self.end


def span(text: str, now: datetime, zone: ZoneInfo) -> Span:
    """What is meant, in UTC; a date and a time without an offset are in `zone`. Raises ValueError with the known forms."""
    text = text.strip()
    try:
        found = _span(text, now, zone)
        return Span(found.start.astimezone(UTC), found.end.astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:60]!r} is no time; write {FORMS}") from None


def _span(text: str, now: datetime, zone: ZoneInfo) -> Span:
    if text.casefold() in ("today", "yesterday"):
        day = now.astimezone(zone) - timedelta(days=text.casefold() == "yesterday")
        return _period(day.year, day.month, day.day, zone)
    if ago := _AGO.fullmatch(text):
        at = now - timedelta(minutes=int(ago[1]) * _UNITS[ago[2].casefold()])
        return Span(at, at)
    if date := _DATE.fullmatch(text):
        year, month, day_ = (int(part) if part else None for part in date.groups())
        return _period(year or 0, month, day_, zone)
    at = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    return Span(at, at)


def _period(year: int, month: int | None, day: int | None, zone: ZoneInfo) -> Span:
    start = datetime(year, month or 1, day or 1, tzinfo=zone)
    if day:
        last = day
    else:
        month = month or 12
        last = calendar.monthrange(year, month)[1]
    end = datetime(year, month or 12, last) + timedelta(days=1)  # noqa: DTZ001 (the wall clock's next day)
    return Span(start, end.replace(tzinfo=zone))
