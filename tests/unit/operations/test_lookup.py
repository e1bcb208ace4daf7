from __future__ import annotations

from typing import Any, cast

from elasticsearch import Elasticsearch

from pipeline.operations.lookup import canonical_id, merged_ids, status_of
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")


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


def test_an_operator_finds_an_article_by_each_of_its_ids() -> None:
    index = Index({"a": {"merged_into": "b"}, "b": {"merged_into": "c"}, "z": {"merged_into": "c"}})
    assert canonical_id(client(index), SETTINGS, "a") == "c"
    assert merged_ids(client(index), SETTINGS, "c") == ["b", "z"]
    assert status_of({"standing": "public"}) == "public"
    assert status_of({}) == ""
