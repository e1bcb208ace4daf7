"""What a search can be narrowed by: facets worth a click, chips for what is chosen, bars of time. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.search.filters import ARTICLE_FILTERS, indexed_as

Asked = dict[str, Any]

SHOWN = 6
"""Values of a facet that are shown at once; the others are a click away."""
MAX_BARS = 48
_HEIGHT = 40
LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_HAS = {"comments": "With comments", "pictures": "With pictures", "correction": "Corrected"}
_HEADINGS = {"person": "People", "place": "Places", "organisation": "Organisations", "section": "Sections", "topic": "Topics", "publisher": "Publishers", "language": "Languages", "article": "Stories", "author": "Authors"}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A value of a facet: its name, how many it finds, and what the filter is after a click."""

    name: str
    count: int
    chosen: bool
    then: dict[str, Any]


@dataclass(frozen=True)
class Facet:
    name: str
    heading: str
    values: tuple[Value, ...]
    more: tuple[Value, ...]


def facets(
    found: dict[str, list[dict[str, Any]]], asked: Asked, total: int, names: Mapping[str, str] | None = None
) -> list[Facet]:
    """Facets whose values narrow the search or are chosen. Values that differ by capitals only are one. `names` are what
    values that are ids are shown as."""
    made = []
    for name, values in found.items():
        merged: dict[str, list[dict[str, Any]]] = {}
        for one in values:
            merged.setdefault(" ".join(str(one["value"]).split()).casefold(), []).append(one)
        chosen = list(dict.fromkeys(indexed_as(name, asked.get(name, ()))))
        shown = []
        for ways in merged.values():
            written = [str(one["value"]) for one in ways]
            is_chosen = any(one in chosen for one in written)
            count = sum(one["count"] for one in ways)
            if not is_chosen and (count == 0 or (count >= total and not chosen)):
                continue
            then = [one for one in chosen if one not in written] if is_chosen else [*chosen, *written]
            shown.append(
                Value((names or {}).get(written[0]) or shown_as(name, written[0]), count, is_chosen, {name: then})
            )
        shown.sort(key=lambda one: (not one.chosen, -one.count))
        if shown:
            made.append(Facet(name, _HEADINGS.get(name, name.capitalize()), tuple(shown[:SHOWN]), tuple(shown[SHOWN:])))
    return made


def chips(asked: Asked) -> list[tuple[str, str, dict[str, Any]]]:
    """What is chosen beside the words: what it is, its value, and the change that takes it away."""
    made: list[tuple[str, str, dict[str, Any]]] = []
    for name in (*ARTICLE_FILTERS, *(f"not_{name}" for name in ARTICLE_FILTERS)):
        values, bare = asked.get(name, ()), name.removeprefix("not_")
        seen: set[str] = set()
        for value in values:
            if value.casefold() in seen:
                continue
            seen.add(value.casefold())
            label = ("not " if bare != name else "") + bare.replace("_", " ")
            text = "one event" if name == "story" else shown_as(bare, value)
            made.append((label, text, {name: [one for one in values if one.casefold() != value.casefold()]}))
    made += [("", _HAS.get(one, one), {"has": [has for has in asked["has"] if has != one]}) for one in asked.get("has", ())]  # fmt: skip
    since, until = asked.get("since"), asked.get("until")
    if since and until:
        text = since if since == until else f"{since} to {until}"
        made.append(("", text, {"since": None, "until": None}))
    elif since or until:
        made.append(("since" if since else "until", since or until or "", {"since": None, "until": None}))
    if asked.get("near"):
        made.append(("near", f"{asked['near']} ({asked.get('distance', '50km')})", {"near": None, "distance": None}))
    if asked.get("box"):
        made.append(("in the area", asked["box"], {"box": None}))
    return made


def shown_as(name: str, value: str) -> str:
    if name == "section":
        return value[:1].upper() + value[1:]
    return LANGUAGES.get(value, value) if name == "language" else value


