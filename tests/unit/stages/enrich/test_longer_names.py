"""A piece of a longer name, a title of a work, a thing and an ordinary word are no names: kinds found on real pages, in texts of our own."""

from __future__ import annotations

import pytest

from pipeline.stages.enrich.entities import entities


def _shown(language: str, *paragraphs: str) -> set[tuple[str, str]]:
    return {(one.kind.value, one.facet) for one in entities(paragraphs, language) if one.sure}


def _names(kind: str, language: str, *paragraphs: str) -> set[str]:
    return {name for of, name in _shown(language, *paragraphs) if of == kind}


@pytest.mark.parametrize(
    "text",
    [
        "The champion Washington Redskins lost 14-7 on Sunday.",
        "They beat the champion Kansas City Chiefs on Sunday.",
        "Striker Toronto Raptors is what the sign said.",
        "The winner Green Bay Packers said nothing.",
        "He is of the Office of the Inspector General of the port.",
        "They met at Pierre's General Store in the village.",
        "The film “Mary Poppins” is old.",
        "The film “Mary Poppins,” which she liked, is old.",
        "He played \"Anna Keller\" twice.",
        "She leaves for 2 Willow Lane at noon.",
        "According to HarbourMonk's Stephens Digest, it rained.",
        "The Status Controller failed. The Status Controller was late. A Status Controller has a list. The Status Controller is new. One Status Controller was lost.",
        "He won the Peter Vash Award for Service.",
        "She won the Anna Keller Prize for Physics and the Anna Keller Medal of Honour.",
    ],
)  # fmt: skip
def test_teams_offices_works_and_addresses_are_nobody(text: str) -> None:
    assert _names("person", "en", text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "“It is late,” said Anna Keller. “Go.”",
        "\"It is late,\" said Anna Keller, 43.",
        "He met Anna Keller and Peter Vash at 2 p.m.",
    ],
)  # fmt: skip
def test_somebody_near_quotation_marks_and_figures_is_somebody(text: str) -> None:
    assert "Anna Keller" in _names("person", "en", text)


def test_two_people_without_a_comma_between_them_are_not_one() -> None:
    assert "Anna Keller Peter Vash" not in _names(
        "person", "en", "It was signed by writer Anna Keller Peter Vash, and others."
    )


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "The champion Kansas City Chiefs won.", "Kansas"),
        ("en", "It was in the Kansas City Star.", "Kansas"),
        ("en", "The crowd went down Oxford Street.", "Oxford"),
        ("en", "The Duke of Sussex and the Duchess of Sussex came. The Sussex brand grew.", "Sussex"),
        ("en", "The Prince of Wales and the Duchess of Cambridge spoke.", "Wales"),
        ("en", "He read Indiana Jones Collection reviews.", "Indiana"),
        ("en", "For Pro, Teams and Enterprise tiers it is free.", "Enterprise"),
        ("en", "Surprise! It rained.", "Surprise"),
        ("en", "Many Saturdays in Spring are wet.", "Spring"),
        ("en", "Batman ran. Batman hid. Batman sang. " * 6, "Batman"),
        ("en", "The “Reading” section is short.", "Reading"),
        ("it", "Il film Indiana Jones Collection è vecchio.", "Indiana"),
        ("fr", "L'exercice naval « Joint Sea-2024 » s'est terminé.", "Joint Sea"),
        ("de", "Seit Mitte Oktober regnet es.", "Mitte"),
        ("de", "Wir gehen heute zum Essen, und setzten ihn in einen Van.", "Essen"),
        ("de", "Wir gehen heute zum Essen, und setzten ihn in einen Van.", "Van"),
        ("id", "Kita harus pergi sekarang juga.", "Kita"),
        ("de", "Im Los Angeles Teil der Reise regnet es.", "Los Angeles Teil"),
    ],
)
def test_a_piece_of_a_longer_name_and_an_ordinary_word_are_no_place(language: str, text: str, place: str) -> None:
    assert place not in _names("place", language, text)


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "London Mayor Ann Lee spoke.", "London"),
        ("en", "New York Mayor Ann Lee spoke.", "New York"),
        ("en", "Former President of Iceland Olafur Grimsson came.", "Iceland"),
        ("en", "She was born in Enterprise, Alabama.", "Enterprise"),
        ("en", "It rained in Sussex.", "Sussex"),
        ("en", "It rained in Kansas and in Kansas City.", "Kansas"),
        ("de", "Der Zug kam aus Essen und fuhr nach Berlin.", "Essen"),
        ("fr", "Il habite près de Oxford depuis mars.", "Oxford"),
    ],
)
def test_a_place_beside_somebody_else_is_one(language: str, text: str, place: str) -> None:
    assert place in _names("place", language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The API is new, and the GUI is old. The XML format and the RAV4 sell well."),
        ("en", "The U.S. Securities and Exchange Commission asked."),
        ("en", "The National Institute on Drug Abuse counted."),
        ("en", "It was a start for Major League Baseball."),
        ("en", "The Standing Committee met in the Primary School, and the Task Force in the Birthday Party."),
        ("en", "They won the Peter Vash Award for Service."),
        ("en", "Leaves the Museum at noon."),
        ("en", "Wee of the Times reports it."),
        ("en", "The QXT starts. A QXT stops. The QXT is old. The QXT ends. Its QXT runs. " * 5),
        ("en", "See The Force Awakens tonight."),
        ("fr", "La Commission a répondu. La Commission européenne aussi."),
        ("de", "Die Organisation schwieg. Die Klasse der International School war da."),
        ("de", "Das Projekt „Agile Organisation“ beginnt. Seit dem 1. Oktober 2022 gilt es, Klasse 1 von 3."),
        ("es", "La Comisión y El Hospital callaron. La Union también."),
        ("it", "1) Lego Star 75188 Bombardiere 2) Stagioni 1-8"),
    ],
)
def test_things_pieces_and_common_nouns_are_no_organisation(language: str, text: str) -> None:
    found = _names("organisation", language, text)
    assert found <= {"Lego", "European Commission"}, found


@pytest.mark.parametrize(
    ("language", "text", "organisation"),
    [
        ("en", "The Defense Ministry and the Foreign Ministry agreed.", "Foreign Ministry"),
        ("en", "The CDC said no.", "CDC"),
        ("en", "The QRZ said no to the plan.", "QRZ"),
        ("en", "It was the World Travel and Tourism Council.", "World Travel and Tourism Council"),
        ("en", "Dr. Lee is of the Department of Health and Human Services.", "Department of Health and Human Services"),
        ("en", "The American Harbour Union of Indiana said no.", "American Harbour Union of Indiana"),
        ("en", "The People's Liberation Army moved.", "People's Liberation Army"),
        ("en", "Biden and Democrats agreed.", "Democrats"),
        ("de", "Die Zahl kommt von der Europäischen Union.", "European Union"),
        ("es", "Lo dijo Naciones Unidas en abril.", "United Nations"),
        ("fr", "Elle travaille chez Oxford Semantic Technologies depuis mars.", "Oxford Semantic Technologies"),
    ],
)
def test_organisations_that_are_whole_are_shown(language: str, text: str, organisation: str) -> None:
    assert organisation in _names("organisation", language, text)
