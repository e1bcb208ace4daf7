"""Times as publishers write them, to UTC, with the original text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import dateparser

from schemas.base import FIRST_YEAR, LAST_YEAR
from schemas.identity import Moment

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far past its receipt a publisher's modification time is accepted; clocks drift."""

_MAX_LENGTH = 80
_LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "pl", "sv", "da", "tr", "ar", "ja", "zh"]
_LABEL = re.compile(
    r"^(?:first\s+|last\s+)?(?:posted|published|updated|modified|date|on)(?:\s+on)?\s*[:\-–—]?\s+", re.IGNORECASE
)
_DOTTED_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.?", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
_ZONE_NAME = re.compile(r"[A-Za-z]{2,5}\s*$")
_IPTC_BASIC = re.compile(r"^(\d{8})T(\d{6})(Z|[+-]\d{4})?$")
_FIRST_EXACT = 1900
_NULL_YEAR = re.compile(r"(?:^|[\s,./-])-?000[012](?=$|[\s,./T-])")
_EARLY_YEAR = re.compile(r"(?<![\d:+-])1[0-8]\d\d(?![\d:])")


def parse(text: str, zone: str, received: datetime, language: str | None = None) -> Moment | None:
    """The moment that `text` names, read in IANA `zone` where it names no offset; None where it is no time.

    Relative times ("3 hours ago") count from `received`.
    """
    parsed = _read(text, zone, received, language)
    return _moment(parsed, text, zone) if parsed and FIRST_YEAR < parsed.year <= LAST_YEAR else None


def parse_exact(text: str, zone: str, received: datetime, language: str | None = None) -> Moment | None:
    """Like `parse`, for times that decide what readers may see: only what names one moment whoever reads it, by ISO 8601,
    RFC 5322, IPTC's form, or a date with its year in which day and month can't be confused. A date alone is its beginning.
    A year after 2999 means never: it is the end of 2999. None also where it `names_no_time`."""
    bare = " ".join(text.split())
    if len(bare) > _MAX_LENGTH or (_machine_time(bare) is None and not _is_plain_date(bare)) or names_no_time(bare):
        return None
    parsed = _read(text, zone, received, language)
    return _moment(parsed, text, zone) if parsed and parsed.year >= _FIRST_EXACT else None


def names_no_time(text: str) -> bool:
    """Whether `text` is how databases and programs write that there is no time: zeros, the year 0, 1 or -1, and any other
    before 1900 (1601, 1753 and 1899-12-30 are where some begin to count)."""
    bare = " ".join(text.split())
    if re.fullmatch(r"[^1-9]*0[^1-9]*", bare):
        return True
    parsed = _machine_time(bare)
    if parsed is not None and not _NULL_YEAR.search(bare):  # RFC 5322 takes the year 0001 for 2001
        return parsed.year < _FIRST_EXACT
    return _YEAR.search(bare) is None and bool(_NULL_YEAR.search(bare) or _EARLY_YEAR.search(bare))


def first_time(*written: str | None) -> str | None:
    """The first that isn't empty and doesn't `names_no_time`."""
    return next((one for one in written if one and one.strip() and not names_no_time(one)), None)


def _read(text: str, zone: str, received: datetime, language: str | None) -> datetime | None:
    text = " ".join(text.split())
    if not text or len(text) > _MAX_LENGTH or (_NULL_YEAR.search(text) and not _YEAR.search(text)):
        return None
    return _machine_time(text) or _written_time(text, language, _wall_clock(received, zone))


def _moment(parsed: datetime, text: str, zone: str) -> Moment | None:
    original = " ".join(text.split())
    try:
        if parsed.tzinfo is None:
            return Moment(utc=parsed.replace(tzinfo=ZoneInfo(zone)), original=original, assumed_zone=zone)
        return Moment(utc=parsed, original=original)
    except (OverflowError, ValueError):
        return None


def _is_plain_date(text: str) -> bool:
    if not _YEAR.search(text):
        return False
    numeric = _NUMERIC_DATE.search(text)
    return numeric is None or int(numeric[1]) > 12 or int(numeric[2]) > 12 or numeric[1] == numeric[2]


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
            parsed = parsedate_to_datetime(text)
        except ValueError:
            return None
        # a zone that RFC 5322 doesn't know (CET, AKST) would be lost
        return None if parsed.tzinfo is None and _ZONE_NAME.search(text) else parsed
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
