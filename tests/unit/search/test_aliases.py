"""Whatever is asked for, by any route and in any format: only the readers' aliases are read, and earlier revisions by one route."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import httpx
import pytest

from pipeline.index.families import READERS
from pipeline.search.api import build_api
from pipeline.search.reader import Reader
from pipeline.settings import Settings
from tests.support.index import api_error
from tests.support.saved import told_of

ID = "6c1f2c0e-0000-4000-8000-000000000000"
ARTICLE = {"article_id": ID, "headline": "Ferries", "body": "They sail.", "story_id": "s1", "people": ["Ann Lee"], "shown_at": "2026-03-14T10:00:00Z"}  # fmt: skip
SEARCHES = [
    "", "q=ferry", "q=author:lee", "q=id:x", "sort=discussed", "has=comments", "collapse=story", "histogram=day", "facets=section,author",
    "fields=headline", "format=atom", "format=jsonfeed", "format=csv", "format=ndjson",
]  # fmt: skip


class Counted(dict[str, Any]):
    """The answer to any aggregation: nothing."""

    def __missing__(self, name: str) -> Any:
        return [] if name == "buckets" else Counted()

    def get(self, name: str, default: Any = None) -> Any:
        return None if name == "value_as_string" else self[name]


class Client:
    """Finds one article by its id, and nothing else; notes what is asked."""

    def __init__(self, refuses: int | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refuses = refuses

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((index, body))
        if index == "desk-history" and self.refuses:
            raise api_error(self.refuses, "security_exception")
        by_id = index == "desk-articles" and '"ids"' in json.dumps(body["query"])
        hits = [{"_id": ID, "_source": ARTICLE}] if by_id else []
        return {"took": 1, "hits": {"total": {"value": len(hits)}, "hits": hits}, "aggregations": Counted()}


def ask(client: Client, *paths: str, **options: Any) -> list[httpx.Response]:
    settings = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk", **options)

    async def answers() -> list[httpx.Response]:
        transport = httpx.ASGITransport(
            build_api(Reader(cast(Any, client), settings), settings), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return [await http.get(path) for path in paths]

    return asyncio.run(answers())


def test_every_route_reads_the_readers_aliases_only() -> None:
    client = Client()
    settings = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk")
    saved, search_id, token = told_of(settings, ID)
    api = build_api(Reader(cast(Any, client), settings), settings, saved)
    routes = [path.format(article_id=ID, story_id=ID, search_id=search_id) for path in api.openapi()["paths"]]
    routes = [path for path in routes if not path.startswith("/v1/searches")]
    paths = [f"{path}?q=ferry" if path == "/v1/suggest" else path for path in routes]
    paths += [f"/v1/articles?{search}" for search in SEARCHES] + [
        "/v1/timeline?q=x",
        "/v1/stories?has=comments",
        "/v1/comments?q=x",
    ]
    paths += [f"/v1/articles/{ID}?format={one}" for one in ("ninjs", "jsonld", "newsml-g2", "nitf")]
    paths += [f"/v1/articles/{ID}/comments?view=flat", f"/v1/articles/{ID}/comments?sort=discussed"]
    paths += [f"{path}?token={token}" for path in (f"/v1/searches/{search_id}/alerts", f"/v1/searches/{search_id}.atom", f"/saved/{search_id}")]  # fmt: skip

    async def walk() -> None:
        transport = httpx.ASGITransport(api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            for path in paths:
                before = len(client.asked)
                answer = await http.get(path)
                assert answer.status_code in (200, 404), (path, answer.text)
                read = {index for index, _ in client.asked[before:]}
                allowed = {f"desk-{alias}" for alias in READERS} | (
                    {"desk-history"} if path == f"/v1/articles/{ID}" else set()
                )
                assert read, path
                assert read <= allowed, path

    asyncio.run(walk())
    assert not any({"pit", "runtime_mappings", "script_fields"} & body.keys() for _, body in client.asked)


@pytest.mark.parametrize(("refuses", "options"), [(403, {}), (404, {}), (None, {"search_history": False})])
def test_without_the_right_to_earlier_revisions_there_are_none(refuses: int | None, options: dict[str, Any]) -> None:
    client = Client(refuses)
    (answer,) = ask(client, f"/v1/articles/{ID}", **options)
    assert (answer.status_code, answer.json()["history"]) == (200, None)
    assert any(index == "desk-history" for index, _ in client.asked) is not bool(options)


def test_half_a_result_is_none() -> None:
    class Failing(Client):
        def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
            return super().search(index, body) | {"_shards": {"failed": 1}}

    assert ask(Failing(), "/v1/articles")[0].status_code == 503
