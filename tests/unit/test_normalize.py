from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline import identity
from pipeline.dates import not_in_future, parse
from pipeline.errors import Reject
from pipeline.formats.mediatopics import media_topics
from pipeline.stages.enrich.entities import entities
from pipeline.stages.normalize.boilerplate import without_boilerplate
from pipeline.stages.normalize.bylines import authors
from pipeline.stages.normalize.datelines import place_and_agency, split
from pipeline.stages.normalize.events import normalize_article
from pipeline.stages.normalize.headlines import without_site
from pipeline.stages.normalize.text import clean
from schemas.article import Article, Subject
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
    assert tuple(author.name for author in authors(byline)) == names


@pytest.mark.parametrize(
    ("byline", "found"),
    [
        ("By A. Smith and B. Jones in Paris — Reuters", [("A. Smith", None, "Reuters", "Paris"), ("B. Jones", None, "Reuters", "Paris")]),
        ("By TOM KRISHER, AP Auto Writer", [("Tom Krisher", "AP Auto Writer", None, None)]),
        ("Jill Disis, CNN Business", [("Jill Disis", None, "CNN Business", None)]),
        ("LISA MASCARO; ERIC TUCKER Associated Press", [("Lisa Mascaro", None, None, None), ("Eric Tucker", None, "Associated Press", None)]),
        ("Par Jeanne Roux (AFP)", [("Jeanne Roux", None, "AFP", None)]),
        ("Maria da Silva for The Herald", [("Maria da Silva", None, "The Herald", None)]),
        ("— Reuters", []), ("Associated Press", []), ("By admin", []), ("By our newsroom", []),
    ],
)  # fmt: skip
def test_bylines_say_more_than_names(byline: str, found: list[tuple[str | None, ...]]) -> None:
    assert [(one.name, one.role, one.affiliation, one.place) for one in authors(byline)] == found


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("YEREVAN, Armenia (AP) — The", "YEREVAN, Armenia", "AP"),
        ("ST. JOSEPH, Mich. (AP) — The", "ST. JOSEPH, Mich.", "AP"),
        ("PARIS, March 3 (Reuters) - The", "PARIS", "Reuters"),
        ("Berlin (dpa/lby) - The", "Berlin", "dpa/lby"),
        ("MADRID, 3 Mar. (EUROPA PRESS) - The", "MADRID", "EUROPA PRESS"),
        ("(Reuters) - The", None, "Reuters"),
        ("DUBAI, United Arab Emirates — The", "DUBAI, United Arab Emirates", None),
        ("NEW YORK -- The", "NEW YORK", None),
    ],
)  # fmt: skip
def test_datelines(opening: str, place: str | None, agency: str | None) -> None:
    found = split(f"{opening} council met.")
    assert found == (place, agency, "The council met.")


@pytest.mark.parametrize(
    "paragraph", ["Ferries — all of them — stay in port.", "The ferry (a new one) - the fifth - sank.", "A — B", "UN — so they say — is late", "", "He said (Monday) - that"]
)  # fmt: skip
def test_an_aside_is_no_dateline(paragraph: str) -> None:
    assert split(paragraph) is None or paragraph.startswith("UN")


def test_a_dateline_of_its_own() -> None:
    assert place_and_agency("YEREVAN, Armenia (AP)") == ("YEREVAN, Armenia", "AP")
    assert place_and_agency("Oslo") == ("Oslo", None)
    assert place_and_agency("") == (None, None)


@pytest.mark.parametrize(
    ("paragraph", "rule"),
    [
        ("Share this article on Facebook", "share-bar"), ("Facebook Twitter WhatsApp Email", "share-bar"), ("Copy link", "share-bar"),
        ("Sign up for our morning newsletter and never miss a story.", "newsletter"), ("The best of the islands, delivered straight to your inbox.", "newsletter"),
        ("This article is for subscribers only.", "subscription"), ("Advertisement", "subscription"), ("ADVERTISEMENT", "subscription"),
        ("Read more: Ferry strike enters second day", "pointer"), ("RELATED", "pointer"),
        ("(Reporting by Will Dunham; Editing by Tom Brown)", "agency-tail"), ("© 2026 The Herald. All rights reserved.", "agency-tail"), ("- 30 -", "agency-tail"), ("ab/cd/ef", "agency-tail"),
        ("Share prices fell by three per cent on Monday.", None), ("Sign language is taught at the school.", None), ("Advertisement revenue fell.", None),
        ("Related parties must be told.", None), ("Subscribers to the ferry newsletter rose to 400.", None), ("Reporting by neighbours led the police to the house.", None),
        ("End", "agency-tail"), ("He said so.", None),
    ],
)  # fmt: skip
def test_boilerplate_goes_and_text_stays(paragraph: str, rule: str | None) -> None:
    text = ("The council met on Monday.", "It was late.", "Nobody spoke.", paragraph)
    kept, gone = without_boilerplate(text)
    assert [name for name, _ in gone] == ([rule] if rule else [])
    assert kept == (text[:3] if rule else text)
    assert without_boilerplate((paragraph,))[0] == (paragraph,), "a text of nothing else stays"


