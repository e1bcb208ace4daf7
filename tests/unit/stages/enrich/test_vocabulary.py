"""What is looked up once, counted quickly or remembered is what the lists, the plain way and the first reading say."""

from __future__ import annotations

import re

import pytest

from pipeline.stages.enrich import vocabulary
from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.evidence import line_of
from pipeline.stages.enrich.known_names import common_words, known_names, words_of_things
from pipeline.stages.enrich.vocabulary import has_organisation_word, kind_of
from pipeline.stages.enrich.words import count, stop_words

WORDS = (
    "Ann", "Jean-Luc", "Will", "Lee", "The", "Bank", "Corp.", "Times-Post", "Greeks", "Iranian", "J.R.", "Year", "Women's", "B2B", "", "²",
    "Élysée", "van", "&", "News", "STAR",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_what_every_list_says_of_it(word: str) -> None:
    kind, known, plain = kind_of(word), known_names(), word.casefold()
    assert bool(kind & vocabulary.FIRST) == (word in known.first)
    assert bool(kind & vocabulary.LAST) == (word in known.last)
    assert bool(kind & vocabulary.COMMON) == (plain in common_words().common)
    assert bool(kind & vocabulary.VERY_COMMON) == (plain in common_words().very)
    assert bool(kind & vocabulary.THING) == (word in words_of_things())
    assert bool(kind & vocabulary.STOP) == (plain in stop_words())
    assert bool(kind & vocabulary.DIGIT) == any(map(str.isdigit, word))
    assert bool(kind & vocabulary.OF_BODY) == any(
        one in vocabulary.ORGANISATION_WORDS for one in re.findall(r"\w+", word)
    )


def test_the_words_of_a_name_are_asked_one_by_one() -> None:
    assert has_organisation_word("Acme Trading Corp.")
    assert not has_organisation_word("Ann Lee")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one",
        "two words",
        " a  b ",
        "a\nb c",
        "a\n\nb",
        "a\tb",
        "a\u00a0b c",
        "a\u2009b",
        "a – b - c",
        "end \n",
        "\u3000a",
    ],
)
def test_words_are_counted_as_they_are_split(text: str) -> None:
    assert count(text) == len(text.split()) - sum(text.count(mark) for mark in (" – ", " — ", " - "))


def test_a_paragraph_that_was_read_before_says_the_same() -> None:
    text = ("Ann Lee, the mayor of Leeds, met the Ministry of Trade and Industry (MTI).", "MTI said Lee had left.")
    line_of.cache_clear()
    first = entities(text, "en")
    assert entities(text, "en") == first
    assert entities(text[1:], "en") == entities(tuple("".join(list(one)) for one in text[1:]), "en")


def test_a_paragraph_is_remembered_by_its_language() -> None:
    text = ("Gestern sprach Kanzlerin Angela Merkel in Essen mit Weber.",)
    german = entities(text, "de")
    entities(text, "en")
    assert entities(text, "de") == german


def test_a_company_is_one_whatever_its_legal_form() -> None:
    found = entities(("Harlan Metals S.A. closed its plant.", "Harlan Metals had no comment."), "en")
    assert [one.count for one in found if "Harlan" in one.name] == [2]
