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
        ("Ostrow sang that the Bridge Is “not safe at all” in the hall.", None),
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


@pytest.mark.parametrize(
    ("paragraphs", "speaker"),
    [
        # the subject of the nearest sentence with names
        (["Vash has criticised Bill Fenn.", "“It was late,” he said."], "Peter Vash"),
        (["While he worked under Fenn, Vash saw little of it.", "“It was late,” he said."], "Peter Vash"),
        (["Vash wrote of Fenn’s death. On Monday, he said it had come “as a great surprise”."], "Peter Vash"),
        (["Fenn’s secretary Ann Lee said Ostrow was too late.", "“It was a bad day,” she said."], "Ann Lee"),
        (["Ann Lee, the chief of the harbour, said the film of the crash, which half of the town has seen by now on a screen or another, had no proof, but she said it “showed a great deal”."], "Ann Lee"),
        (["Peter Vash spoke first.", "“It was late,” he said. He added a word of warning to Ann Lee.", "“It rained,” he said."], "Peter Vash"),
        (["At a hearing of the House appropriations committee Bill Fenn, its head, spoke.", "“It was late,” he said."], "Bill Fenn"),
        (["“It is late,” Vash said. “It rains.” The May report is “a strong one,” he said."], "Peter Vash"),
        (["Speaking on the day, Bill said it was “a very good day”."], "Bill Fenn"),
        # by what the text calls the person
        (["Hillary Varn said she was tired. Varn sold her boat. Bill Fenn came.", "“It was late,” she said."], "Hillary Varn"),
        (["Hillary Varn said she was tired. Varn sold her boat.", "“It was late,” he said."], None),
        (["Mr. Quorm came late.", "“It was late,” he said."], "Quorm"),
        (["Mr. Quorm came late.", "“It was late,” she said."], None),
        # nobody: a name that isn't known, somebody without one, a name that is only near
        (["Peter Vash came. Dolder revised the plan.", "“It was late,” he said."], None),
        (["Ann Lee came. My mother was driving.", "“It was late,” she said."], None),
        (["The car is Fenn’s.", "“It was late,” she said."], None),
        (["Quorm’s car was there.", "“It was late,” he said."], None),
    ],
)  # fmt: skip
def test_whom_a_pronoun_means(paragraphs: list[str], speaker: str | None) -> None:
    people = (*PEOPLE, "Bill Fenn", "Hillary Varn", "Quorm")
    assert quotations(tuple(paragraphs), people, "en")[-1].speaker == speaker


def test_what_was_said_as_it_stands_is_somebody_for_a_pronoun_too() -> None:
    assert said("“The bridge is safe,” Quormant said.", "“It was late,” he added.") == ["Quormant"] * 2


def test_a_second_quotation_is_the_same_speakers_only_where_its_clause_is() -> None:
    text = "“Late?” she said, but Ostrow slept, and as Vash went on about “the rules of the house,” and “our own people,” Lee said yes."
    assert said("Ann Lee came.", text) == ["Ann Lee", None, None]
    assert said("Vash called Lee “a great danger” after she said the port was “a mess of cranes”.") == [
        "Peter Vash",
        "Ann Lee",
    ]
    assert said("Vash called Lee “a great danger” after she blamed the crash on “the old cranes”.") == [
        "Peter Vash",
        None,
    ]
    assert said("Vash called it “a great danger” and “a mess of cranes”.") == ["Peter Vash"] * 2


def test_what_is_signed_goes_on_in_nothing() -> None:
    assert said("“The bridge is safe today.” ― Ann Lee", "“The bridge is not safe.”", "“It is.” ― Peter Vash.") == [
        "Ann Lee", None, "Peter Vash",
    ]  # fmt: skip


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


@pytest.mark.parametrize(
    "text",
    [
        "The film “Quiet Harbour” opens on Friday.",
        "It costs more than “Rush of Salt and Sand” did.",
        "The plan, a so-called “big push,” has failed.",
        "The technique called “slow counting” is old.",
        "They are found to be “hollow.”",
    ],
)
def test_titles_and_quoted_words_are_no_quotations(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("texts", "speakers"),
    [
        (["Ann Lee: “We will never go back to that.”"], ["Ann Lee"]),
        (["LEE: “We will never go back to that.”", "“And what of the bridge?”"], ["Ann Lee", None]),
        (["Ann Lee (laughing): “We will never go back to that.”"], ["Ann Lee"]),
        (["The host: “What will you do about the bridge?”"], [None]),
        (["In Dr. Lee’s words, “we are all tired of this bridge.”"], ["Ann Lee"]),
        (["In the words of Peter Vash, it was “a very long day for all.”"], ["Peter Vash"]),
        (["“It is a factor for the town,” she emphasizes.", "Nobody else spoke."], [None]),
        (["Ann Lee waited.", "“It is a factor for the town,” she emphasizes."], ["Ann Lee"]),
    ],
)
def test_speakers_by_the_form_of_an_interview_and_by_whose_words_they_are(
    texts: list[str], speakers: list[str | None]
) -> None:
    assert said(*texts) == speakers


@pytest.mark.parametrize(
    "text",
    [
        "“It is a plan for all of us,” the Republican governor said. Ann Lee met him.",
        "Ann Lee met her brother. The elder Lee has stated, “I am very much against bridges.”",
    ],
)
def test_a_description_without_an_equation_is_nobody(text: str) -> None:
    assert said(text) == [None]
