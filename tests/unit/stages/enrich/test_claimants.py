"""Who claims a figure: a person, a body or nobody; never a word with which the sentence only begins."""

from __future__ import annotations

import pytest

from pipeline.stages.enrich.figures import figures
from pipeline.stages.enrich.speech import quotations


def _claimed_by(text: str, *people: str) -> str | None:
    (found,) = figures((text,), people, "en")
    return found.claimed_by


@pytest.mark.parametrize(
    "text",
    [
        "They said 50 houses burned.",
        "It said 200 jobs were lost.",
        "We said 20 ships were lost.",
        "He said 50 houses burned.",
        "But They said 50 houses burned.",
        "Others said 30 houses burned.",
        "Some reported 30 houses burned.",
        "Those who fled said 30 houses burned.",
        "Nobody said 40 houses burned.",
        "One said 40 houses burned.",
        "Two of them said 40 houses burned.",
        "What they said is that 40 houses burned.",
        "As I said, 40 ships were lost.",
        "Having said that 40 ships were lost, he left.",
        "Critics said 40 houses burned.",
        "His mother said 40 houses burned.",
        "Over half said 40 houses burned.",
        "At the time he said 40 houses burned.",
        "According to Them, 20 houses burned.",
    ],
)
def test_a_word_that_begins_a_sentence_claims_nothing(text: str) -> None:
    assert _claimed_by(text) is None


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("The ministry said 40 houses burned.", "ministry"),
        ("Officials said 40 houses burned.", "Officials"),
        ("Authorities there were told 40 houses burned.", "Authorities"),
        ("The company also said 40 houses burned.", "company"),
        ("The Moscow-based group said 40 houses burned.", "Moscow-based group"),
        ("Varnholm's Department of Social Services reported that 40 houses burned.", "Varnholm's Department of Social Services"),
        ("WHO said 40 houses burned.", "WHO"),
        ("Acme Corp said 40 houses burned.", "Acme Corp"),
        ("At least 40 houses burned, according to Varnholm Harbour Board data released on Friday.", "Varnholm Harbour Board data"),
        # of whose name only a part would be there
        ("At least 40 houses burned, according to the World Fishing and Harbour Week, a fair.", None),
    ],
)  # fmt: skip
def test_a_body_is_named_in_full(text: str, body: str | None) -> None:
    assert _claimed_by(text) == body


def test_a_title_with_a_point_doesnt_end_a_name() -> None:
    assert _claimed_by("Rep. Ann Lee said 40 houses burned.", "Ann Lee") == "Ann Lee"


@pytest.mark.parametrize("text", ["“The bridge is not safe,” It said.", "“The bridge is not safe,” They said.", "“The bridge is not safe” — They", "“Run,” I say."])  # fmt: skip
def test_a_pronoun_with_a_capital_is_no_speakers_name(text: str) -> None:
    assert [one.speaker for one in quotations((text,), (), "en")] == [None]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Sie sagte: „Wir kommen alle viel zu spät.“"),
        ("de", "„Wir kommen alle viel zu spät“, sagte Er."),
        ("de", "Die Beamten sagten: „Wir kommen alle viel zu spät.“"),
        ("de", "Laut Polizei „sind wir alle viel zu spät“."),
        ("fr", "Elle a dit : « Nous sommes tous très en retard. »"),
        ("fr", "Selon Elle, « nous sommes tous très en retard »."),
        ("fr", "Sources ont déclaré : « Nous sommes tous très en retard. »"),
        ("es", "Ella dijo: «Llegamos todos muy tarde»."),
        ("es", "Fuentes dijeron: «Llegamos todos muy tarde»."),
    ],
)
def test_pronouns_and_officials_speak_in_no_language(language: str, text: str) -> None:
    assert {one.speaker for one in quotations((text,), (), language)} <= {None}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("At the age of 18 she became a mother.", []),
        ("She is thought to be 22 years old.", []),
        ("Nine witnesses spoke over three days.", []),
        ("The rate is 4.8 percent, and the average of 3 percent is lower.", ["percent", "percent"]),
        ("The shares returned 15.2 percent.", ["percent"]),
        ("Damage was found in 50 locations across several districts.", ["locations"]),
        ("It lasted more than 3 days.", ["days"]),
    ],
)
def test_ages_and_spans_are_no_figures(text: str, what: list[str]) -> None:
    assert [one.what for one in figures((text,), (), "en")] == what
