"""A reader of merged articles and stories."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.errors import Fatal, Reject
from pipeline.index.client import elasticsearch_errors
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings
from tests.support.index import Client, api_error

SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk")


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
        },
        namespace="desk",
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


def test_a_readers_bad_query_is_rejected_and_an_operators_missing_index_is_fatal() -> None:
    client: Any = Client({}, error=api_error(400, "parsing_exception", "no such field"))
    with pytest.raises(Reject, match="no such field") as rejected:
        Reader(client, SETTINGS).articles(Search("x"))
    assert rejected.value.reason == "bad-query"
    with pytest.raises(Fatal, match="isn't there yet"), elasticsearch_errors(SETTINGS, missing=Fatal):
        raise api_error(404)
