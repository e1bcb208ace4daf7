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


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("The order came from Harbour Commissioner Dr. Lena Ostrow.", "Lena Ostrow"),
        ("Varnholm Marine Corps Commandant Major General Arturo Blanco said no.", "Arturo Blanco"),
        ("The former President of Iceland Olafur Grimsson came.", "Olafur Grimsson"),
        ("Then President Xi Jinping of China spoke.", "Xi Jinping"),
        ("It was Martin Luther King Jr. who spoke.", "Martin Luther King Jr"),
        ("Reviewed by: Martin Keller OBE: a fine book.", "Martin Keller"),
        ("Then Mr. Trump said it again.", "Trump"),
        ("Democrat Maria Keller won.", "Maria Keller"),
    ],
)
def test_people_without_what_stands_before_and_behind(text: str, person: str) -> None:
    assert [name for name, kind in sure(text) if kind == "person"] == [person]


@pytest.mark.parametrize(
    "text",
    [
        "The plans of NASA for the Human Landing System (HLS) are late.",
        "I think, Mr. Ranking Member, that it is late.",
        "With reports from El Economista",
        "The Washington Redskins lost again.",
        "He told VOA Pentagon correspondents about it.",
        "How to get an Online Leader Success Mindset.",
        "The former President of Iceland was there.",
    ],
)
def test_systems_newspapers_teams_and_forms_of_address_are_nobody(text: str) -> None:
    assert not [name for name, kind in sure(text) if kind == "person"]


@pytest.mark.parametrize(
    ("paragraphs", "person", "count"),
    [
        (("Queen Elizabeth II came.", "Queen Elizabeth spoke. Elizabeth left."), "Queen Elizabeth II", 3),
        (("Prince Andrew spoke.", "“No,” Andrew said."), "Prince Andrew", 2),
        (("Pope John Paul II prayed.",), "Pope John Paul II", 1),
        (("James Kennedy Jr. said so.", "James Kennedy left. Kennedy came back."), "James Kennedy Jr", 3),
        (("Patrick W. Keller came.", "Pat Keller said so. Keller left."), "Patrick W. Keller", 3),
        (("Nelson Mandela spoke.", "Nelson Rolihlahla Mandela was born there."), "Nelson Mandela", 2),
    ],
)
def test_every_way_of_writing_a_person_is_one(paragraphs: tuple[str, ...], person: str, count: int) -> None:
    found = [(one.facet, one.count) for one in entities(paragraphs, "en") if one.sure and one.kind is EntityKind.PERSON]
    assert found == [(person, count)]


@pytest.mark.parametrize(
    "text",
    [
        "Paul Keller met Paula Keller.",
        "Alexander Keller met Alexandra Keller.",
        "George H. Keller met George W. Keller.",
        "James Keller Sr. met James Keller Jr.",
    ],
)
def test_two_of_a_family_are_two(text: str) -> None:
    assert len([name for name, kind in sure(text) if kind == "person"]) == 2


def test_a_company_without_its_legal_form_is_the_same() -> None:
    found = entities(("Sierra Nevada Corporation won.", "SpaceX and Sierra Nevada were there."), "en")
    assert ("Sierra Nevada Corporation", 2) in {(one.facet, one.count) for one in found if one.sure}


def test_names_of_organisations_are_whole_and_shouted_words_are_none() -> None:
    assert ("World Health Organization", "organisation") in sure("The World Health Organization was late.")
    assert not sure("GROW your list, and BUILD something BIG with LED lamps.")
    assert not sure("The Strategic Competition Between the United States and others goes on.") - {
        ("United States", "place")
    }


@pytest.mark.parametrize(
    ("language", "text", "people"),
    [
        (
            "de",
            "Bundeskanzler Olaf Scholz sprach in Berlin. Scholz und CDU-Chef Friedrich Merz waren da.",
            {"Olaf Scholz", "Friedrich Merz"},
        ),
        ("de", "Ende Mai spielte Bayern München gegen Union Berlin. Einer der Schüler lachte.", set()),
        ("de", "Darauf nahm Anna Keller keinen Bezug.", {"Anna Keller"}),
        ("fr", "Le président Emmanuel Macron est venu, avec Marie Dupont.", {"Emmanuel Macron", "Marie Dupont"}),
        ("fr", "Ils habitent rue Victor Martin, près de Saint Denis.", set()),
        (
            "es",
            "El ministro Pedro Sánchez y José García Pérez llegaron a San Juan.",
            {"Pedro Sánchez", "José García Pérez"},
        ),
        ("es", "El Real Madrid juega en la calle Antonio García.", set()),
        ("it", "La premier Giorgia Meloni e Mario Rossi sono arrivati.", {"Giorgia Meloni", "Mario Rossi"}),
        ("it", "Abita in via Giuseppe Rossi a Roma.", set()),
        ("nl", "Premier Mark Rutte sprak met Jan de Vries. Rutte lachte.", {"Mark Rutte", "Jan de Vries"}),
        ("pt", "O presidente Lula da Silva e João Ferreira chegaram.", {"Lula da Silva", "João Ferreira"}),
        ("pl", "Prezydent Andrzej Duda był tam.", set()),
    ],
)
def test_people_in_other_languages_where_it_is_sure(language: str, text: str, people: set[str]) -> None:
    found = entities((text,), language)
    assert {one.facet for one in found if one.sure and one.kind is EntityKind.PERSON} == people


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Donald Trump spoke in the hall. Trump said little.", EntityKind.PERSON, "Donald Trump"),
        ("Envoys of N. Korea said nothing.", EntityKind.PLACE, "N. Korea"),
    ],
)
def test_a_surname_that_is_a_word_and_a_country_with_an_initial(text: str, kind: EntityKind, name: str) -> None:
    assert [(one.kind, one.name) for one in entities((text,), "en") if one.sure] == [(kind, name)]


def test_a_general_assembly_is_nobody() -> None:
    text = "The Secretary General Assembly speech was short, and the Assembly said nothing."
    assert not [one.name for one in entities((text,), "en") if one.sure and one.kind is EntityKind.PERSON]
