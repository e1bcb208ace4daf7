"""Times as publishers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.dates import day_first, first_time, names_no_time, not_in_future, parse, parse_exact
from tests.support.builders import minutes

RECEIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("September 21, 2023 - 10:41 am", "UTC", "2023-09-21T10:41:00"),
        ("September 21, 2023 - 3:58 pm", "America/New_York", "2023-09-21T19:58:00"),
        ("21.09.2023 15:58", "Europe/Berlin", "2023-09-21T13:58:00"),
        ("Thu, 21 Sep 2023 14:05:00 +0200", "UTC", "2023-09-21T12:05:00"),
        ("20230921T104100+0400", "UTC", "2023-09-21T06:41:00"),
        ("2023-09-21T10:41:00Z", "Asia/Tokyo", "2023-09-21T10:41:00"),
        ("Posted on Mar 3, 2024 at 2:05 p.m.", "UTC", "2024-03-03T14:05:00"),
        ("3 hours ago", "America/New_York", "2026-03-01T09:00:00"),
        ("12 mars 2024 à 14h05", "UTC", "2024-03-12T14:05:00"),
        ("19. mai 2026 kl. 10:30", "UTC", "2026-05-19T10:30:00"),
        ("19. toukokuuta 2026 klo 10.30", "UTC", "2026-05-19T10:30:00"),
        ("2026년 5월 19일 10:30", "UTC", "2026-05-19T10:30:00"),
        ("19 de mayo de 2026 10:30 hs", "UTC", "2026-05-19T10:30:00"),
        ("12:00 noon ET, May 19, 2026", "UTC", "2026-05-19T16:00:00"),
        ("2026-05-19T24:00:00Z", "UTC", "2026-05-20T00:00:00"),
        ("2026-06-30T23:59:60Z", "UTC", "2026-06-30T23:59:59"),
        ("ontem às 10h", "UTC", "2026-02-28T10:00:00"),
        ("2026-05-19 10:00:00 +05.30", "UTC", "2026-05-19T04:30:00"),
        ("Veröffentlicht am 4. Juli 2026 um 15:05 Uhr", "UTC", "2026-07-04T15:05:00"),
        ("Stand: 04.07.2026 15:05 Uhr", "UTC", "2026-07-04T15:05:00"),
        ("Publié le 04/07/2026 à 15h05, mis à jour", "UTC", "2026-07-04T15:05:00"),
        ("Publicado el 4 de julio de 2026 a las 15:05", "UTC", "2026-07-04T15:05:00"),
        ("Опубликовано: 4 июля 2026, 15:05", "UTC", "2026-07-04T15:05:00"),
        ("May 19, 2026 10:00 AM IST | Updated", "Asia/Kolkata", "2026-05-19T04:30:00"),
        ("/Date(1783177500000+0200)/", "UTC", "2026-07-04T15:05:00"),
        ("19 أيار 2026 15:05", "UTC", "2026-05-19T15:05:00"),
    ],
)
def test_times_as_publishers_write_them(written: str, zone: str, utc: str) -> None:
    moment = parse(written, zone, RECEIVED)
    assert moment is not None
    assert moment.utc == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment.original == written


def test_two_digits_of_a_year_are_first_where_a_language_has_them_first() -> None:
    for language, year in (("ja", 2024), ("zh-CN", 2024), ("en-GB", 2005)):
        moment = parse("24/04/05 10:00", "UTC", RECEIVED, language)
        assert moment is not None
        assert moment.utc.year == year


@pytest.mark.parametrize("written", ["", "soon", "5", "2024", "99.99.2024 10:00", "x" * 500, "\x00"])
def test_what_is_no_time(written: str) -> None:
    assert parse(written, "UTC", RECEIVED) is None


def test_a_clock_that_runs_ahead_is_clamped() -> None:
    assert not_in_future(datetime(2030, 1, 1, tzinfo=UTC), RECEIVED) == minutes(5)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "written", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59", "9999-12-31", "3000-01-01T00:00:00-12:00"]
)
def test_a_year_that_means_never(written: str, zone: str) -> None:
    """Many systems write 9999 where rights don't end."""
    moment = parse_exact(written, zone, RECEIVED)
    assert moment is not None
    assert (moment.utc, moment.original) == (datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC), written)
    assert parse(written, zone, RECEIVED) is None, "nothing was published then"


