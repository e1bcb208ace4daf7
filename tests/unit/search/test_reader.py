"""A reader of merged articles and stories, redirects, and what failures of Elasticsearch become."""

from __future__ import annotations

from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, ConnectionError, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from pipeline.errors import DatelineError, Fatal, Reject, Retry
from pipeline.index.client import elasticsearch_errors
from pipeline.search import redirects
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk")


def api_error(status: int, kind: str = "some_exception", reason: str = "because") -> ApiError:
    node = NodeConfig("http", "index", 9200)
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, node)
    return ApiError(kind, meta, {"error": {"type": kind, "root_cause": [{"reason": reason}]}})


class Client:
    """Answers searches of an alias from documents by id; `bodies` has what was asked."""

    def __init__(self, documents: dict[str, dict[str, dict[str, Any]]], error: Exception | None = None) -> None:
        self.documents, self.error = documents, error
        self.bodies: list[tuple[str, dict[str, Any]]] = []

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            raise self.error
        alias = index.removeprefix("desk-")
        self.bodies.append((alias, body))
        found: list[dict[str, Any]] = [
            {"_id": id_, "_source": source}
            for id_, source in self.documents.get(alias, {}).items()
            if _matches(body["query"], id_, source)
        ]
        counts: list[dict[str, Any]] = [{"key": one["_source"].get("article_id"), "doc_count": 1} for one in found]
        return {
            "took": 1,
            "hits": {"total": {"value": len(found)}, "hits": found},
            "aggregations": {"articles": {"buckets": counts}},
        }


def _matches(query: dict[str, Any], id_: str, source: dict[str, Any]) -> bool:
    ((kind, what),) = query.items()
    if kind == "ids":
        return id_ in what["values"]
    if kind in ("term", "terms"):
        ((field, value),) = what.items()
        return source.get(field) in (value if kind == "terms" else [value])
    return True


def test_redirects_are_followed_to_their_end_also_in_a_circle() -> None:
    client = Client(
        {
            "redirects": {
                "a": {"merged_into": "b"},
                "b": {"merged_into": "c"},
                "x": {"merged_into": "y"},
                "y": {"merged_into": "x"},
            }
        }
    )

    def ask(alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return list(client.search(f"desk-{alias}", body)["hits"]["hits"])

    assert [redirects.canonical_id(ask, "redirects", one) for one in ("a", "b", "c", "x")] == ["c", "c", "c", "y"]
    assert redirects.merged_ids(ask, "redirects", "b") == ["a"]
    assert redirects.merged_ids(ask, "redirects", "a") == []


def test_a_reader_follows_merged_ids_of_articles_and_stories() -> None:
    told = {"published": "2026-03-14T10:00:00Z"}
    client: Any = Client(
        {
            "articles": {
                "a2": {"article_id": "a2", "story_id": "s1", **told},
                "a3": {"article_id": "a3", "story_id": "s2", **told},
            },
            "redirects": {"a1": {"merged_into": "a2"}, "gone": {"merged_into": "hidden"}},
            "stories": {"s1": {"story_id": "s1", "merged_into": "s2"}},
            "comments": {"c1": {"article_id": "a2", "text": "Well said."}},
        }
    )
    reader = Reader(client, SETTINGS)
    found = reader.article("a1")
    assert found is not None
    assert (found["article_id"], len(found["comments"])) == ("a2", 1)
    assert [one["article_id"] for one in found["coverage"]] == ["a3"]
    assert found["tellings"] == found["coverage"], "under its former name too"
    story = reader.story("s1")
    assert story is not None
    assert (story["story_id"], story["total"]) == ("s2", 2)
    assert reader.article("gone") is None
    assert reader.article("nobody") is None
    assert reader.story("nothing") is None
    assert [hit["comment_count"] for hit in reader.articles(Search())["hits"]] == [1, 0]
    assert {alias for alias, _ in client.bodies} <= {"articles", "comments", "stories", "redirects", "trends"}


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ConnectionError("refused"), Retry, "http://index:9200 does not answer (ConnectionError); is it up? `dateline status`"),
        (api_error(503), Retry, "is busy (503: some_exception: because)"),
        (api_error(500), Retry, "failed (500: some_exception: because)"),
        (api_error(401), Fatal, "does not accept the credentials"),
        (api_error(403), Fatal, "the credentials for Elasticsearch at http://index:9200 don't allow this"),
        (api_error(403, "cluster_block_exception"), Retry, "is busy (403"),
        (api_error(404, "index_not_found_exception"), Retry, "an index isn't there yet"),
        (api_error(400, "parsing_exception", "no such field"), Fatal, "refused the request (400: parsing_exception: no such field)"),
    ],
)  # fmt: skip
def test_each_failure_of_elasticsearch_has_one_error_and_one_text(
    error: Exception, kind: type[DatelineError], words: str
) -> None:
    with pytest.raises(kind) as raised, elasticsearch_errors(SETTINGS, note="nothing was written"):
        raise error
    assert words in str(raised.value)
    assert str(raised.value).endswith(". Nothing was written")


def test_a_readers_bad_query_is_rejected_and_an_operators_missing_index_is_fatal() -> None:
    client: Any = Client({}, api_error(400, "parsing_exception", "no such field"))
    with pytest.raises(Reject, match="no such field") as rejected:
        Reader(client, SETTINGS).articles(Search("x"))
    assert rejected.value.reason == "bad-query"
    with pytest.raises(Fatal, match="isn't there yet"), elasticsearch_errors(SETTINGS, missing=Fatal):
        raise api_error(404)
