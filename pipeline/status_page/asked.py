"""What a request asks for, from its parameters. Each fault is said in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pipeline.dates import parse
from pipeline.operations.dead_letters import Filter
from pipeline.status_page.errors import BadRequest

_LONGEST = 2000
"""Characters of a value: as long as an address may be."""
SIZES = (50, 200, 1000)
"""Dead letters on a page."""
_DAY = timedelta(days=1)


def values(given: Mapping[str, str], known: Collection[str]) -> dict[str, str]:
    """The parameters without empty ones. Raises BadRequest for one that isn't there: it would be another question."""
    found = {}
    for name, value in given.items():
        if name not in known and name != "format":
            raise BadRequest(f"There is no parameter {name[:100]!r} here; there are: {', '.join(sorted(known))}.")
        if len(value) > _LONGEST:
            raise BadRequest(f"What is given as {name} is longer than {_LONGEST:,} characters.")
        if value.strip():
            found[name] = value.strip()
    if found.get("format", "json") not in ("json", "html"):
        raise BadRequest("The parameter format is json or html.")
    return found


def at(name: str, text: str | None, now: datetime) -> datetime | None:
    """The time that a value means, as the options of the commands are read. Raises BadRequest."""
    if text is None:
        return None
    found = parse(text, "UTC", now)
    if found is None:
        raise BadRequest(f"{name} {text[:100]!r} can't be read as a time (try 2026-03-14, or '3 days ago').")
    return found.utc


@dataclass(frozen=True)
class Span:
    """From when to when, and as it was asked for."""

    begin: datetime
    end: datetime
    given: tuple[tuple[str, str], ...]


def span(given: Mapping[str, str], now: datetime) -> Span:
    """A whole `day` in UTC, else `since` and `until`, else the last 24 hours. Raises BadRequest."""
    asked = tuple((name, given[name]) for name in ("day", "since", "until") if name in given)
    if "day" in given:
        if len(asked) > 1:
            raise BadRequest("Give either a day, or since and until.")
        try:
            found = date.fromisoformat(given["day"])
            begin = datetime(found.year, found.month, found.day, tzinfo=UTC)
            return Span(begin, begin + _DAY, asked)
        except (ValueError, OverflowError):
            raise BadRequest(f"{given['day'][:100]!r} is no day (try 2026-03-14).") from None
    begin = at("since", given.get("since"), now) or now - _DAY
    end = at("until", given.get("until"), now) or now
    if begin >= end:
        raise BadRequest("Since has to be before until.")
    return Span(begin, end, asked)


def letters(given: Mapping[str, str], now: datetime) -> Filter:
    """Which dead letters. Raises BadRequest."""
    return Filter(given.get("stage"), given.get("reason"), given.get("provider"), at("since", given.get("since"), now))


def size(given: Mapping[str, str]) -> int:
    text = given.get("size", str(SIZES[0]))
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= SIZES[-1]:
        raise BadRequest(f"size is a number from 1 to {SIZES[-1]:,}.")
    return int(text)
