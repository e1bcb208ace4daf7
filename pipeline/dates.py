"""Times as publishers write them, to UTC, with the original text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pipeline import calendars, zones
from schemas.base import FIRST_YEAR, LAST_YEAR
from schemas.identity import Moment

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far past its receipt a publisher's modification time is accepted; clocks drift."""
FIRST_SEEN = "first-modified"
"""Rule by which `published` is derived."""

_MAX_LENGTH = 80
_LANGUAGES = [
    "en", "de", "fr", "es", "it", "pt", "nl", "ru", "pl", "sv", "da", "tr", "ar", "ja", "zh",
    "nb", "fi", "ko", "cs", "hu", "uk", "ro", "el", "bg", "hr", "he", "fa", "hi", "id", "vi",
]  # fmt: skip
_SAME_LANGUAGE = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "sk": "cs", "sr": "hr"}
_YEAR_FIRST = frozenset({"ja", "zh", "ko"})
"""Languages that write the year first, with two digits too."""
_SAID = (
    r"posted|published|updated|modified|date|created|veröffentlicht|erschienen|aktualisiert|stand|publiée?|mise?\s+à\s+jour|modifiée?|publicad[oa]|actualizad[oa]|atualizad[oa]|pubblicat[oa]|aggiornat[oa]"
    r"|gepubliceerd|bijgewerkt|publicera[dt]|uppdatera[dt]|publisert|oppdatert|udgivet|opdateret|julkaistu|päivitetty|opublikowano|aktualizacja|опубликовано|обновлено|опубліковано|оновлено|نشر(?:ت)?(?:\s+في)?|发布(?:时间)?|發布(?:時間)?|更新(?:日時|时间|時間)?|公開(?:日時?)?|配信|입력|수정"
)
_LABEL = re.compile(
    rf"^(?:first\s+|last\s+)?(?:{_SAID}|on)(?:\s+(?:on|am|le|el|il|em|op|den|в))?\s*[:：\-–—]?\s+", re.IGNORECASE
)
_LABEL_BEHIND = re.compile(rf"\s*[|,;·•–—-]\s*(?:last\s+)?(?:{_SAID})\s*:?$", re.IGNORECASE)
_DOTTED_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.?", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
_SLASHED_DATE = re.compile(r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?![\d/-])")
_MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR", "VI", "AS", "MP", "UM", "BZ"})
"""Regions that write the month first (Unicode CLDR, short date of `en-*`)."""
_MONTH_FIRST_ZONES = frozenset(
    f"America/{city}"
    for city in (
        "New_York", "Detroit", "Chicago", "Denver", "Boise", "Phoenix", "Los_Angeles", "Anchorage", "Juneau", "Puerto_Rico",
        "Indiana/Indianapolis", "Kentucky/Louisville",
    )
) | {"Pacific/Honolulu", "Pacific/Guam", "Asia/Manila", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"}  # fmt: skip
_RFC_5322 = re.compile(
    r"^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}(?::\d{2})?(?: (?:GMT|UT|UTC|Z|(?!-0000)[+-]\d{4}))?$"
)
"""With a zone that everybody reads alike, or without one; other names are in pipeline/zones.py, and `-0000` is UTC."""
_ISO = re.compile(
    r"(?:19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.(?:\d{3}|\d{6}))?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
"""A time to the second with its offset, as programs write it."""
_IPTC_BASIC = re.compile(r"^(\d{8})T(\d{6})(Z|[+-]\d{4})?$")
_END_OF_DAY = re.compile(r"^(\d{4}-\d\d-\d\d)[T ]24:00(?::00(?:\.0+)?)?( ?(?:Z|[+-]\d\d:?\d\d)?)$")
_OFFSET_WITH_POINT = re.compile(r"(:\d\d(?:[.,]\d+)? ?[+-]\d{1,2})\.(\d\d)$")
_JSON_DATE = re.compile(r"^/Date\((-?\d{1,14})(?:[+-]\d{4})?\)/$")
_LEVANTINE_MONTHS = {
    "كانون الثاني": "January", "شباط": "February", "آذار": "March", "نيسان": "April", "أيار": "May", "حزيران": "June", "تموز": "July", "آب": "August",
    "أيلول": "September", "تشرين الأول": "October", "تشرين الثاني": "November", "كانون الأول": "December",
}  # fmt: skip
_LEVANTINE = re.compile("|".join(rf"(?<!\w){name.replace(' ', chr(92) + 's+')}(?!\w)" for name in _LEVANTINE_MONTHS))
"""Months as Arabic has them between Iraq and Lebanon."""
_LEAP_SECOND = re.compile(r"(?<=T\d\d:\d\d:)60(?=$|[Z.+-])")
_DIGITS = re.compile(r"^(?:19|20)\d{12}$")
_CLOCKS = (
    (re.compile(r"(?<![\d:.])(\d{1,2}) ?h ?([0-5]\d)(?!\d)"), r"\1:\2"),  # 15 h 05
    (re.compile(r"(?<=\d{4}[ ,])(\D{0,5})(?<!\d)(\d{1,2}) ?h(?![\w.])"), r"\1\2:00"),  # 04/07/2026 às 15h, which isn't 15 hours ago
    (re.compile(r"(?<=\d{4}-\d{2}-\d{2}[ T])(\d{2})\.(\d{2})(?![\d.])"), r"\1:\2"),  # 2026-07-04 15.05
    (re.compile(r"(?<![\d:./-])([01]\d|2[0-3])([0-5]\d)(?= (?:GMT|UTC|hrs?\b|hours\b|[ECMP][SD]?T\b|CES?T\b|BST\b|IST\b))"), r"\1:\2"),  # 1505 GMT
    (re.compile(r"\b12(?::00)? ?noon\b", re.IGNORECASE), "12:00"),
    (re.compile(r"(?<=\d:\d\d) hs\b\.?", re.IGNORECASE), ""),
    (re.compile(r"\b(?:klo|kl\.?) ?(\d{1,2})[.:](\d{2})(?![\d.])", re.IGNORECASE), r"\1:\2"),
    (re.compile(r"\b(?:às|as|à|a las|ore|alle) (\d{1,2}) ?h(?![\w.])", re.IGNORECASE), r"\1:00"),
)  # fmt: skip
"""Clocks as some write them, and as the others do."""
_FIRST_EXACT = 1900
_ZEROS = frozenset(
    {
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    }
)
"""Where a database and Unix begin to count, and a second before."""
_NULL_YEAR = re.compile(r"(?:^|[\s,./-])-?000[012](?=$|[\s,./T-])")
_EARLY_YEAR = re.compile(r"(?<![\d:+-])1[0-8]\d\d(?![\d:])")


def parse(
    text: str, zone: str, received: datetime, language: str | None = None, *, day_first: bool | None = None
) -> Moment | None:
    """The moment that `text` names, read in IANA `zone` where it names no offset; None where it is no time.

    Relative times ("3 hours ago") count from `received`. `language` is a BCP 47 tag. `day_first` says how `05/04` is
    read, as `day_first` decides it for all times of a document.
    """
    parsed = _read(text, zone, received, language, day_first)
    return _moment(parsed, text, zone) if parsed and FIRST_YEAR < parsed.year <= LAST_YEAR else None


def parse_exact(text: str, zone: str, received: datetime, language: str | None = None) -> Moment | None:
    """Like `parse`, for times that decide what readers may see: only what names one moment whoever reads it, by ISO 8601,
    RFC 5322, IPTC's form, or a date with its year in which day and month can't be confused, in a zone whose name isn't
    that of another one. A date alone is its beginning. A year after 2999 means never: it is the end of 2999. None also where
    it `names_no_time`."""
    bare = " ".join(text.split())
    if len(bare) > _MAX_LENGTH or (_machine_time(bare) is None and not _is_plain_date(bare)) or names_no_time(bare):
        return None
    parsed = _read(text, zone, received, language, None, certain=True)
    return _moment(parsed, text, zone) if parsed and parsed.year >= _FIRST_EXACT else None


def names_no_time(text: str) -> bool:
    """Whether `text` is how databases and programs write that there is no time: zeros, the year 0, 1 or -1, any other before
    1900 (1601, 1753 and 1899-12-30 are where some begin to count), and the midnight with which 1970 or 1900 began (zero of
    Unix, and of a database); such a day alone is one that an archive may have."""
    bare = " ".join(text.split())
    if re.fullmatch(r"[^1-9]*0[^1-9]*", bare):
        return True
    parsed = _machine_time(bare)
    if parsed is not None and not _NULL_YEAR.search(bare):  # RFC 5322 takes the year 0001 for 2001
        if parsed.tzinfo is not None:
            return parsed.year < _FIRST_EXACT or parsed in _ZEROS
        return parsed.year < _FIRST_EXACT or (len(bare) > len("1970-01-01") and parsed.replace(tzinfo=UTC) in _ZEROS)
    return _YEAR.search(bare) is None and bool(_NULL_YEAR.search(bare) or _EARLY_YEAR.search(bare))


def first_time(*written: str | None) -> str | None:
    """The first that isn't empty and doesn't `names_no_time`."""
    return next((one for one in written if one and one.strip() and not names_no_time(one)), None)


def day_first(texts: Iterable[str | None], language: str | None, zone: str) -> bool | None:
    """Whether the day comes first in dates like `05/04/2024`, for all times of one document: as those show in which one
    number is above twelve, else as the region of its language writes them, else that of the provider's zone; None where
    nothing tells, or there is no such date."""
    dates = [(int(one[1]), int(one[2])) for text in texts if text for one in _SLASHED_DATE.finditer(text)]
    if not dates:
        return None
    shown = {first > 12 for first, second in dates if (first > 12) != (second > 12)}
    return shown.pop() if len(shown) == 1 else _of_region(language, zone)


def first_seen(modified: Moment, received: datetime) -> Moment:
    """The time of publication of an item that says only when it was modified. Revise lets that of the first revision stand
    for all of them."""
    return Moment(utc=not_in_future(modified.utc, received), derived=True)


def _of_region(language: str | None, zone: str) -> bool | None:
    short, *subtags = re.split(r"[-_]", language or "")
    region = next((tag.upper() for tag in subtags if re.fullmatch(r"[A-Za-z]{2}|\d{3}", tag)), None)
    if short.lower() not in ("", "en"):
        return (
            region != "US" if region and short.lower() in ("es", "tl", "fil") else None
        )  # by the language's own order
    if region:
        return None if region in ("CA", "001") else region not in _MONTH_FIRST
    if zone in _MONTH_FIRST_ZONES:
        return False
    return (
        True if zone.startswith(("Europe/", "Africa/", "Asia/", "Australia/", "Indian/", "Pacific/Auckland")) else None
    )


def _read(
    text: str, zone: str, received: datetime, language: str | None, day_first: bool | None, *, certain: bool = False
) -> datetime | None:
    if _ISO.fullmatch(text) and (machine := _machine_time(text)) is not None:
        return machine  # most are: nothing of what follows changes one
    text = " ".join(text.split())
    if not certain:
        text = calendars.gregorian(text, language)
    if not text or len(text) > _MAX_LENGTH or (_NULL_YEAR.search(text) and not _YEAR.search(text)):
        return None
    text = _with_usual_clock(_OFFSET_WITH_POINT.sub(r"\1:\2", _LEAP_SECOND.sub("59", text)))
    if (machine := _machine_time(text)) is not None:
        return machine
    order = _of_region(language, zone) if day_first is None else day_first
    short = re.split(r"[-_]", language)[0].lower() if language else None
    base = _wall_clock(received, zone)
    if (parted := zones.parted(text)) is None:
        return _written_time(text, short, base, order)
    rest, written = parted
    wall = _machine_time(rest) or _written_time(rest, short, base, order)
    if wall is None or wall.tzinfo is not None or not (written.hours or written.place):
        return wall
    if certain and not written.is_certain(wall, zone):
        return None
    return wall.replace(tzinfo=written.at(wall, zone))


def _with_usual_clock(text: str) -> str:
    """With a colon in its clock. Four digits are one only where the text has a year besides."""
    for pattern, usual in _CLOCKS:
        changed = pattern.sub(usual, text, count=1)
        if changed != text and (_YEAR.search(changed) or not _YEAR.search(text)):
            return changed
    return text


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
    if match := _JSON_DATE.match(text):
        return _since_1970(int(match[1]))
    if match := _END_OF_DAY.match(text):
        return _next_day(match[1], match[2])
    if _DIGITS.match(text):
        text = f"{text[:8]}T{text[8:]}"
    if match := _IPTC_BASIC.match(text):
        try:
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
        except ValueError:
            return None
    if _RFC_5322.match(text):
        try:
            return parsedate_to_datetime(text)
        except ValueError:
            return None
    return None


def _since_1970(milliseconds: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _next_day(day: str, zone: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T00:00:00{zone.strip()}") + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _written_time(text: str, language: str | None, base: datetime, day_first: bool | None) -> datetime | None:
    plain = _DOTTED_MERIDIEM.sub(lambda m: f"{m[1]}m", _LABEL.sub("", _LABEL_BEHIND.sub("", text)))
    plain = _LEVANTINE.sub(lambda m: _LEVANTINE_MONTHS[" ".join(m[0].split())], plain)
    if not re.search(r"\d", plain):
        return None
    import dateparser  # with its languages: not for who only compares dates

    language = _SAME_LANGUAGE.get(language or "", language)
    first = [language] if language in _LANGUAGES else ["en"]
    options: dict[str, Any] = {"RELATIVE_BASE": base, "REQUIRE_PARTS": ["day", "month"]}
    if numeric := _NUMERIC_DATE.search(plain):
        dotted = "." in numeric[0] and day_first is None  # nobody writes the month first with dots
        if language in _YEAR_FIRST and re.match(r"\d\d[./-]\d\d?[./-]\d\d?(?!\d)", plain):
            options |= {"DATE_ORDER": "YMD", "PREFER_LOCALE_DATE_ORDER": False}
        elif dotted or day_first is not None:
            options |= {"DATE_ORDER": "DMY" if dotted or day_first else "MDY", "PREFER_LOCALE_DATE_ORDER": False}
    for languages in (first, _LANGUAGES):
        parsed = dateparser.parse(plain, languages=languages, settings=options)
        if parsed is not None:
            return parsed
    return None
