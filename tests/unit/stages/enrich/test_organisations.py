"""Organisations and people by what stands around their names: teams, companies, abbreviations, line-ups. Texts of our own."""

from __future__ import annotations

import pytest

from pipeline.stages.enrich.entities import entities

_MATCH = "The striker scored in both innings of the match, and the coach of the players was glad."


def _names(kind: str, *paragraphs: str) -> set[str]:
    return {one.name for one in entities(paragraphs, "en") if one.sure and one.kind.value == kind}


@pytest.mark.parametrize(
    ("text", "teams"),
    [
        ("Preston beat Sunderland on Saturday.", {"Preston", "Sunderland"}),
        ("It was their match against Norwich.", {"Norwich"}),
        ("They had a victory over Leicester.", {"Leicester"}),
        ("Warwickshire won by an innings.", {"Warwickshire"}),
        ("The Denver Foxes lost. Then the Foxes won.", {"Denver Foxes", "Foxes"}),
        ("The Blue Reds lost to the White Sox.", {"Blue Reds", "White Sox"}),
        ("Norwich City signed him.", {"Norwich City"}),
        ("The Falcons lost, and Falcons fans went home.", {"Falcons"}),
    ],
)
def test_in_a_text_about_sport_a_city_that_plays_and_a_nickname_are_teams(text: str, teams: set[str]) -> None:
    assert teams <= _names("organisation", text, _MATCH)
    assert not teams & _names("place", text, _MATCH)
    assert not teams & _names("person", text, _MATCH)


@pytest.mark.parametrize(
    "text",
    [
        "Preston and the Rivers flooded. The Alps are high, the Olympics far.",
        "The Foxes of the forest slept near Denver.",
        "He argued against Norwich being cut off.",
        "Denver Foxes are small animals.",
    ],
)
def test_without_sport_a_city_and_a_plural_are_no_teams(text: str) -> None:
    assert _names("organisation", text) == set()


def test_somebody_between_commas_is_no_team() -> None:
    assert "Davis" not in _names("organisation", "The Trojans, led by Davis, scored twice.", _MATCH)


def test_a_country_that_plays_stays_a_place() -> None:
    assert {"Norway", "Scotland"} <= _names("place", "Norway beat Scotland. The match was against Norway.", _MATCH)


@pytest.mark.parametrize(
    ("lines", "teams"),
    [
        (("Bury 4 Bristol City 0", "York 4 2 0 2 6 6 6"), {"Bury", "Bristol City", "York"}),
        (("Charlton 2 0 1 1 1 3 1",), {"Charlton"}),
        (("Mladost (BJ) 4 Mladost (L) 2",), {"Mladost (BJ)", "Mladost (L)"}),
        (("OB 2 LG 0",), {"OB", "LG"}),
        (("Postponed: Walsall v Wrexham",), {"Walsall", "Wrexham"}),
        (("May 17 v Northampton",), {"Northampton"}),
    ],
)
def test_results_and_fixtures_have_teams(lines: tuple[str, ...], teams: set[str]) -> None:
    assert teams <= _names("organisation", *lines)


def test_of_a_match_that_is_announced_in_capitals_the_second_is_the_place() -> None:
    assert "CHICAGO" in _names("organisation", "CHICAGO AT TORONTO")
    assert "Toronto" in _names("place", "CHICAGO AT TORONTO")


