"""Removal against an index in memory."""

from __future__ import annotations

from typing import Any, cast

import pytest
from elasticsearch import Elasticsearch

from pipeline.errors import Retry
from pipeline.operations.removal import delete_matching


class Index:
    """An index in memory, as `delete_matching` and lookups ask it."""

    def __init__(self, documents: dict[str, dict[str, Any]], refuses: str | None = None) -> None:
        self.documents, self.refuses = documents, refuses
        self.indices = self
        self.bulks = 0

    def options(self, **_: object) -> Index:
        return self

    def refresh(self, index: str) -> None:
        pass

    def search(self, index: str, query: Any = None, size: int = 10, source: bool = True, body: Any = None) -> dict[str, Any]:  # fmt: skip
        ((kind, what),) = (query or body["query"]).items()
        found = [
            {"_id": id_, "_source": one}
            for id_, one in self.documents.items()
            if (id_ in what["values"] if kind == "ids" else all(one.get(name) == value for name, value in what.items()))
        ]
        return {"hits": {"hits": found[:size]}}

    def bulk(self, operations: list[dict[str, Any]], refresh: bool) -> dict[str, Any]:
        assert refresh
        self.bulks += 1
        items: list[dict[str, Any]] = []
        for operation in operations:
            id_ = operation["delete"]["_id"]
            if self.refuses == id_:
                items.append({"delete": {"status": 403, "error": {"reason": "index is read-only"}}})
                continue
            items.append({"delete": {"status": 200 if self.documents.pop(id_, None) else 404}})
        return {"items": items}


def client(index: Index) -> Elasticsearch:
    return cast(Elasticsearch, index)


def test_all_that_match_are_removed_however_many() -> None:
    index = Index({str(n): {"preview": "Ann Lee" if n % 2 else "Bob"} for n in range(5000)})
    assert delete_matching(client(index), "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 2500
    assert len(index.documents) == 2500
    assert index.bulks == 3
    assert delete_matching(client(index), "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 0


def test_what_cannot_be_removed_ends_the_removal() -> None:
    index = Index({"a": {"x": 1}, "b": {"x": 1}}, refuses="b")
    with pytest.raises(Retry, match="1 documents of dead-letters could not be removed \\(index is read-only\\)"):
        delete_matching(client(index), "dead-letters", {"term": {"x": 1}})