NULLS = [
    "0000-00-00 00:00:00", "0000-00-00", "00000000T000000Z", "00.00.0000 00:00", "0", "0001-01-01T00:00:00Z", "0001-01-01", "01.01.0001 0:00:00",
    "1/1/0001 12:00:00 AM", "Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 30 Nov -0001 00:00:00 +0000", "-0001-11-30T00:00:00+00:00", "-0001-11-30 00:00:00",
    "November 30, -0001", "1601-01-01T00:00:00Z", "16010101T000000Z", "1753-01-01", "1899-12-30", "30 December 1899", "12/31/1899 19:00",
    "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "1969-12-31T19:00:00-05:00", "1970-01-01 00:00:00", "19700101T000000Z", "1900-01-01T00:00:00",
]  # fmt: skip
"""Null dates of databases and programs: MySQL's and PHP's zeros, .NET's and Go's year 1, and where others begin to count."""


@pytest.mark.parametrize("written", NULLS)
def test_a_date_that_means_nothing(written: str) -> None:
    assert names_no_time(written)
    assert parse_exact(written, "UTC", RECEIVED) is None
    assert first_time(None, " ", written, "2026-03-14", "2026-03-15") == "2026-03-14"
    moment = parse(written, "UTC", RECEIVED)
    assert moment is None or moment.utc.year < 1971, "an archive may be as old"


