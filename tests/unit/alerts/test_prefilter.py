"""The prefilter misses nothing that a search finds, whatever the search is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alerts.prefilter import Prefilter
from pipeline.formats.mediatopics import facet_names
from pipeline.saved.conditions import ALWAYS, TEXTS, AnyOf, condition, guard, holds, some, texts_of
from pipeline.search import matching
from pipeline.search.query_clauses import ARTICLES
from pipeline.search.saved import query_of
from tests.unit.alerts.evaluating import Article, finds, tokens

NOW = datetime(2026, 3, 14, tzinfo=UTC)
WORDS = ("ferry", "ferries", "Oslo", "e-mail", "2028", "東京", "night")
word = st.sampled_from(WORDS)
FIELDS = tuple(ARTICLES.fields)


def _joined(parts: list[str]) -> str:
    return " ".join(parts)


operand = st.one_of(
    word,
    st.lists(word, min_size=1, max_size=3).map(lambda words: f'"{_joined(words)}"'),
    word.map(lambda one: f"-{one}"),
    st.sampled_from(["ferr*", "str*", "os*", "東*"]),
    st.tuples(st.sampled_from(FIELDS), st.one_of(word, st.just('"night ferry"'), st.just("fe*"))).map(lambda one: f"{one[0]}:{one[1]}"),
    st.tuples(word, word).map(lambda two: f"({two[0]} OR {two[1]})"),
)  # fmt: skip
text = st.lists(st.one_of(operand, st.just("OR")), min_size=1, max_size=7).map(_joined)
name = st.sampled_from(["Herald", "herald", "en", "no", "Business", "Oslo", "ferry"])
names = st.lists(name, max_size=2)
queries = st.fixed_dictionaries(
    {"q": text},
    optional={
        "publisher": names, "language": names, "section": names, "not_publisher": names, "person": names, "topic": names,
        "since": st.just("24h"), "has": st.just(["pictures"]), "near": st.just("59.9,10.7"),
    },
)  # fmt: skip
articles = st.builds(
    Article,
    st.dictionaries(
        st.sampled_from(["headline", "summary", "body"]), st.lists(word, max_size=8).map(_joined), max_size=3
    ),
    st.fixed_dictionaries(
        {"language": st.sampled_from([["en"], ["nb"], ["xx"]])},
        optional={
            field: st.lists(st.one_of(name, word), max_size=2)
            for field in (
                "publisher",
                "authors",
                "people",
                "places",
                "topics",
                "section",
                "sections.name",
                "story_id",
                "byline",
            )
        }
        | {"has": st.just(["pictures"])},
    ),
    st.booleans(),
)


@given(query=queries, article=articles)
@settings(max_examples=100, deadline=None)
def test_what_a_search_finds_is_a_candidate(query: dict[str, Any], article: Article) -> None:
    clause = query_of(query, NOW)
    wanted = condition(clause, tokens)
    if not finds(clause, article):
        return
    assert holds(wanted, article.atoms())
    found = Prefilter()
    search_id, article_id = uuid4(), uuid4()
    found.put(search_id, wanted)
    assert found.candidates({article_id: article.atoms()}) == {search_id: [article_id]}


FOUR = "sailing zeppelin night oslo"


@pytest.mark.parametrize(
    ("query", "body", "values"),
    [
        *(({"q": FOUR}, FOUR.replace(word, ""), {}) for word in FOUR.split()),
        ({"q": "a1 b c d e f"}, "a1 b c d e", {}),
        ({"q": "a b c d e"}, "c d e", {}),
        ({"q": "publisher:herald"}, "", {"publisher": ["Herald"]}),
        ({"q": "section:business"}, "", {"sections.name": list(facet_names("business"))}),
        ({"q": "section:business"}, "", {"section": ["Business"]}),
        ({"q": "author:SOLBERG"}, "", {"authors": ["Anna Solberg"]}),
        ({"q": "author:sol*"}, "", {"authors": ["Anna Solberg"]}),
        ({"q": "solberg ferry"}, "The ferry", {"authors": ["Anna Solberg"]}),
        ({"q": "ferries"}, "A ferry", {"language": ["en"]}),
        ({"q": "str*"}, "They strike", {}),
        ({"q": '"night fe*" OR "night ferry"'}, "a night ferry", {}),
        ({"q": "headline:x OR ferry"}, "ferry", {}),
        ({"q": "(zeppelin OR ferry) -x", "language": ["en", "nb"]}, "ferry", {"language": ["nb"]}),
        ({"q": "東京 京都 大阪"}, "東京 京都 大阪", {}),
        ({"q": "e-mail"}, "an e-mail", {}),
        ({"not_publisher": ["Gazette"]}, "", {"publisher": ["Herald"]}),
        ({"story": ["s1"], "has": ["pictures"]}, "", {"story_id": ["s1"], "has": ["pictures"]}),
    ],
)
def test_each_kind_of_search_is_not_missed(query: dict[str, Any], body: str, values: dict[str, list[str]]) -> None:
    article, clause = Article({"body": body}, values), query_of(query, NOW)
    assert finds(clause, article), "nothing is measured"
    found, search_id = Prefilter(), uuid4()
    found.put(search_id, condition(clause, tokens))
    assert search_id in found.candidates({uuid4(): article.atoms()})


@given(query=queries)
@settings(max_examples=20, deadline=None)
def test_every_text_of_a_condition_was_to_be_analysed(query: dict[str, Any]) -> None:
    clause = query_of(query, NOW)
    known = set(texts_of(clause))

    def asked(group: str, text: str) -> Any:
        assert (group, text) in known
        return tokens(group, text)

    condition(clause, asked)


@pytest.mark.parametrize(
    ("query", "excluded"),
    [
        ({"q": "zeppelin"}, True),
        ({"q": "ferry zeppelin"}, True),
        ({"q": '"night zeppelin"'}, True),
        ({"q": "zepp*"}, True),
        ({"q": "ferry", "publisher": ["Gazette"]}, True),
        ({"q": "author:zeppelin"}, True),
        ({"q": "zeppelin OR ferry"}, False),
        ({"q": "sailing zeppelin night oslo ferry"}, False),  # three of four are enough
        ({"q": "-zeppelin"}, False),
        ({"q": "ferry", "publisher": ["Herald"]}, False),
    ],
)
def test_it_excludes_what_has_none_of_the_words(query: dict[str, Any], excluded: bool) -> None:
    article = Article(
        {"body": "The night ferries sail from Oslo, sailing early"}, {"language": ["en"], "publisher": ["Herald"]}
    )
    wanted = condition(query_of(query, NOW), tokens)
    assert holds(wanted, article.atoms()) is not excluded


def test_the_words_of_a_search_are_known_fields() -> None:
    """Else the prefilter is right, and lets everything pass."""
    fields = {field.partition("^")[0] for field in matching._FIELDS}
    assert fields <= set(TEXTS)
    assert guard(condition(query_of({"q": "ferry language:en"}, NOW), tokens)) == guard(
        condition(query_of({"q": "ferry"}, NOW), tokens)
    ), "a word is rarer than a language"


def test_what_is_not_known_is_no_condition() -> None:
    assert condition({"more_like_this": {"like": "ferry"}}, tokens) == ALWAYS
    assert condition({"term": {"headline.exact": "Ferries"}}, tokens) == ALWAYS, "the source has no such value"
    assert condition({"match": {"correction_note": "x"}}, tokens) == ALWAYS
    strange = {"bool": {"should": [{"term": {"language": "en"}}], "minimum_should_match": "-25%"}}
    assert condition(strange, tokens) == ALWAYS
    a, b = AnyOf(frozenset("a")), AnyOf(frozenset("b"))
    assert some(2, [a, ALWAYS, b]) == some(1, [a, b])
    assert not holds(some(3, [a, b]), frozenset("ab"))


def test_a_search_that_changes_is_filed_anew() -> None:
    found, search_id, article_id = Prefilter(), uuid4(), UUID(int=1)
    ferry, oslo = (condition(query_of({"q": word}, NOW), tokens) for word in ("ferry", "Oslo"))
    article = {article_id: Article({"body": "Oslo"}).atoms()}
    found.put(search_id, ferry)
    assert found.candidates(article) == {}
    found.put(search_id, oslo)
    assert found.candidates(article) == {search_id: [article_id]}
    found.remove(search_id)
    assert (found.candidates(article), len(found), dict(found._filed)) == ({}, 0, {})