@dataclass(frozen=True)
class Bar:
    """Articles of a time: where it is drawn, and the range of a click."""

    x: int
    height: float
    count: int
    label: str
    since: str
    until: str


@dataclass(frozen=True)
class Bars:
    bars: tuple[Bar, ...]
    width: int
    first: str
    last: str


def interval(asked: Asked) -> str:
    """Hours within three days, else days, which `bars` adds up to longer ones."""
    days = _days(asked.get("since"), asked.get("until"))
    return "hour" if days is not None and days <= 3 else "day"


def bars(counted: list[dict[str, Any]], asked: Asked) -> Bars | None:
    """A histogram's counts as at most MAX_BARS bars of one length each, empty ones between them too; None for fewer than two."""
    # without their offsets, which a change to summer time parts
    times = [(datetime.fromisoformat(one["from"]).replace(tzinfo=None), one["count"]) for one in counted]
    if len(times) < 2:
        return None
    for length in ("hour", "day", "week", "month", "year", "decade") if interval(asked) == "hour" else ("day", "week", "month", "year", "decade"):  # fmt: skip
        sums: dict[datetime, int] = {}
        for at, count in times:
            start = _start(at, length)
            sums[start] = sums.get(start, 0) + count
        starts: list[datetime] = []
        at = min(sums)
        while at <= max(sums) and len(starts) <= MAX_BARS:
            starts.append(at)
            at = _next(at, length)
        if len(starts) <= MAX_BARS:
            break
    if len(starts) < 2:
        return None
    most = max(sums.values())
    made = tuple(
        Bar(n * 10, round(max(2.0, sums[at] / most * _HEIGHT), 1), sums[at], _label(at, length), *_range(at, length))
        for n, at in enumerate(starts)
        if sums.get(at)
    )
    return Bars(made, len(starts) * 10, _label(starts[0], length), _label(starts[-1], length))


def _start(at: datetime, length: str) -> datetime:
    if length == "hour":
        return at.replace(minute=0, second=0, microsecond=0)
    at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if length == "week":
        return at - timedelta(days=at.weekday())
    if length == "month":
        return at.replace(day=1)
    if length == "year":
        return at.replace(month=1, day=1)
    return at.replace(year=max(1, at.year // 10 * 10), month=1, day=1) if length == "decade" else at


def _next(at: datetime, length: str) -> datetime:
    if length == "hour":
        return at + timedelta(hours=1)
    if length in ("day", "week"):
        return at + timedelta(days=1 if length == "day" else 7)
    if length == "month":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return at.replace(year=at.year + (1 if length == "year" else 10))


def _label(at: datetime, length: str) -> str:
    if length == "hour":
        return f"{at.day} {at:%B, %H:%M}"
    if length in ("day", "week"):
        return f"{'week of ' if length == 'week' else ''}{at.day} {at:%B %Y}"
    return f"{at:%B %Y}" if length == "month" else f"{at.year}" if length == "year" else f"{at.year}s"


def _range(at: datetime, length: str) -> tuple[str, str]:
    """`since` and `until` of a search for it."""
    if length == "hour":
        return (f"{at:%Y-%m-%dT%H:%M}", f"{at:%Y-%m-%dT%H}:59:59")
    if length == "day":
        return (f"{at:%Y-%m-%d}",) * 2
    if length == "week":
        return (f"{at:%Y-%m-%d}", f"{at + timedelta(days=6):%Y-%m-%d}")
    if length == "month":
        return (f"{at:%Y-%m}-01", f"{at:%Y-%m}-{calendar.monthrange(at.year, at.month)[1]:02}")
    return (f"{at.year:04}-01-01", f"{at.year + (9 if length == 'decade' else 0):04}-12-31")


def _days(since: str | None, until: str | None) -> int | None:
    try:
        return (date.fromisoformat((until or "")[:10]) - date.fromisoformat((since or "")[:10])).days + 1
    except ValueError:
        return None
