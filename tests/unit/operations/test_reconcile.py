"""What differs between topics and indices."""

from __future__ import annotations

from typing import Any

from pipeline.operations.expected import ExpectedDocument, Key, digest
from pipeline.operations.reconcile import Found, differences


def expected(index: str, version: int, document: dict[str, Any]) -> ExpectedDocument:
    return ExpectedDocument(index, version, digest(document), "hidden" not in index, ("articles.current", 0, version))


def test_what_differs_between_topics_and_indices_is_named_by_its_kind() -> None:
    text = {"headline": "Ferries sail"}
    wanted: dict[Key, ExpectedDocument] = {
        ("articles", "same"): expected("articles", 1, text),
        ("articles", "older"): expected("articles", 2, text),
        ("articles", "forged"): expected("articles", 1, text),
        ("articles", "lost"): expected("articles", 1, text),
        ("articles", "killed"): expected("articles-hidden", 3, {}),
        ("articles", "merged"): expected("redirects", 1, {"merged_into": "same"}),
        ("articles", "new"): expected("articles", 1, text),
    }
    indexed: list[Found] = [
        ("articles", "same", 1, text | {"processed": {"indexed": "2026-03-14"}}),
        ("articles", "older", 1, text),
        ("articles", "forged", 1, {"headline": "Forged"}),
        ("articles", "killed", 2, text),
        ("articles", "nobody", 1, text),
        ("articles-hidden", "nobody", 1, text),
        ("redirects", "merged", 1, {"merged_into": "same"}),
    ]
    read: list[str] = []

    def one_by_one() -> Any:
        for found in indexed:
            read.append(found[1])
            yield found

    def written() -> set[Key]:
        assert len(read) == len(indexed), "asked for last"
        return {("articles", "new")}

    found = differences(wanted, one_by_one(), written)
    assert found.kinds() == {
        "missing": [("articles", "lost"), ("articles-hidden", "killed")],
        "stale": [("articles", "older"), ("articles", "forged")],
        "extra": [("articles-hidden", "nobody")],
        "wrongly_visible": [("articles", "killed"), ("articles", "nobody")],
    }
    report = found.as_json()
    assert (report["compared"], report["missing"]["ids"]) == (7, ["articles/lost", "articles-hidden/killed"])
    assert report["unmended"] == report["unrepaired"] == 0
    assert not differences({}, [], set)
