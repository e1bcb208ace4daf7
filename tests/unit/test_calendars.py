"""Dates of other calendars."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline import calendars, dates


@pytest.mark.parametrize(
    ("written", "language", "read"),
    [
        ("5 เมษายน 2567 10:00", "th", "2024-04-05 10:00"), ("๕ เมษายน ๒๕๖๗", None, "2024-04-05"), ("5 เม.ย. 67 เวลา 10:30 น.", "th", "2024-04-05 10:30"),
        ("5 เม.ย. 24", "th", "2024-04-05"), ("05/04/2567 10:00", "th", "2024-04-05 10:00"), ("2567-04-05T10:30:00+07:00", "th", "2024-04-05T10:30:00+07:00"),
        ("۱۷ فروردین ۱۴۰۳ - ۱۰:۳۰", None, "2024-04-05 10:30"), ("1403/01/17 10:00", "fa", "2024-04-05 10:00"), ("۳۰ اسفند ۱۴۰۳", "fa", "2025-03-20"),
        ("1 فروردین 1400", "fa", "2021-03-21"), ("1 مهر 1399", "fa", "2020-09-22"), ("۱۷ حمل ۱۴۰۳", "ps", "2024-04-05"), ("1 بهمن 1405", "fa", "2027-01-21"),
        ("令和6年4月5日 10時30分", "ja", "2024-04-05 10:30"), ("平成元年1月8日", "ja", "1989-01-08"), ("民國113年4月5日 10:30", "zh-TW", "2024-04-05 10:30"),
        ("113/04/05 10:30", "zh-TW", "2024-04-05 10:30"), ("الجمعة 26 رمضان 1445 هـ الموافق 5 أبريل 2024", "ar", "الجمعة 5 أبريل 2024"),
        ("26 رمضان 1445 هـ - 5 أبريل 2024", "ar", "5 أبريل 2024"),
    ],
)  # fmt: skip
def test_a_date_of_another_calendar(written: str, language: str | None, read: str) -> None:
    assert calendars.gregorian(written, language) == read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Fri, 05 Apr 2024 10:00:00 +0200", None), ("2024年4月5日 10:30", "ja"), ("5 Απριλίου 2024", "el"), ("1403/01/17 10:00", "ar"), ("1403/01/17", None),
        ("113/04/05", "ja"), ("26 رمضان 1445", "ar"), ("31 اسفند 1403", "fa"), ("30 กุมภาพันธ์ 2567", "th"), ("", None),
    ],
)  # fmt: skip
def test_what_is_no_date_of_another_calendar_or_cannot_be_told_stays(text: str, language: str | None) -> None:
    assert calendars.gregorian(text, language) == text


def test_a_time_is_read_in_its_calendar_and_keeps_its_words() -> None:
    moment = dates.parse("5 เม.ย. 2567 10:30 น.", "Asia/Bangkok", datetime(2024, 5, 1, tzinfo=UTC), "th")
    assert moment is not None
    assert moment.utc.isoformat() == "2024-04-05T03:30:00+00:00"
    assert moment.original == "5 เม.ย. 2567 10:30 น."


def test_the_end_of_an_embargo_is_not_guessed_from_another_calendar() -> None:
    assert dates.parse_exact("05/04/2567", "Asia/Bangkok", datetime(2024, 4, 1, tzinfo=UTC), "th") is None
