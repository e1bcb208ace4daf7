"""Wires of plain text: IPTC 7901, ANPA 1312, ZCZC; with their control characters, and without."""

from __future__ import annotations

import pytest

from pipeline.formats import telex_text
from pipeline.formats.items import State
from tests.support.samples import events, stories, story


def test_iptc_7901() -> None:
    found = story(
        b"\x01wnr0012 2 i 211  wnr 061\r\n\nHarbour-strike/\r\n\x02Ferry crews walk out =\r\n\n"
        b"   Varnholm (wnr) - Ferry crews walked out on Saturday after their\r\ntalks with the port authority failed.\r\n\n"
        b'   "We are tired," said Martin Aaberg of the union, which has four\r\nhundred members.\r\n\x03\r\n140820 mar 26\r\n\x04'
    )
    assert (found.headline, found.slug, found.urgency) == ("Ferry crews walk out", "Harbour-strike", 2)
    assert found.dateline == "Varnholm"
    assert [row[:20] for row in found.paragraphs] == ["Varnholm (wnr) - Fer", '"We are tired," said']
    assert found.published == "2026-03-14T08:20:00+0000"


def test_anpa_1312() -> None:
    found = story(
        b"\x16\x16\x01a0127\x1f_-----\r\nu i\x13\x11 BC-EU--Harbour Strike 2ndLd-Writethru   03-14 0211\r\n\x02^BC-EU--Harbour Strike, 2nd Ld-Writethru,120<\r\n"
        b"^Ferry crews walk out at Varnholm<\r\n^Eds: CORRECTS the number of ferries.<\r\n^By ANN LEE=\r\n^Associated Writer=\r\n"
        b"\t   VARNHOLM (WN) _ Ferry crews walked out.\r\n\t   Three of nine ferries sail.\r\n\x03\r\nWN-03-14-26 0820GMT<\r\n\x04"
    )
    assert (found.headline, found.byline, found.take, found.version) == (
        "Ferry crews walk out at Varnholm", "By ANN LEE", "2ndLd", 2,
    )  # fmt: skip
    assert found.paragraphs == ["VARNHOLM (WN) — Ferry crews walked out.", "Three of nine ferries sail."]
    assert found.published == "2026-03-14T08:20:00+0000"
    assert found.urgency == 3
    assert found.corrected


def test_anpa_1312_of_a_desk_that_marks_no_lines() -> None:
    found = story(
        b"\x16\x16\x01a0127\x1fabcde\r\nu i\x13\x11 BC-EU--HarbourStrike 2ndLd-Writethru   03-14 0211\r\n\x02BC-EU--Harbour Strike, 2nd Ld-Writethru,120\r\n"
        b"Ferry crews walk out at Varnholm\r\nEds: UPDATES with quotes.\r\nBy ANN LEE\r\nAssociated Wire Writer\r\n"
        b"\t   VARNHOLM (WN) _ Ferry crews walked out.\r\n\t   ``At last,'' they said.\r\n\x03WN-03-14-26 0820GMT\r\n\x04"
    )
    assert (found.headline, found.byline, found.editor_note) == (
        "Ferry crews walk out at Varnholm", "By ANN LEE", "Eds: UPDATES with quotes.",
    )  # fmt: skip
    assert found.paragraphs == ["VARNHOLM (WN) — Ferry crews walked out.", "“At last,” they said."]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"EMBARGOED until 0600 GMT Thursday", State.WITHHELD),
        (b"Eds: HOLD FOR RELEASE at noon.", State.WITHHELD),
        (b"Achtung: Sperrfrist 14. Maerz, 10.00 Uhr", State.WITHHELD),
        (b"EMBARGO ON ARMS HOLDS", State.USABLE),
        (b"The arms embargo holds", State.USABLE),
    ],
)
def test_a_text_wire_that_its_desk_holds_back_is_withheld(line: bytes, state: State) -> None:
    text = b"\x01bpa022 4 i 40  bpa 061\r\n\nport/\r\n\x02Ferry crews walk out =\r\n\n" + line
    assert story(text + b"\r\n\n   Oslo (bpa) - Crews walked out.\r\n\x03140820 GMT Mar 26\r\n\x04").state is state


def test_messages_in_one_file_are_stories_of_their_own() -> None:
    one = "ZCZC NWB{0}\n\n$ {1}\n\nPORT ALDER, May 19 (NWB) - {2} are on the quay, the harbour master said.\n\n{3}\n\n"
    zczc = one.format(413, "Herring is back", "Tonnes", "NNNN") + one.format(414, "Boats are back", "Crews", "")
    assert [found.headline for found in stories(zczc)] == ["Herring is back", "Boats are back"]
    assert [found.original is not None for found in stories(zczc)] == [True, True]
    wire = "\x01nwd{0} 3 pl 40\r\nHarbour/\r\n\x02{1} =\r\n\r\nPort Alder (nwd) - {1}, the harbour master said.\r\n\x03191240 GMT May 26\r\n"
    packed = wire.format("0311", "Herring is back") + wire.format("0312", "Boats are back")
    assert [found.headline for found in stories(packed)] == ["Herring is back", "Boats are back"]
    read = events("ZCZC NWB412\n\nNNNN\n\n" + zczc)
    assert ([reject.reason for reject in read.rejects], len(read.events)) == (["no-headline"], 2)


