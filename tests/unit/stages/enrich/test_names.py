"""What names are names of, and how sure that is."""

from __future__ import annotations

import pytest

from pipeline.index.projections import _mentions
from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.naming import names_in
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment, Entity, EntityKind
from tests.support.builders import article_event


def sure(*paragraphs: str) -> set[tuple[str, str]]:
    return {(one.facet, one.kind.value) for one in entities(paragraphs, "en") if one.sure}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Dutch economist Hidde Tamminga said rates would rise.", "Hidde Tamminga"),
        ("The winner was Odalys Brandvold (Norway) in 1:58.2.", "Odalys Brandvold"),
        ("Then Maria Keller, 43, opened the door.", "Maria Keller"),
        ("“It rained,” said Teodor Vash.", "Teodor Vash"),
        ("Indiana Gov. Walter Prusk signed it.", "Walter Prusk"),
        ("Harbour Line President Ann Lee resigned.", "Ann Lee"),
        ("Brigadier General Vicente Blanco commands the fort.", "Vicente Blanco"),
        ("J. K. Norris wrote the book.", "J. K. Norris"),
    ],
)
def test_people_by_what_stands_around_them(text: str, person: str) -> None:
    assert (person, "person") in sure(text)


@pytest.mark.parametrize(
    "text",
    [
        "The White House said no, and the Second Amendment stands.",
        "He lives in New York and works on Wall Street.",
        "She won the Harbour Cup and the Varnholm Open.",
        "The Hang Seng Index fell, the Kospi Index rose.",
        "Frequently Asked Questions",
        "What Residents Want From The New Council",
        "The Nature Astronomy Journal printed it. Click To Tweet.",
        "The Grand Canyon is closed on Christmas Day.",
        "Ford Mustang Mach is the name of the car.",
    ],
)
def test_things_events_and_headings_are_nobody(text: str) -> None:
    assert not [name for name, kind in sure(text) if kind == "person"]


def test_what_is_not_sure_is_kept_with_its_confidence_and_not_shown() -> None:
    (one,) = (e for e in entities(("Then Zylphia Quormant left.",), "en"))
    assert 0.3 <= one.confidence < 0.8
    assert not one.sure


def test_one_place_is_under_one_name_and_code() -> None:
    found = entities(("The U.S. and the United States are one, as are USA, Britain and the UK.",), "en")
    assert {(one.facet, one.country, one.count) for one in found} == {
        ("United States", "US", 3),
        ("United Kingdom", "GB", 2),
    }


def test_one_person_is_under_one_name() -> None:
    found = sure("Prime Minister Lena Ostrow spoke.", "“No,” said Ostrow. Ostrow's office agreed.")
    assert found == {("Lena Ostrow", "person")}


def test_a_name_in_a_headline_in_capitals_is_that_of_the_text() -> None:
    found = entities(("OSTROW TO VISIT BERLIN", "Prime Minister Lena Ostrow will visit Germany."), "en")
    counted = {one.facet: one.count for one in found if one.sure}
    assert counted == {"Lena Ostrow": 2, "Berlin": 1, "Germany": 1}


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("Varnholm 2 0 1 5 3 7", "Varnholm"),
        ("Port Vale 3 Leyton Orient 1", "Leyton Orient"),
        ("CHICAGO 80 51 .611 -", "CHICAGO"),
    ],
)
def test_a_name_with_figures_behind_it_in_a_table_is_a_team(text: str, team: str) -> None:
    assert (team, "organisation") in sure(text)


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("Minneapolis-based First Harbour Bank Inc rose.", "First Harbour Bank Inc"),
        ("Shares of Tollund Motor Corp fell.", "Tollund Motor Corp"),
        ("Joel Naroff of First Union Bank was calm.", "First Union Bank"),
        ("NATO met the U.N. Security Council.", "NATO"),
        ("The KDP's fighters left.", "KDP"),
    ],
)
def test_organisations_by_their_words_and_what_is_said_of_them(text: str, organisation: str) -> None:
    assert (organisation, "organisation") in sure(text)


def test_a_run_of_capitals_is_cut_into_its_names() -> None:
    assert [name.text for name in names_in("Azerbaijan President Ilham Aliyev", False)] == [
        "Azerbaijan",
        "Ilham Aliyev",
    ]
    assert [name.text for name in names_in("New York Stock Exchange", True)] == ["New York Stock Exchange"]
    assert [name.text for name in names_in("Marta Quill of the Harbour Workers' Union", False)] == [
        "Marta Quill",
        "Harbour Workers' Union",
    ]


def test_facets_have_only_what_is_sure() -> None:
    event = article_event("a").data
    assert isinstance(event, EnrichedArticle)

    named = (
        Entity(name="Ann Lee", kind=EntityKind.PERSON, count=1, confidence=0.9),
        Entity(name="White House", kind=EntityKind.PERSON, count=3, confidence=0.79),
        Entity(name="U.S.", kind=EntityKind.PLACE, count=1, country="US", known_as="United States"),
    )
    made = _mentions(event.article, ArticleEnrichment(entities=named))
    assert (made.people, made.places) == (("Ann Lee",), ("United States",))
