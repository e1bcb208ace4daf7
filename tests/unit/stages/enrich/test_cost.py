"""What a text costs grows with its length, however it is written: calls are counted, in one run, of a text and of twice as much."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pipeline.stages.chain import CHAINED
from pipeline.stages.enrich.evidence import line_of
from pipeline.stages.enrich.speech import quotations
from pipeline.topics import ARTICLES_RAW
from tests.support.builders import raw_article
from tests.support.memory import config

TEXTS = {
    "quotations without a full stop": "“it is so” Ana Ferreira said, ",
    "quotations with a full stop": "“It is so,” Ana Ferreira said. ",
    "quotations without names": "“it is so” was said and ",
    "according to": "“it is so” according to the police ",
    "he and she": "“it is so” he said, “so it is” she said, ",
    "verbs": "said ",
    "numbers": "at least 1,000 ships and $5 million were lost, he said, and ",
    "numbers in words": "at least five people died and twenty were hurt, ",
    "names": "John Smith and Mary Jones of Acme Corp. ",
    "places": "Paris, France and Rome, Italy, ",
    "plain words": "it was raining in the town for many days and ",
    "one word": "a",
    "quotation marks": "“",
    "initials": "J. ",
    "addresses": "a@b.",
}


def calls(text: str) -> int:
    """Functions that are called for a text: Python's own, and those of its built-in modules."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    value: Any = raw_article("a", text=text)
    # what is remembered of a paragraph costs nothing, and what is of a text: steps that are new know none
    line_of.cache_clear()
    steps = [step.bind(config()) for step in CHAINED[0].inputs[ARTICLES_RAW]]
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        for step in steps:
            value, _ = step(value)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_costs_twice_as_much(name: str) -> None:
    unit = TEXTS[name]
    times = 6000 // len(unit)
    calls(unit * times)  # what is loaded once is loaded now
    once, twice = calls(unit * times), calls(unit * (2 * times))
    assert twice < 3 * once


@pytest.mark.parametrize("name", TEXTS)
def test_a_kilobyte_of_a_long_text_costs_what_one_of_a_short_text_does(name: str) -> None:
    unit = TEXTS[name]
    short, long = 4_000 // len(unit), 64_000 // len(unit)
    calls(unit * short)  # what is loaded once is loaded now
    assert calls(unit * long) / long < 1.5 * calls(unit * short) / short


def test_a_quotation_of_commas_has_no_words() -> None:
    """It had an empty text, which the schema refuses: the article became a dead letter."""
    (found,) = quotations(("“,,” Ana Ferreira said, “it is so, and so it is”.",), ("Ana Ferreira",), "en")
    assert found.text == "it is so, and so it is"