def test_zczc() -> None:
    found = story(
        b"ZCZC WNR\r#Strike_BC1\r$Ferry crews walk out\r:(VARNHOLM)\r*04000000\rFerry crews walked out.\n\n   More follows.\n\rNNNN"
    )
    assert (found.headline, found.slug) == ("Ferry crews walk out", "Strike_BC1")
    assert found.paragraphs == ["Ferry crews walked out.", "More follows."]
    assert found.subjects[0].name == "economy, business and finance"


BARE = "nwe0124 3 i 93  nwd 1888\n\nHarbours/bridges/\nBridge talks next month =\n\nWesthaven (NWD) - The two towns will talk about a common bridge in\nPort Alder early next month, the secretary says.\n\nHe credited both mayors with being open to the plan for a bridge.\n{tail}\n191240 GMT May 26\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_iptc_7901_without_control_characters(ending: str, mark: str) -> None:
    found = story(mark + BARE.format(tail="# Notebook\n\n* * * *\nNot for publication\n- Bo, +49 30 1234 5678\n").replace("\n", ending))  # fmt: skip
    assert (found.headline, found.slug, found.urgency) == ("Bridge talks next month", "Harbours/bridges", 3)
    assert found.paragraphs == [
        "Westhaven (NWD) - The two towns will talk about a common bridge in Port Alder early next month, the secretary says.",
        "He credited both mayors with being open to the plan for a bridge.",
    ]
    assert found.published == "2026-05-19T12:40:00+0000"


def test_zczc_has_the_typography_of_wires_and_no_filing_in_its_text() -> None:
    found = story(
        "ZCZC NWD0124\r\n$Bridge shut\r\n\r\n   WESTHAVEN (NP) _ The bridge is shut, ``for good,'' the mayor of the town said\r\nlate on Tuesday.\r\n191240 MAY 26\r\nNNNN\r\n"
    )
    assert found.paragraphs == ["WESTHAVEN (NP) — The bridge is shut, “for good,” the mayor of the town said late on Tuesday."]  # fmt: skip
    assert found.published == "2026-05-19T12:40:00+0000"


def test_zczc_in_lower_case() -> None:
    found = story(
        "zczc\n#strike\n$Ferry crews walk out\nFerry crews walked out on Saturday.\n\nThree of nine sail.\nnnnn\n"
    )
    assert found.headline == "Ferry crews walk out"
    assert found.paragraphs == ["Ferry crews walked out on Saturday.", "Three of nine sail."]


@pytest.mark.parametrize("routing", ["R CRO S0A QBXB", "XCI33187_SXA_QBXB\nR CRO S0A QBXB", "u p"])
def test_zczc_has_no_routing_in_its_headline_and_its_dateline_begins_its_text(routing: str) -> None:
    found = story(
        f"ZCZC ANS0012/SXA\n{routing}\nPonte chiuso a Roma\n(ANSA) - ROMA, 05 APR - Il ponte sul fiume e' chiuso. Riapre\nlunedi'.\n\n     Y23-ABC\n05-APR-24 10:00 NNNN\n"
    )
    assert found.headline == "Ponte chiuso a Roma"
    assert found.paragraphs == ["(ANSA) - ROMA, 05 APR - Il ponte sul fiume e' chiuso. Riapre lunedi'."]
    assert found.published == "2024-04-05T10:00:00+0000"


@pytest.mark.parametrize("words", ["A MAN DIES", "I SEE THE SUN", "MAN DIES IN FIRE", "u a b"])
def test_a_headline_in_capitals_is_no_routing(words: str) -> None:
    assert not telex_text.is_routing(words)


@pytest.mark.parametrize(
    ("month", "number"), [("Mei", 5), ("juil", 7), ("juin", 6), ("Ott", 10), ("Dez", 12), ("Mrz", 3)]
)
def test_a_month_of_filing_in_the_languages_of_wires(month: str, number: int) -> None:
    content = f"\x01wnr0012 1 i 21  wnr 061\r\n\nDam/\r\n\x02Dam is safe =\r\n\n   It is safe.\r\n\x03140820 GMT {month} 26\r\n\x04"
    assert story(content).published == f"2026-{number:02}-14T08:20:00+0000"


def test_a_wire_is_filed_in_the_zone_that_it_names() -> None:
    content = "\x01wnr0012 1 i 21  wnr 061\r\n\nDam/\r\n\x02Dam is safe =\r\n\n   It is safe.\r\n\x03140820 MEZ Mar 26\r\n\x04"
    assert story(content).published == "2026-03-14T08:20:00 MEZ"


def test_a_headline_that_begins_as_a_byline_does() -> None:
    content = "\x01wnr0012 1 i 21  wnr 061\r\n\nTour/\r\n\x02Von der Leyen reist nach Kiew =\r\n\n   Sie reist am Montag.\r\n\x03140820 mar 26\r\n\x04"
    assert story(content).headline == "Von der Leyen reist nach Kiew"


def test_anpa_with_a_control_character_behind_its_slug() -> None:
    content = "\x01a0123 04-15 0123\r\nu a \x13bc-dam 1stLd \x14 07-14 0123\r\n\x02^BC-Dam,1st Ld,120<\r\n^Dam is safe, governor says<\r\n^By ANN LEE=\r\n\tWESTHAVEN (NP) _ The dam is safe.<\r\n\x0307-14-26 0820EDT<\r\n\x04"
    found = story(content)
    assert (found.headline, found.byline) == ("Dam is safe, governor says", "By ANN LEE")
    assert found.paragraphs == ["WESTHAVEN (NP) — The dam is safe."]