@pytest.mark.parametrize(
    "written",
    ["2026-03-14T00:00:00Z", "20260314T000000Z", "Sat, 14 Mar 2026 00:01:00 +0000", "14 March 2026 0830", "14 Mar 2026 18:30", "Friday", "TBC",
     "2000-01-01", "1900-01-01", "1970-01-01", "1970-01-01T06:00:00Z", "9999-12-31", "3 hours ago", "", "6 March"],
)  # fmt: skip
def test_other_words_may_name_a_time(written: str) -> None:
    assert not names_no_time(written)


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("Thu, 30 Apr 2015 08:57:00 MEST", "UTC", "2015-04-30T06:57"),
        ("Fri, 11 Feb 2022 19:58:02 CET", "UTC", "2022-02-11T18:58:02"),
        ("Tue, 01 Jul 2025 12:00:00 AEST", "UTC", "2025-07-01T02:00"),
        ("1. Juli 2025, 14.30 Uhr MESZ", "UTC", "2025-07-01T12:30"),
        ("2025-07-01 10:00 WIB", "UTC", "2025-07-01T03:00"),
        ("Tue Jul  1 12:00:00 CEST 2025", "UTC", "2025-07-01T10:00"),
        ("1 juillet 2025 à 10h00 (heure de Paris)", "UTC", "2025-07-01T08:00"),
        ("1 July 2025, 10:00 London time", "UTC", "2025-07-01T09:00"),
        ("2025-07-01T10:00:00[Europe/Paris]", "UTC", "2025-07-01T08:00"),
        ("1 July 2025 10:00 local time", "Asia/Tokyo", "2025-07-01T01:00"),
        # the wall clock of a place
        ("July 1, 2025 12:00 PM ET", "UTC", "2025-07-01T16:00"),
        ("January 1, 2025 12:00 PM ET", "UTC", "2025-01-01T17:00"),
        ("July 1, 2025 9 a.m. PT", "UTC", "2025-07-01T16:00"),
        # one name of several zones
        ("February 03, 2018 07:18 IST", "Asia/Kolkata", "2018-02-03T01:48"),
        ("February 03, 2018 07:18 IST", "Asia/Jerusalem", "2018-02-03T05:18"),
        ("July 03, 2018 07:18 IST", "Europe/Dublin", "2018-07-03T06:18"),
        ("Mon, 01 Jul 2024 12:00:00 CST", "Asia/Shanghai", "2024-07-01T04:00"),
        ("Mon, 01 Jul 2024 12:00:00 CST", "America/Chicago", "2024-07-01T18:00"),
        ("2024-07-01 12:00 BST", "Asia/Dhaka", "2024-07-01T06:00"),
        ("2024-07-01 12:00 BST", "Europe/London", "2024-07-01T11:00"),
        # offsets
        ("12 May 2024 10:00 +5:30", "UTC", "2024-05-12T04:30"),
        ("2024-05-12 10:00 GMT+5.30", "UTC", "2024-05-12T04:30"),
        ("2024-05-12T10:00:00 +0530", "UTC", "2024-05-12T04:30"),
        ("12 May 2024 10:00 UTC\u22123", "UTC", "2024-05-12T13:00"),
        ("2025-07-01 10:00:00 -0400 (EDT)", "UTC", "2025-07-01T14:00"),
        ("Tue, 01 Jul 2025 12:00:00 -0000", "Asia/Tokyo", "2025-07-01T12:00"),
        ("July 1, 2025 10:00 GMT (15:30 IST)", "UTC", "2025-07-01T10:00"),
        ("July 1, 2025 at 3:05 PM Eastern", "UTC", "2025-07-01T19:05"),
        ("Tue Jul 01 2025 15:05:00 GMT+0200 (Central European Summer Time)", "UTC", "2025-07-01T13:05"),
        ("1 июля 2025, 15:05 (МСК)", "UTC", "2025-07-01T12:05"),
        ("01/07/2025 às 15h05 (horário de Brasília)", "America/Recife", "2025-07-01T18:05"),
        # clocks
        ("1 juillet 2025 à 15 h 05 HAE", "UTC", "2025-07-01T19:05"),
        ("13/07/2025 às 15h", "America/Sao_Paulo", "2025-07-13T18:00"),
        ("1 July 2025 1505 GMT", "Europe/Berlin", "2025-07-01T15:05"),
        ("1505 GMT, 1 July 2025", "Europe/Berlin", "2025-07-01T15:05"),
        ("2025-07-01 15.05", "Europe/Stockholm", "2025-07-01T13:05"),
        ("20250701150500", "UTC", "2025-07-01T15:05"),
        ("1 July 2025 GMT", "UTC", "2025-07-01T00:00"),
        # no zones
        ("10:41-12.05.2024", "UTC", "2024-05-12T10:41"),
    ],
)
def test_the_zone_that_a_time_names(written: str, zone: str, utc: str) -> None:
    moment = parse(written, zone, RECEIVED)
    assert moment is not None
    assert moment.utc == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_name_of_several_zones_is_one_moment_only_where_the_provider_has_it() -> None:
    assert parse_exact("1 July 2025 10:00 IST", "UTC", RECEIVED) is None
    known = parse_exact("1 July 2025 10:00 IST", "Asia/Kolkata", RECEIVED)
    assert known is not None
    assert known.utc == datetime(2025, 7, 1, 4, 30, tzinfo=UTC)
    assert parse_exact("Tue, 01 Jul 2025 10:00:00 EST", "UTC", RECEIVED) is not None, "RFC 5322 says which"


@pytest.mark.parametrize(
    ("texts", "language", "zone", "first"),
    [
        (["05/04/2024"], "en-GB", "UTC", True),
        (["05/04/2024"], "en-US", "Europe/London", False),
        (["05/04/2024"], "en", "Europe/London", True),
        (["05/04/2024"], "en", "America/New_York", False),
        (["05/04/2024", "25/04/2024"], "en-US", "UTC", True),
        (["05/04/2024", None, "04/25/2024 10:00"], "en-GB", "UTC", False),
        (["2024-05-04", "5 April 2024"], "en-GB", "UTC", None),
    ],
)
def test_day_and_month_are_read_alike_in_a_document(
    texts: list[str | None], language: str, zone: str, first: bool | None
) -> None:
    assert day_first(texts, language, zone) is first
    moment = parse("05/04/2024", "UTC", RECEIVED, language, day_first=first)
    assert moment is not None
    assert first is None or moment.utc.month == (4 if first else 5)
