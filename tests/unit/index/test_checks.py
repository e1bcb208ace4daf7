"""What others do to the indices, each in one line that says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.index.checks import alias_fault, foreign_template, index_fault

OURS = {"title": {"type": "text"}, "place": {"properties": {"point": {"type": "geo_point"}}}}


def behind(*options: dict[str, Any]) -> dict[str, Any]:
    return {f"articles-{n}": {"aliases": {"articles": one}} for n, one in enumerate(options, start=1)}


@pytest.mark.parametrize(
    ("indices", "words"),
    [
        ({"articles": {"aliases": {}}}, "articles is an index"),
        ({}, "is not there"),
        (behind({}, {}), "points to articles-1, articles-2, and none of them is its write index"),
        (behind({"is_write_index": False}), "none of them is its write index"),
    ],
)
def test_an_alias_that_can_not_be_written_to(indices: dict[str, Any], words: str) -> None:
    assert words in str(alias_fault("articles", indices))


def test_an_alias_with_one_write_index() -> None:
    assert alias_fault("articles", behind({})) is None
    assert alias_fault("articles", behind({}, {"is_write_index": True})) is None


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ({"mappings": {"dynamic": "true", "properties": OURS}}, "was not made by Dateline"),
        ({"mappings": {"dynamic": "strict", "properties": {"title": {"type": "text"}}}}, "lacks place"),
        ({"mappings": {"dynamic": "strict", "properties": OURS | {"place": {"properties": {}}}}}, "lacks place.point"),
        ({"mappings": {"dynamic": "strict", "properties": OURS | {"title": {"type": "long"}}}}, "lacks title, or has it"),
        (
            {"mappings": {"dynamic": "strict", "properties": OURS}, "settings": {"index": {"final_pipeline": "p"}}},
            "the ingest pipeline p applies",
        ),
    ],
)  # fmt: skip
def test_an_index_that_refuses_good_documents(index: dict[str, Any], words: str) -> None:
    assert words in str(index_fault("articles-1", index, OURS))


def test_an_index_of_ours() -> None:
    assert index_fault("articles-1", {"mappings": {"dynamic": "strict", "properties": OURS}}, OURS) is None


@pytest.mark.parametrize(
    ("name", "priority", "patterns", "applies"),
    [
        ("others", 900, ["art*"], True),
        ("others", 500, ["*"], True),
        ("others", 499, ["*"], False),
        ("others", 900, ["logs-*"], False),
        ("ours", 500, ["articles-*"], False),
    ],
)
def test_a_template_of_others(name: str, priority: int, patterns: list[str], applies: bool) -> None:
    template = {"name": name, "index_template": {"priority": priority, "index_patterns": patterns}}
    assert bool(foreign_template("ours", 500, ["articles-1"], [template])) is applies
