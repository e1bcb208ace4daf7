"""What of a mapping goes to which index."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.index.checks import index_fault
from pipeline.index.families import FAMILIES
from pipeline.index.fitting import STORED, additions, analyzers, fitted, lacks, same_template, used
from pipeline.index.templates import component, index_template
from pipeline.settings import Settings
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


def test_an_index_has_the_analyzers_that_its_fields_name_and_the_default_ones() -> None:
    analysis = component("analysis-full")["template"]["settings"]["analysis"]
    assert used(analysis, ARTICLES) == analysis
    plain = used(analysis, {"headline": {"type": "text"}, "term": {"type": "keyword"}})
    assert set(plain["analyzer"]) == {"default", "default_search"}
    assert set(plain["filter"]) < set(analysis["filter"])
    named = used(analysis, {"a": {"type": "text", "fields": {"b": {"type": "text", "analyzer": "stemmed_fi"}}}})
    assert set(named["analyzer"]) == {"default", "default_search", "stemmed_fi"}
    assert "stem_fi" in named["filter"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_template_is_put_again_only_where_it_says_something_else(family: Any) -> None:
    ours = index_template(family, Settings(_env_file=None), "analysis-full")
    template = ours["template"]
    texts = json.loads(json.dumps(template["settings"]), parse_int=str)
    theirs = {
        **ours,
        "composed_of": [],
        "created_date_millis": 1,
        "template": {"settings": texts, "mappings": template["mappings"]},
    }
    assert same_template(ours, theirs)
    assert not same_template(ours, {})
    more = {**template["mappings"]["properties"], "added": {"type": "keyword"}}
    for other in (
        {**theirs, "priority": 1},
        {**theirs, "composed_of": ["somebody-elses"]},
        {**theirs, "index_patterns": ["x-*"]},
        {**theirs, "template": {**theirs["template"], "mappings": {"dynamic": "strict", "properties": more}}},
        {**theirs, "template": {**theirs["template"], "aliases": {"all": {}}}},
        {**theirs, "template": {**theirs["template"], "settings": {"index": {"number_of_shards": "7"}}}},
    ):
        assert not same_template(ours, other)
