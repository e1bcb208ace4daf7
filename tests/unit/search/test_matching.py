"""What a reader's words, phrases and prefixes become."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import costs, matching
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN


def inner(query: dict[str, Any]) -> dict[str, Any]:
    """The part of free words that decides what is found."""
    found: dict[str, Any] = query["bool"]
    return found["must"][0]["bool"] if "must" in found and "bool" in found["must"][0] else found


def asked(query: Any) -> list[str]:
    """The words that are looked up, in order."""
    return [part["multi_match"]["query"] for key in ("must", "should") for part in inner(query).get(key, [])]


def test_every_word_may_be_in_any_field() -> None:
    query = matching.words("Ann Lee ferries")
    assert asked(query) == ["Ann", "Lee", "ferries"]
    for part in inner(query)["should"]:
        fields = {field.partition("^")[0] for field in part["multi_match"]["fields"]}
        assert {"headline", "body", "authors.text", "topics.text", "people.text", "stemmed.en.body"} <= fields


@pytest.mark.parametrize("make", [matching.words, matching.phrase, matching.prefix, matching.comment_words])
def test_nothing_is_fuzzy(make: Any) -> None:
    assert "fuzz" not in json.dumps(make("Iran Niger 2028 telecommunications"))


def test_numbers_and_codes_are_always_needed_and_have_no_other_forms() -> None:
    query = inner(matching.words("elections in Germany of 2028 F-16"))
    assert [part["multi_match"]["query"] for part in query["must"]] == ["2028", "F-16"]
    assert not [field for part in query["must"] for field in part["multi_match"]["fields"] if field[:7] == "stemmed"]
    assert query["minimum_should_match"] == "3<75%"


def test_one_of_several_words_is_enough_where_they_say_or() -> None:
    query = inner(matching.words("ferry 2028", operator="or"))
    assert query["minimum_should_match"] == 1
    assert len(query["should"]) == 2


@pytest.mark.parametrize(
    ("word", "stemmed", "not_stemmed"),
    [
        ("ferries", "en", "ru"),
        ("выборы", "ru", "en"),
        ("الانتخابات", "ar", "hi"),
        ("चुनाव", "hi", "th"),
        ("εκλογές", "el", "ru"),
        ("เลือกตั้ง", "th", "en"),
        ("избори", "sr", "ar"),
        ("ｆｅｒｒｙ", "en", "el"),
    ],
)
def test_a_word_is_stemmed_in_the_languages_of_its_script(word: str, stemmed: str, not_stemmed: str) -> None:
    fields = str(matching.words(word))
    assert f"stemmed.{stemmed}.headline" in fields
    assert f"stemmed.{not_stemmed}." not in fields


def test_scripts_without_spaces_need_most_of_their_pieces_and_one_sign_begins_a_word() -> None:
    (part,) = inner(matching.words("東京地震"))["should"]
    assert part["multi_match"]["minimum_should_match"] == "2<70%"
    (sign,) = inner(matching.words("雪"))["should"]
    assert sign["multi_match"]["type"] == "bool_prefix"
    (hangul,) = inner(matching.words("대통령"))["should"]
    assert hangul["multi_match"]["type"] == "phrase"


def test_a_phrase_is_exact_and_of_folded_fields_only() -> None:
    query = matching.phrase("the Lee inquiry")["multi_match"]
    assert query["type"] == "phrase"
    assert query.get("slop", 0) == 0
    assert "stemmed" not in str(query)
    assert matching.prefix("elec*")["multi_match"]["query"] == "elec"


@pytest.mark.parametrize("text", ["", "  ", "!!!", '"', "— …", "+"])
def test_nothing_to_look_for_finds_nothing(text: str) -> None:
    for make in (matching.words, matching.phrase, matching.prefix, matching.comment_words, matching.comment_phrase):
        assert make(text) == {"match_none": {}}


def test_words_come_composed() -> None:
    assert asked(matching.words("Zu\u0308rich")) == ["Z\u00fcrich"]


def test_a_word_in_parts_is_looked_up_as_a_whole_too() -> None:
    (one,) = inner(matching.words("e-mail"))["should"]
    assert [part["multi_match"]["query"] for part in one["dis_max"]["queries"]] == ["e-mail", "email"]
    assert "dis_max" not in str(matching.words("F-16 12,500 plain"))


@pytest.mark.parametrize("typed", ["12 500", "1 234 567", "12\u00a0500 rubles"])
def test_a_number_in_groups_is_one_word(typed: str) -> None:
    assert asked(matching.words(typed))[0] in ("12500", "1234567")
    assert asked(matching.words("May 5 2027 12 5000"))[:2] == ["5", "2027"]


def test_what_the_analysis_makes_nothing_of_is_no_word() -> None:
    assert asked(matching.words("\u00bd price \u2461")) == ["price"]


def test_suggestions_are_for_long_words_of_letters_outside_quotes() -> None:
    asked_for = matching.suggestion(
        'Elektions Iran 2028 F-16 covid19 "Goverment of" «Parlament» (goverment), 東京地震 Mozhaev\u2019s'
    )
    fields = ["body", "headline", "people.text", "places.text", "organisations.text", "authors.text"]
    assert [(one["text"], one["term"]["field"]) for one in asked_for.values()] == [(word, field) for word in ("Elektions", "goverment") for field in fields]  # fmt: skip
    assert {one["term"]["suggest_mode"] for one in asked_for.values()} == {"missing"}
    assert {one["term"]["max_edits"] for one in asked_for.values()} == {2}


def test_a_correction_leaves_everything_else_as_it_is() -> None:
    text = 'elektions,  (goverment) "elektions" -x elektions'
    answer = {"0 body": [{"options": [{"text": "elections", "score": 0.9, "freq": 2}]}], "1 body": [{"options": []}]}
    similar = matching.similar_words(text, answer)
    assert similar == {"elektions": ["elections"]}
    better = matching.better_words(similar, {"elektions": 0, "elections": 2})
    assert matching.corrected(text, better) == 'elections,  (goverment) "elektions" -x elections'
    assert matching.similar_words(text, {"0 body": [{"options": []}]}) == matching.similar_words("x", {}) == {}


def test_a_word_is_corrected_to_the_most_similar_that_articles_have_and_only_where_none_has_it() -> None:
    def options(*given: tuple[str, float, int]) -> list[dict[str, Any]]:
        return [{"options": [{"text": text, "score": score, "freq": freq} for text, score, freq in given]}]

    answer = {
        "0 body": options(("solvents", 0.7, 90), ("gone", 0.6, 1)),
        "0 people.text": options(("solberg", 0.85, 1), ("gone", 0.6, 1)),
        "0 authors.text": options(("solbergs", 0.85, 3), ("solberg", 0.85, 2)),
    }
    similar = matching.similar_words("solbreg", answer)
    assert similar == {"solbreg": ["solbergs", "solberg", "solvents"]}
    there = {"solbreg": 0, "solbergs": 0, "solberg": 2, "solvents": 9}
    assert matching.better_words(similar, there) == {"solbreg": "solberg"}
    assert matching.better_words(similar, there | {"solbreg": 1}) == {}, "exact first"
    assert matching.better_words(similar, dict.fromkeys(there, 0)) == {}


def test_of_a_field_and_its_stemmed_twin_the_one_with_more_marks_is_shown() -> None:
    one, two = f"{MARK_OPEN}a{MARK_CLOSE} b", f"{MARK_OPEN}a{MARK_CLOSE} {MARK_OPEN}b{MARK_CLOSE}"
    assert matching.highlights({"body": [one], "stemmed.en.body": [two]}) == {"body": [two]}
    assert matching.highlights({"stemmed.en.body": [one], "body": [two]}) == {"body": [two]}
    assert matching.highlights({"faq.answer": [one]}) == {"faq.answer": [one]}


@pytest.mark.parametrize(
    "typed", ["-".join(["ab"] * 140), "x" * 5000, "\u6771" * 5000, " ".join(["e-mail"] * 300), "a1" * 900]
)
def test_the_longest_query_is_cut(typed: str) -> None:
    assert 0 < sum(costs.parts(word) for word in matching._split(typed)) <= costs.MAX_PARTS
    assert len(str(matching.words(typed))) < 60_000


@given(st.text(max_size=80))
def test_any_text_becomes_a_query_of_limited_cost(text: str) -> None:
    for make in (matching.words, matching.phrase, matching.prefix, matching.comment_words, matching.suggestion):
        json.dumps(make(text))
    clauses = str(matching.words(" ".join([text] * 40))).count("^")
    assert clauses < 1024 * 2
    assert matching.similar_words(text, {}) == {}
