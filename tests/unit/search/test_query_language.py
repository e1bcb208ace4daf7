"""The readers' query language: what is understood, what is said of the rest, and that no text is an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search.costs import MAX_PREFIXES
from pipeline.search.query_clauses import ARTICLES, COMMENTS, Clock, Target, clauses
from pipeline.search.query_language import MAX_DEPTH, MAX_TERMS, parse
from pipeline.search.syntax import All, Field, Node, Not, Phrase, Prefix, Some, Word

CLOCK = Clock(datetime(2026, 3, 14, 12, tzinfo=UTC), ZoneInfo("UTC"))
A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a b", All((A, B))),
        ('"night  shifts" a', All((Phrase("night shifts"), A))),
        ("„zwei Worte“", Phrase("zwei Worte")),
        ("« deux mots »", Phrase("deux mots")),
        ("「夜間 勤務」", Phrase("夜間 勤務")),
        ("a OR b c", All((Some((A, B)), C))),
        ("a OR b OR c", Some((A, B, C))),
        ("a (b OR c)", All((A, Some((B, C))))),
        ("(a b) OR c", Some((All((A, B)), C))),
        ("a or b", All((A, Word("or"), B))),
        ("a AND b", All((A, B))),
        ("-a b", All((Not(A), B))),
        ("NOT a b", All((Not(A), B))),
        ('-"a b" -(b c)', All((Not(Phrase("a b")), Not(All((B, C)))))),
        ("F-16 covid-19", All((Word("F-16"), Word("covid-19")))),
        ("walk out - again", All((Word("walk"), Word("out"), Word("again")))),
        ("ferr*", Prefix("ferr")),
        ("京*", Prefix("京")),
        ("カ*", Prefix("カ")),
        ("대*", Prefix("대")),
        ("éc*", Prefix("éc")),
        ("a-el*", Prefix("a-el")),
        ("F16*", Prefix("F16")),
        ("का*", Prefix("का")),
        ("id:urn:wire:1*", Field("id", Prefix("urn:wire:1"))),
        ("author:lee", Field("author", Word("lee"))),
        ("AUTHOR:lee", Field("author", Word("lee"))),
        ('author:"Ann Lee"', Field("author", Phrase("Ann Lee"))),
        ("author:(a OR b)", Field("author", Some((A, B)))),
        ("-author:lee", Not(Field("author", Word("lee")))),
        ("author：李", Field("author", Word("李"))),
        ("id:urn:wire:1", Field("id", Word("urn:wire:1"))),
        ("10:30 https://news.example/a", All((Word("10:30"), Word("https://news.example/a")))),
        ("🔥", Word("🔥")),
        ("", None),
        (" \t\n", None),
    ],
)  # fmt: skip
def test_what_is_understood_without_a_word(text: str, node: Node | None) -> None:
    query = parse(text, ARTICLES.fields)
    assert (query.node, query.notes) == (node, ())


@pytest.mark.parametrize(
    ("text", "node", "kinds"),
    [
        ('a "b', All((A, B)), ["unclosed-quote"]),
        ("OR", None, ["lone-or"]),
        ("a OR", A, ["lone-or"]),
        ("OR a", A, ["lone-or"]),
        ("(OR a) b", All((A, B)), ["lone-or"]),
        ("a OR OR b", Some((A, B)), ["lone-or"]),
        ("::", None, ["no-letters"]),
        ("(a b", All((A, B)), ["unclosed-parenthesis"]),
        ("a) b", All((A, B)), ["unopened-parenthesis"]),
        ("(" * 300 + "a" + ")" * 300, A, ["too-deep"]),
        ("*erry", Word("erry"), ["star"]),
        ("f*", Word("f"), ["star"]),
        ("é*", Word("é"), ["star"]),
        ("e\u0301*", Word("é"), ["star"]),
        ("ё*", Word("ё"), ["star"]),
        ("ก*", Word("ก"), ["star"]),
        ("a-e*", Word("a-e"), ["star"]),
        ("L’é*", Word("L’é"), ["star"]),
        ("F1*", Word("F1"), ["star"]),
        ("author:é*", Field("author", Word("é")), ["star"]),
        ("a-*", Word("a-"), ["star"]),
        ("f*rry", Word("f rry"), ["star"]),
        ("author: a", All((Word("author:"), A)), ["space-after-field"]),
        ("colour:red", Word("colour:red"), ["unknown-field"]),
        ("() -() a", A, []),
        ('"" a -""', A, []),
    ],
)
def test_what_is_ignored_or_corrected_is_said(text: str, node: Node | None, kinds: list[str]) -> None:
    query = parse(text, ARTICLES.fields)
    assert (query.node, [note.kind for note in query.notes]) == (node, kinds)


def test_a_long_query_is_cut_and_a_chain_of_signs_has_an_end() -> None:
    query = parse("a " * 500, ARTICLES.fields)
    assert isinstance(query.node, All)
    assert len(query.node.nodes) == MAX_TERMS
    assert [note.kind for note in query.notes] == ["too-long"]
    assert _depth(json.loads(json.dumps(clauses(parse("NOT " * 5000 + "a", ()), ARTICLES, CLOCK)[0]))) < 40


SIGNS = ["(", ")", '"', "-", "OR", "AND", "NOT", "*", ":", "::", "author:", "date:", "id:", " ", "a", "ferry", "🔥", "“", "«", "\x00", "\ud800", "京", "2026-03-14", ">"]  # fmt: skip


@pytest.mark.parametrize("target", [ARTICLES, COMMENTS])
@settings(deadline=None)
@given(text=st.text(st.characters(), max_size=60) | st.lists(st.sampled_from(SIGNS), max_size=60).map("".join))
def test_no_text_is_an_error_and_its_query_is_bounded(target: Target, text: str) -> None:
    query = parse(text, target.fields)
    clause, notes = clauses(query, target, CLOCK)
    json.dumps(clause, ensure_ascii=False).encode()
    assert _depth(clause) <= 20 * (MAX_DEPTH + 1)
    for note in (*query.notes, *notes):
        note.text.encode()


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_query(raw: bytes) -> None:
    clauses(parse(raw.decode("utf-8", "replace"), ARTICLES.fields), ARTICLES, CLOCK)


def test_words_that_stand_together_are_asked_for_together() -> None:
    clause, _ = clauses(parse('night -shift ferry "walk out"', ARTICLES.fields), ARTICLES, CLOCK)
    assert clause == {
        "bool": {
            "must": [ARTICLES.words("night ferry"), ARTICLES.phrase("walk out")],
            "must_not": [ARTICLES.words("shift")],
        }
    }
    only, _ = clauses(parse("-shift", ARTICLES.fields), ARTICLES, CLOCK)
    assert only == {"bool": {"must_not": [ARTICLES.words("shift")]}}


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("date:2026-03-14", {"gte": "2026-03-14T00:00:00+00:00", "lt": "2026-03-15T00:00:00+00:00"}),
        ("date:2026-03", {"gte": "2026-03-01T00:00:00+00:00", "lt": "2026-04-01T00:00:00+00:00"}),
        ("date:2025", {"gte": "2025-01-01T00:00:00+00:00", "lt": "2026-01-01T00:00:00+00:00"}),
        ("date:>2026-03-13", {"gte": "2026-03-14T00:00:00+00:00"}),
        ("date:>=2026-03-13", {"gte": "2026-03-13T00:00:00+00:00"}),
        ("date:<2026-03-13", {"lt": "2026-03-13T00:00:00+00:00"}),
        ("date:<=2026-03-13", {"lt": "2026-03-14T00:00:00+00:00"}),
        ("date:24h", {"gte": "2026-03-13T12:00:00+00:00"}),
    ],
)
def test_a_date_is_the_whole_day_month_or_year(text: str, bounds: dict[str, str]) -> None:
    clause, notes = clauses(parse(text, ARTICLES.fields), ARTICLES, CLOCK)
    assert (clause, notes) == ({"range": {"shown_at": bounds}}, ())


def test_a_date_that_is_none_is_left_out_and_said() -> None:
    clause, notes = clauses(parse("ferry date:someday", ARTICLES.fields), ARTICLES, CLOCK)
    assert clause == ARTICLES.words("ferry")
    assert [note.kind for note in notes] == ["bad-value"]
    assert "someday" in notes[0].text


def _leaves(value: Any) -> list[dict[str, Any]]:
    """The parts of a query that look something up."""
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    if not isinstance(value, dict):
        return []
    own = [one for kind, one in value.items() if kind in ("multi_match", "match", "match_phrase", "prefix", "match_phrase_prefix")]  # fmt: skip
    return own or [leaf for one in value.values() for leaf in _leaves(one)]


def _cost(text: str, target: Target = ARTICLES) -> tuple[int, int, int]:
    """Clauses, those of other forms, and those that look up what begins so."""
    leaves = _leaves(clauses(parse(text, target.fields), target, CLOCK)[0])
    fields = [field for leaf in leaves for field in leaf.get("fields", ["x"])]
    prefixes = sum(leaf.get("type") == "bool_prefix" for leaf in leaves)
    return len(fields), sum(field.startswith("stemmed.") for field in fields), prefixes


WAYS = ["{}", "({})", "-{}", "x OR {}", "(x OR ({}))", "(({} OR x))", "NOT ({})"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("joined", [" ", " OR ", " (", ") OR ("])
def test_a_query_costs_no_more_however_it_is_nested(way: str, joined: str) -> None:
    """Not by OR and not by parentheses."""
    text = " OR ".join(way.format(f"w{chr(97 + n)}x") for n in range(20)) + joined.join(
        f"v{chr(97 + n)}" for n in range(12)
    )
    every, stemmed, _ = _cost(text)
    plain, most, _ = _cost("aa bb cc dd ee ff gg")
    assert 0 < stemmed <= most
    assert every <= plain + 32 * 22


def test_the_parts_of_words_and_phrases_count_for_the_whole_query() -> None:
    long = "-".join(["ab"] * 20)
    for text in (f"{long} OR ({long} OR {long}) OR {long}", f'"{long}" OR "{long}" OR "{long}" {long}', f"author:{long} author:{long} (author:{long} OR {long})"):  # fmt: skip
        clause, notes = clauses(parse(text, ARTICLES.fields), ARTICLES, CLOCK)
        assert [note.kind for note in notes] == ["too-long"]
        values = {str(leaf.get("query") or next(iter(leaf.values()))) for leaf in _leaves(clause)}
        assert "match_none" not in json.dumps(clause), "what is left out asks for nothing"
        assert values


def test_beginnings_count_for_the_whole_query() -> None:
    starred = " OR ".join(f"w{chr(97 + n)}*" for n in range(20))
    assert _cost(starred)[2] == _cost(f"({starred}) OR -({starred})")[2] == MAX_PREFIXES
    signs = " OR ".join(f"({one})" for one in "雪京東西南北花鳥風月日本人")
    assert _cost(signs)[2] == MAX_PREFIXES
    _, notes = clauses(parse(starred, ARTICLES.fields), ARTICLES, CLOCK)
    assert {note.kind for note in notes} == {"star"}
    named = " OR ".join(f"topic:w{chr(97 + n)}*" for n in range(20))
    clause, _ = clauses(parse(named, ARTICLES.fields), ARTICLES, CLOCK)
    assert json.dumps(clause).count('"match_phrase_prefix"') == MAX_PREFIXES


def test_a_phrase_has_no_beginnings() -> None:
    assert _cost('"night shi*" author:"night shi*"')[2] == 0


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0)
