"""What of a mapping goes to which index."""

from __future__ import annotations

from typing import Any

from pipeline.index.checks import index_fault
from pipeline.index.fitting import STORED, additions, analyzers, fitted, lacks
from pipeline.index.templates import component
from schemas.analysis import LANGUAGES, analyzer_of

ARTICLES = component("mappings-articles")["template"]["mappings"]["properties"]
FULL = analyzers(component("analysis-full")["template"]["settings"])
CORE = analyzers(component("analysis-core")["template"]["settings"])
KEYWORD = {"type": "keyword", "ignore_above": 4096}


def without_analysis() -> dict[str, Any]:
    """The articles' mapping as it was before there was an analysis."""
    old = {name: field for name, field in ARTICLES.items() if name != "stemmed"}
    return old | {"people": KEYWORD, "section": KEYWORD}


def test_a_server_with_the_filters_gets_everything() -> None:
    assert fitted(ARTICLES, FULL) == ARTICLES


def test_a_server_without_them_keeps_the_twins_and_never_reads_them() -> None:
    plain = fitted(ARTICLES, CORE)
    assert plain["stemmed"] == STORED
    assert {name: field for name, field in plain.items() if name != "stemmed"} == {
        name: field for name, field in ARTICLES.items() if name != "stemmed"
    }
    assert "analyzer" not in str(plain)


def test_an_index_from_before_gets_what_it_can_have_and_is_written_to() -> None:
    old = without_analysis()
    wanted = fitted(ARTICLES, CORE)
    added = additions(wanted, old)
    assert set(added) == {"stemmed", "people", "section"}
    assert added["stemmed"] == STORED
    assert added["people"] == {**KEYWORD, "fields": {"text": {"type": "text"}}}
    index = {"mappings": {"dynamic": "strict", "properties": old | added}}
    assert index_fault("articles-1", index, wanted) is None
    assert additions(wanted, old | added) == {}
    assert "lacks stemmed" in str(
        index_fault("articles-1", {"mappings": {"dynamic": "strict", "properties": old}}, wanted)
    )


def test_a_language_that_an_index_does_not_know_is_stored_and_the_others_are_searched() -> None:
    known = FULL - {analyzer_of("fi")}
    found = fitted(ARTICLES, known)["stemmed"]["properties"]
    assert found["fi"] == STORED
    assert {code for code, field in found.items() if field != STORED} == set(LANGUAGES) - {"fi"}
    added = additions({"stemmed": {"properties": found}}, {"stemmed": {"properties": {"en": found["en"]}}})
    assert set(added) == {"stemmed"}
    assert set(added["stemmed"]["properties"]) == set(LANGUAGES) - {"en"}


def test_what_is_there_is_never_sent_again() -> None:
    there: dict[str, dict[str, Any]] = {
        "headline": {"type": "text", "analyzer": "own"},
        "at": {"type": "date"},
        "kept": {"type": "object", "enabled": False},
    }
    wanted: dict[str, dict[str, Any]] = {
        "headline": {"type": "text"},
        "at": {"type": "date"},
        "kept": {"properties": {"a": {"type": "text"}}},
    }
    assert additions(wanted, there) == {}


def test_an_index_is_old_where_analyzers_are_missing() -> None:
    assert lacks({"settings": {"index": {}}}, FULL)
    assert not lacks({"settings": {"index": component("analysis-full")["template"]["settings"]}}, FULL)
    assert not lacks({"settings": {"index": component("analysis-full")["template"]["settings"]}}, CORE)