@pytest.mark.parametrize(
    ("headline", "bare"),
    [
        ("Ferries cancelled | The Herald", "Ferries cancelled"), ("Ferries cancelled - Herald.example", "Ferries cancelled"), ("Ferries cancelled – herald", "Ferries cancelled"),
        ("Ferries cancelled - and nobody knows why", "Ferries cancelled - and nobody knows why"), ("Herald | The Herald", "Herald | The Herald"),
        ("Ferries cancelled | Another Paper", "Ferries cancelled | Another Paper"),
    ],
)  # fmt: skip
def test_headlines_without_the_site(headline: str, bare: str) -> None:
    assert without_site(headline, "The Herald", "herald.example", "https://www.herald.example/1") == bare


def test_media_topics_from_what_is_known() -> None:
    subjects = [Subject(code="medtop:20000065"), Subject(code="subj:15054000"), Subject(code="desk:42", name="Weather")]
    found = media_topics("Politics", ["Wirtschaft", "Quiz of the week"], subjects)
    assert [one.code for one in found] == ["medtop:20000065", "medtop:15000000", "medtop:11000000", "medtop:17000000", "medtop:04000000"]  # fmt: skip
    assert media_topics(None, ["Harbour"], []) == ()
    assert [one.code for one in media_topics("News & Politics", [], [])] == ["medtop:11000000"]


def test_what_was_changed_is_told() -> None:
    event = raw_article("mine", text="OSLO, Norway (NTB) — The council met.")
    data = event.data.model_copy(
        update={"headline": "Council meets | The Herald", "site": "The Herald", "byline": "By Ann Lee", "section": "Politics", "published": "2026-03-01 10:00"}
    )  # fmt: skip
    article = normalize_article(event.model_copy(update={"data": data})).data
    assert isinstance(article, Article)
    assert (article.headline, article.dateline, article.agency, article.paragraphs) == (
        "Council meets", "OSLO, Norway", "NTB", ("The council met.",),
    )  # fmt: skip
    assert {(one.field, one.rule): one.was for one in article.changes} == {
        ("headline", "site-suffix"): "Council meets | The Herald",
        ("paragraphs", "dateline"): "OSLO, Norway (NTB) — ",
        ("dateline", "split"): None,
        ("authors", "byline"): "By Ann Lee",
        ("media_topics", "mapped"): None,
        ("published", "zone:UTC"): "2026-03-01 10:00",
    }


def test_text_is_repaired_and_tidied() -> None:
    assert clean("It\u00e2\u0080\u0099s  a\u00a0 test\u200b \r\n\r\n\r\n\r\nof  text ") == "It’s a test\n\nof text"
    assert clean("“Quotes” stay") == "“Quotes” stay"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.com:443/a?utm_source=x#top", "https://example.com/a"),
        ("http://example.com/a?id=3&fbclid=9", "http://example.com/a?id=3"),
        ("https://m.example.com/a", "https://www.example.com/a"),
        ("https://en.m.example.org/wiki/A", "https://en.example.org/wiki/A"),
        ("https://www.example.com/a/amp/", "https://www.example.com/a"),
        ("https://www.example.com/amp/a", "https://www.example.com/a"),
        ("https://www.example.com/a.amp.html", "https://www.example.com/a.html"),
        ("https://www.example.com/a?amp=1&id=2", "https://www.example.com/a?id=2"),
        ("https://www.google.com/amp/s/www.example.com/a", "https://www.example.com/a"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp", "https://www.example.com/a"),
    ],
)
def test_one_page_has_one_address(one: str, other: str) -> None:
    assert identity.canonical_url(one) == identity.canonical_url(other)


@pytest.mark.parametrize("address", ["https://www.example.com/ampere", "https://amps.example.com/a", "https://www.example.com/lamp", "https://example.com/a?ample=1"])  # fmt: skip
def test_what_only_looks_like_amp(address: str) -> None:
    assert identity.canonical_url(address) == address


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
