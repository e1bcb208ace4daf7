"""Times as publishers write them, to UTC, with the original text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import dateparser

from schemas.identity import Moment

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far past its receipt a publisher's modification time is accepted; clocks drift."""

_MAX_LENGTH = 80
_LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "pl", "sv", "da", "tr", "ar", "ja", "zh"]
_LABEL = re.compile(
    r"^(?:first\s+|last\s+)?(?:posted|published|updated|modified|date|on)(?:\s+on)?\s*[:\-–—]?\s+", re.IGNORECASE
)
_DOTTED_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.?", re.IGNORECASE)
_IPTC_BASIC = re.compile(r"^(\d{8})T(\d{6})(Z|[+-]\d{4})?$")


def parse(text: str, zone: str, received: datetime, language: str | None = None) -> Moment | None:
    """The moment that `text` names, read in IANA `zone` where it names no offset; None where it is no time.

    Relative times ("3 hours ago") count from `received`.
    """
    text = " ".join(text.split())
    if not text or len(text) > _MAX_LENGTH:
        return None
    parsed = _machine_time(text) or _written_time(text, language, _wall_clock(received, zone))
    if parsed is None:
        return None
    try:
        if parsed.tzinfo is None:
            return Moment(utc=parsed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), original=text, assumed_zone=zone)
        return Moment(utc=parsed.astimezone(UTC), original=text)
    except (OverflowError, ValueError):
        return None


def _wall_clock(received: datetime, zone: str) -> datetime:
    """What a clock in `zone` showed at `received`, to the minute, so that equal texts are parsed once."""
    return received.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0, tzinfo=None)


def not_in_future(moment: datetime, received: datetime) -> datetime:
    """A time in the future is clamped to receipt + 5 minutes, so that a wrong clock can't block later revisions."""
    return min(moment, received + FUTURE_ALLOWED)


@lru_cache(maxsize=4096)
def _machine_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if match := _IPTC_BASIC.match(text):
        try:
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
        except ValueError:
            return None
    if re.match(r"^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d", text):
        try:
            return parsedate_to_datetime(text)
        except ValueError:
            return None
    return None


@lru_cache(maxsize=4096)
def _written_time(text: str, language: str | None, base: datetime) -> datetime | None:
    plain = _DOTTED_MERIDIEM.sub(lambda m: f"{m[1]}m", _LABEL.sub("", text))
    if not re.search(r"\d", plain):
        return None
    first = [language] if language in _LANGUAGES else ["en"]
    options = {"RELATIVE_BASE": base, "REQUIRE_PARTS": ["day", "month"]}
    for languages in (first, _LANGUAGES):
        parsed = dateparser.parse(plain, languages=languages, settings=options)
        if parsed is not None:
            return parsed
    return None
