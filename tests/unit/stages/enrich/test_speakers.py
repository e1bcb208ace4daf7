"""Who said it: the subject of the verb that governs the quotation, and nobody who only stands near."""

from __future__ import annotations

import pytest

from pipeline.stages.enrich.speech import quotations

PEOPLE = ("Lena Ostrow", "Peter Vash", "Ann Lee")


def said(*paragraphs: str) -> list[str | None]:
    return [one.speaker for one in quotations(paragraphs, PEOPLE, "en")]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“The bridge is safe today,” Ostrow said.", "Lena Ostrow"),
        ("“The bridge is safe today,” said Lena Ostrow, the mayor of Varnholm.", "Lena Ostrow"),
        ("“The bridge is safe today,” Lena Ostrow, the mayor of Varnholm, said on Monday.", "Lena Ostrow"),
        ("“The bridge is safe today,” said the Rev. Peter Vash of St. Mark's.", "Peter Vash"),
        ("“The bridge is safe today,” Mayor Ostrow of Varnholm later told reporters.", "Lena Ostrow"),
        ("According to Ann Lee, the bridge is “as safe as it can be”.", "Ann Lee"),
        ("Vash said the plan was “a complete waste of money”.", "Peter Vash"),
        ("Said Vash: “It is a complete waste of money.”", "Peter Vash"),
        ("“The bridge is safe today,” Quormant said.", "Quormant"),
        # not who is near
        ("Ostrow was there. The letter said: “The bridge is not safe at all.”", None),
        ("“The bridge is not safe at all,” said a spokesman for Lena Ostrow.", None),
        ("“The bridge is not safe at all,” Ostrow's adviser said.", None),
        ("Ostrow met Vash. “The bridge is not safe at all,” critics said.", None),
        ("Ostrow sang “The Bridge Is Not Safe at All” in the hall.", None),
        ("“The bridge is not safe at all.”", None),
        ("“The bridge is not safe at all,” the mayor said after Vash had left.", None),
    ],
)
def test_who_said_it(text: str, speaker: str | None) -> None:
    assert said(text) == [speaker]


def test_a_quotation_goes_on_after_its_speaker_was_named() -> None:
    assert said("“It is safe today,” Ostrow said. “We tried it ourselves.”") == ["Lena Ostrow"] * 2
    assert said("“It is safe today,” Ostrow said.", "“We tried it ourselves.”") == ["Lena Ostrow"] * 2
    assert said("“It is safe today,” Ostrow said.", "It rained.", "“We tried it ourselves.”") == ["Lena Ostrow", None]


def test_a_pronoun_means_whom_it_can_mean() -> None:
    assert said("Peter Vash came late.", "“I was held up by the rain,” he said.") == ["Peter Vash"]
    assert said("Peter Vash met Ann Lee.", "“I was held up by the rain,” she said.") == ["Ann Lee"]
    assert said("Nobody came.", "“I was held up by the rain,” he said.") == [None]
    assert said("Peter Vash came late.", "“I was held up by the rain,” she said.") == [None]


def test_a_speaker_is_the_person_without_titles_and_numbers() -> None:
    people = ("James Kennedy Jr", "King Charles III")
    for text, speaker in {
        "“The bridge is safe today,” U.S. Attorney James Kennedy Jr. said.": "James Kennedy Jr",
        "“The bridge is safe today,” Kennedy said.": "James Kennedy Jr",
        "“The bridge is safe today,” King Charles said.": "King Charles III",
        "Marine Corps Commandant Major General Arturo Rojas said it was “a complete waste of money”.": "Arturo Rojas",
    }.items():
        assert [one.speaker for one in quotations((text,), people, "en")] == [speaker]
    assert [one.speaker for one in quotations(("Kevin came.", "“No, it is safe,” she said."), ("Kevin",), "en")] == [
        None
    ]
