"""Dates of other calendars as ISO 8601 has them: Buddhist years, Persian dates, years of Japanese reigns and of the Republic.

An Islamic date depends on who saw the moon; it is left out where a Gregorian one stands beside it, and isn't read alone.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_MAYBE = re.compile(r"[^\x00-\x7f]|(?<!\d)(?:2[456]|1[34])\d\d(?!\d)|(?<!\d)1\d\d[./-]")
_THAI = (
    ("มกราคม", "ม.ค."), ("กุมภาพันธ์", "ก.พ."), ("มีนาคม", "มี.ค."), ("เมษายน", "เม.ย."), ("พฤษภาคม", "พ.ค."), ("มิถุนายน", "มิ.ย."),
    ("กรกฎาคม", "ก.ค."), ("สิงหาคม", "ส.ค."), ("กันยายน", "ก.ย."), ("ตุลาคม", "ต.ค."), ("พฤศจิกายน", "พ.ย."), ("ธันวาคม", "ธ.ค."),
)  # fmt: skip
_PERSIAN = (
    ("فروردین", "حمل"), ("اردیبهشت", "ثور"), ("خرداد", "جوزا"), ("تیر", "سرطان"), ("مرداد", "اسد"), ("شهریور", "سنبله"),
    ("مهر", "میزان"), ("آبان", "عقرب"), ("آذر", "قوس"), ("دی", "جدی"), ("بهمن", "دلو"), ("اسفند", "حوت"),
)  # fmt: skip
"""As Iran has them, and Afghanistan."""
_ISLAMIC = r"(?:محرم|صفر|ربيع\s+(?:الأول|الاول|الآخر|الثاني)|جماد[يى]\s+(?:الأولى|الاولى|الآخرة|الثانية)|رجب|شعبان|رمضان|شوال|ذ[وي]\s+(?:القعدة|الحجة))"


def _either(months: tuple[tuple[str, ...], ...]) -> str:
    return "|".join(re.escape(name) for names in months for name in names)


_THAI_DATE = re.compile(rf"(\d{{1,2}})\s*({_either(_THAI)})\s*(?:พ\.ศ\.\s*)?(\d{{4}}|\d{{2}})(?!\d)")
_PERSIAN_DATE = re.compile(rf"(\d{{1,2}})\s+({_either(_PERSIAN)})(?:\s*ماه)?[\s،,]+(1[34]\d\d)(?!\d)")
_PERSIAN_NUMBERS = re.compile(r"(?<!\d)(1[34]\d\d)[/-](\d{1,2})[/-](\d{1,2})(?!\d)")
_BUDDHIST_LAST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](2[456]\d\d)(?!\d)")
_BUDDHIST_FIRST = re.compile(r"(?<!\d)(2[456]\d\d)(?=[/-]\d\d?[/-]\d\d?(?!\d))")
_REIGN = re.compile(r"(令和|平成|昭和|民[國国])\s*(元|\d{1,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_REIGNS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_REPUBLIC = re.compile(r"(?<!\d)(1\d\d)([./-])(\d{1,2})\2(\d{1,2})(?!\d)")
_BESIDE = re.compile(
    rf"(?:\d{{1,2}}\s+)?{_ISLAMIC}\s*[،,]?\s*1[34]\d\d\s*(?:هـ?\.?)?\s*(?:[-–—/|،,]|الموافق(?:\s+لـ?)?)*\s*(?=.*(?:19|20)\d\d)"
)
_BEFORE_CLOCK = re.compile(r"\s*(?:[-–—|،,]|เวลา|ساعت|時間)*\s*(?=\d{1,2}[:.]\d\d)")
_BEHIND_CLOCK = re.compile(r"(?<=\d)\s*(?:น\.|นาฬิกา|م(?!\w))")
_CLOCK = re.compile(r"(\d{1,2})\s*[時时點点]\s*(\d{1,2})\s*分")
_BUDDHA = 543
_SINCE_2000 = 43
"""The Buddhist year 2543, in two digits."""


def gregorian(text: str, language: str | None = None) -> str:
    """`text` with its date in the calendar of ISO 8601, where it has one of another that can be told; else as it is.
    Dates in numbers alone are Persian, or of the Republic of China, only in such a language."""
    if not _MAYBE.search(text):
        return text
    plain = "".join(str(unicodedata.decimal(one)) if not one.isascii() and one.isdecimal() else one for one in text)
    short, region = re.split(r"[-_]", f"{(language or '').lower()}-")[:2]
    found = _BESIDE.sub("", plain)
    if match := _THAI_DATE.search(found):
        year = int(match[3])
        if len(match[3]) == 2:  # those before 2000 are in no news
            year += 2500 if year >= _SINCE_2000 else 2000
        iso = _iso(year - _BUDDHA if year > 2400 else year, _number(match[2], _THAI), int(match[1]))
    elif match := _PERSIAN_DATE.search(found):
        iso = _of_persian(int(match[3]), _number(match[2], _PERSIAN), int(match[1]))
    elif match := _REIGN.search(found):
        year = 1 if match[2] == "元" else int(match[2])
        iso = _iso(_REIGNS[match[1]] + year, int(match[3]), int(match[4]))
    elif short in ("fa", "ps", "prs") and (match := _PERSIAN_NUMBERS.search(found)):
        iso = _of_persian(int(match[1]), int(match[2]), int(match[3]))
    elif short == "zh" and region in ("tw", "hant") and (match := _REPUBLIC.search(found)):
        iso = _iso(_REIGNS["民國"] + int(match[1]), int(match[3]), int(match[4]))
    elif match := _BUDDHIST_LAST.search(found):
        iso = _iso(int(match[3]) - _BUDDHA, int(match[2]), int(match[1]))
    elif match := _BUDDHIST_FIRST.search(found):
        return f"{found[: match.start()]}{int(match[1]) - _BUDDHA}{found[match.end() :]}"
    else:
        return found.strip() if found != plain else text
    if iso is None:
        return text
    rest = _CLOCK.sub(r"\1:\2", found[match.end() :])
    return f"{iso} {_BEHIND_CLOCK.sub('', _BEFORE_CLOCK.sub('', rest, count=1)).strip()}".strip()


def _number(name: str, months: tuple[tuple[str, ...], ...]) -> int:
    return next(number for number, names in enumerate(months, 1) if name in names)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _of_persian(year: int, month: int, day: int) -> str | None:
    """Of the Solar Hijri calendar, whose leap years are eight in 33 (right from 1343 to 1472)."""
    if not 1 <= month <= 12 or not 1 <= day <= 31 or (month > 6 and day > 30):
        return None
    days = sum(366 if _is_leap(one) else 365 for one in range(min(year, 1400), max(year, 1400)))
    begins = date(2021, 3, 21) + timedelta(days if year > 1400 else -days)
    return (begins + timedelta(31 * (month - 1) - max(0, month - 7) + day - 1)).isoformat()


def _is_leap(year: int) -> bool:
    return (8 * year + 29) % 33 < 8