@pytest.mark.parametrize("text", ["3. Varnik 1:07", "Varnik 10-0-43-2, Ostrel 8-1-26-3"])
def test_a_time_and_the_figures_of_a_bowler_are_nobodys_team(text: str) -> None:
    assert _names("organisation", text) == set()


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("The mineral water firm Varnco will grow.", "Varnco"),
        ("The newspaper Harbor Zeitung wrote so.", "Harbor Zeitung"),
        ("Ostrelle newspaper quoted him.", "Ostrelle"),
        ("Ostrelle shares fell by a tenth.", "Ostrelle"),
        ("An ABZQ spokesman said no.", "ABZQ"),
        ("ABZQ issued a bond.", "ABZQ"),
        ("The World Harbour Organisation (WHOQ) met. Rules of the WHOQ are old.", "WHOQ"),
        ("The FHQC (Federal Harbour Quality Committee) met.", "FHQC"),
        ("It is the Organisation for Order and Cooperation in Europe.", "Organisation for Order and Cooperation in Europe"),
        ("The Dutch Center for Disease Control and Prevention met.", "Dutch Center for Disease Control and Prevention"),
        ("The Commission on Harbour Debates met.", "Commission on Harbour Debates"),
        ("Varnco Petroleum Corp grew. People at Varnco were glad.", "Varnco"),
        ("Varnco S.A. grew.", "Varnco S.A."),
        ("Faik Nerwey of the Kurdish Harbour Party came.", "Kurdish Harbour Party"),
        ("Dow Harbour Co of the United States will come.", "Dow Harbour Co"),
        ("The High Court heard them.", "High Court"),
        ("The Palestinian Authority met.", "Palestinian Authority"),
    ],
)  # fmt: skip
def test_organisations_by_what_the_text_says_of_them(text: str, organisation: str) -> None:
    assert organisation in _names("organisation", text)


@pytest.mark.parametrize(
    "text",
    [
        "The Human Landing System (HLS) flies.",
        "The group Monday was late.",
        "He left the company Friday.",
        "The GDP data rose.",
        "The bank London needs is far.",
        "Council and Parliament agreed.",
        "An SUV sold in October, and an SUV issued in May.",
        "She is at the Center for Health, Ethics, and Social Policy.",
        "They are Randi Weiss, Federation of Teachers Bari Weiss Cornel West Sean Wilen, and others.",
        "Meet the Council on Energy, Environment and Water.",
    ],
)
def test_what_is_near_is_not_what_it_is_called(text: str) -> None:
    assert not _names("organisation", text)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Hashan Tillekar, Roshan Mahanav, Kumara Dharmas, Upul Chandav.", {"Hashan Tillekar", "Upul Chandav"}),
        ("Scorers: Haim Hajav (47th), Nir Sivilek (57th)", {"Haim Hajav", "Nir Sivilek"}),
        ("M. Bevan c Vaask b Chandav 56", {"M. Bevan", "Vaask", "Chandav"}),
        ("Flemmik 8-1-26-3, Gillesp 6-0-27-0", {"Flemmik", "Gillesp"}),
        ("They met the hooker Olva Brannk there.", {"Olva Brannk"}),
        ("They met their counterpart Yitzk Mordekh there.", {"Yitzk Mordekh"}),
        ("It was won by the 26-year-old Tarangok.", {"Tarangok"}),
        ("“It rains,” said Tarangok.", {"Tarangok"}),
        ("They caught Rami al-Saadanik there, minister Rami al-Saadanik.", {"Rami al-Saadanik"}),
    ],
)
def test_people_in_lists_line_ups_and_scores(text: str, people: set[str]) -> None:
    assert people <= _names("person", text)


def test_two_bodies_with_and_between_them_are_two() -> None:
    shown = _names(
        "organisation", "The Ministry of Defence and Police said so. The Bank of England and Treasury agreed."
    )
    assert {"Ministry of Defence", "Bank of England"} <= shown


def test_where_somebody_is_based_is_nobody() -> None:
    assert _names("person", "“It rains,” noted Maryland-based lawyer Jim Dunham.") == {"Jim Dunham"}


@pytest.mark.parametrize("text", ["BOGOTA - It rained.", "MONTREAL, Canada - It rained.", "It rained in Montreal."])
def test_places_in_capitals_and_without_accents(text: str) -> None:
    assert {name.title() for name in _names("place", text)} & {"Bogota", "Montreal"}


def test_without_its_accent_a_city_of_another_language_is_a_word() -> None:
    shown = {one.name for one in entities(("Darin steht eine schmale Liege mit Kissen.",), "de") if one.sure}
    assert shown == set()
