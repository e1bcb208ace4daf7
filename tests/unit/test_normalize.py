from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline import identity
from pipeline.errors import Reject
from pipeline.processors.enrich.entities import entities
from pipeline.processors.normalize.bylines import authors
from pipeline.processors.normalize.dates import not_in_future, parse
from pipeline.processors.normalize.events import normalize_article
from pipeline.processors.normalize.text import clean
from tests.build import minutes
from tests.send import raw_article

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
    ],
)
def test_times_as_publishers_write_them(written: str, zone: str, utc: str) -> None:
    moment = parse(written, zone, RECEIVED)
    assert moment is not None
    assert moment.utc == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment.original == written


@pytest.mark.parametrize("written", ["", "soon", "5", "2024", "99.99.2024 10:00", "x" * 500, "\x00"])
def test_what_is_no_time(written: str) -> None:
    assert parse(written, "UTC", RECEIVED) is None


def test_a_clock_that_runs_ahead_is_clamped() -> None:
    assert not_in_future(datetime(2030, 1, 1, tzinfo=UTC), RECEIVED) == minutes(5)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("by Sophia Chen", ("Sophia Chen",)),
        ("By A. Smith, B. Jones and C. D'Arcy in Paris", ("A. Smith", "B. Jones", "C. D'Arcy")),
        ("JANE DOE, Staff Writer", ("Jane Doe",)),
        ("John Roe — Reuters", ("John Roe",)),
        ("Von Karl Heinz und Eva Maria", ("Karl Heinz", "Eva Maria")),
        ("Herald newsroom", ()),
        ("Ann O'Neil (ann@herald.example)", ("Ann O'Neil",)),
        (None, ()),
    ],
)
def test_bylines(byline: str | None, names: tuple[str, ...]) -> None:
    assert authors(byline) == names


def test_text_is_repaired_and_tidied() -> None:
    assert clean("It\u00e2\u0080\u0099s  a\u00a0 test\u200b \r\n\r\n\r\n\r\nof  text ") == "It’s a test\n\nof text"
    assert clean("“Quotes” stay") == "“Quotes” stay"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.com:443/a?utm_source=x#top", "https://example.com/a"),
        ("http://example.com/a?id=3&fbclid=9", "http://example.com/a?id=3"),
    ],
)
def test_one_page_has_one_address(one: str, other: str) -> None:
    assert identity.canonical_url(one) == identity.canonical_url(other)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://x/y", "https://", "http://[", "example.com/a", "https://example.com:99999/"],
)
def test_what_is_no_address(address: str) -> None:
    assert identity.canonical_url(address) is None


def test_a_provider_cannot_pass_as_another_by_naming_its_id() -> None:
    event = raw_article("mine")
    stolen = event.model_copy(update={"data": event.data.model_copy(update={"publisher": "somebody-else"})})
    with pytest.raises(Reject, match="identity"):
        normalize_article(stolen)


def test_an_embargo_that_cannot_be_read_is_refused_rather_than_published() -> None:
    event = raw_article("mine")
    vague = event.model_copy(update={"data": event.data.model_copy(update={"embargo_until": "after the match"})})
    with pytest.raises(Reject, match="bad-date"):
        normalize_article(vague)


def test_entities_of_a_sentence() -> None:
    text = (
        "Martin Aaberg of the Harbour Workers’ Union and the Varnholm Port Authority met in Hamburg. Aaberg was tired."
    )
    found = {(entity.name, entity.kind.value, entity.count) for entity in entities((text,), "en")}
    assert found == {
        ("Martin Aaberg", "person", 2),
        ("Harbour Workers' Union", "organisation", 1),
        ("Varnholm Port Authority", "organisation", 1),
        ("Hamburg", "place", 1),
    }
