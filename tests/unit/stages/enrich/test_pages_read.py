"""Kinds of false names and roles that reading real pages beside what we said of them showed, in texts of our own."""

from __future__ import annotations

import pytest

from pipeline.stages.enrich.entities import entities
from schemas.enrichment import EntityKind


def _sure(*paragraphs: str) -> set[tuple[str, str]]:
    return {(one.kind.value, one.facet) for one in entities(paragraphs, "en") if one.sure}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # a maker whose name ends with what it makes
        ("The book is full of riders, but where are Harris Saddles when they are needed?", "Harris Saddles"),
        ("Marco Ladders is on every page, who has no need of it.", "Marco Ladders"),
        # a valley that begins with a first name
        ("Buyers paid twice as much for a chalet in Val d'Orne and in Val di Fassa.", "Val d'Orne"),
    ],
)
def test_things_that_are_not_people(text: str, name: str) -> None:
    assert ("person", name) not in _sure(text)


@pytest.mark.parametrize("line", ["Northport (2-1): Balmoor 4 points. Tolver 25 points. Oslin 6 rebounds.", "Devane 2 goals, 3 assists. Upsher 7 saves."])  # fmt: skip
def test_players_with_what_they_did_are_no_teams(line: str) -> None:
    assert {kind for kind, name in _sure(line) if name in ("Balmoor", "Tolver", "Oslin", "Devane", "Upsher")} == set()


def test_teams_with_their_results_still_are() -> None:
    assert ("organisation", "Tolver") in _sure("Tolver 3 1 0 2 7 4")


def test_somebody_of_a_newspaper_is_not_one_organisation() -> None:
    shown = _sure("The virus had spread, Yun of the Times reported on Friday. Yun of the Post disagreed.")
    assert not {name for _, name in shown if " of the " in name}


def test_a_middle_name_that_is_a_title_elsewhere_parts_no_name() -> None:
    shown = _sure("Marven Saint Hilaire scored on Friday. Marven Saint Hilaire, 19, was born in Oslo.")
    assert ("person", "Hilaire") not in shown


def test_the_first_word_of_a_longer_name_is_no_place_of_its_own() -> None:
    assert ("place", "Serra") not in _sure("Skiers know Serra da Estrela for its slopes.")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("It could turn into something bigger if French President Ann Lee agrees.", "French President"),
        ("They asked him about the call that he asked Norwegian President Ann Lee for.", "Norwegian President"),
        ("Last week Treasury official Ann Lee revealed it.", "Treasury official"),
        ("On Monday former Health Minister Ann Lee resigned.", "former Health Minister"),
    ],
)
def test_a_role_ends_where_the_sentence_around_it_begins(text: str, role: str) -> None:
    (found,) = [one for one in entities((text,), "en") if one.kind is EntityKind.PERSON and one.name == "Ann Lee"]
    assert found.role == role


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“We are glad,” says Ann Lee, co-founder and CEO of Quormant. Quormant has announced a tool.", "Quormant"),
        (
            "The agency chose Tolvex Nano-Satellite Systems. Tolvex said it would fly in May. Tolvex said no more.",
            "Tolvex",
        ),
    ],
)
def test_what_somebody_heads_and_the_first_word_of_a_company_are_no_person(text: str, name: str) -> None:
    assert ("person", name) not in _sure(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The New York-listed maker of shoes fell by a tenth.", "New York-listed"),
        ("Norway beat Malta 3-0 to win Group D. Before, they had lost.", "D."),
        ("They arrested the Inspector-General of Police on Friday.", "Inspector-General of Police"),
        ("A copy of the file is in Alice's repository, and Bob has another.", "Alice"),
    ],
)
def test_what_is_no_organisation_and_no_place(text: str, name: str) -> None:
    assert name not in {shown for _, shown in _sure(text)}


def test_a_german_noun_is_no_surname() -> None:
    proverbs = ("Oft hat Sophie Frost gebracht.", "Nach der Sophie kommt kein Frost mehr.")
    assert [one.name for one in entities(proverbs, "de") if one.sure and one.kind is EntityKind.PERSON] == []
    assert [one.name for one in entities(("Sophie Frost gewann.",), "de") if one.sure] == ["Sophie Frost"]


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("de", "In Deutschland und Österreich regnet es, in Wien schneit es.", {"Germany", "Austria", "Vienna"}),
        ("fr", "Le Royaume-Uni et les États-Unis se parlent à Londres.", {"United Kingdom", "United States", "London"}),
        ("es", "España y Alemania lo acordaron en Bruselas.", {"Spain", "Germany", "Brussels"}),
        ("it", "La Cina e gli Stati Uniti ne parlano a Parigi.", {"China", "United States", "Paris"}),
        ("pt", "O Brasil e a Alemanha reuniram-se em Bruxelas.", {"Brazil", "Germany", "Brussels"}),
        ("nl", "Duitsland en Frankrijk praten in Brussel.", {"Germany", "France", "Brussels"}),
    ],
)
def test_places_have_one_name_in_every_language(language: str, text: str, places: set[str]) -> None:
    found = [one for one in entities((text,), language) if one.sure and one.kind is EntityKind.PLACE]
    assert {one.facet for one in found} == places
    assert all(one.country for one in found)
