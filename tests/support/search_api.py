"""The search API without Elasticsearch: its application asked in this process, on a reader that knows one article."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any, cast

import httpx

from pipeline.search.api import build_api
from pipeline.search.past import Past
from pipeline.settings import Settings

OLD, NEW = "bf935a96-f6d4-5053-9ede-ceb2019efd5e", "6c1f2c0e-0000-4000-8000-000000000000"
PAGE, PROBLEM = "text/html; charset=utf-8", "application/problem+json"
KEY = {"search_keys": {"website": hashlib.sha256(b"secret").hexdigest()}}
"""Settings with a key: `Bearer secret`."""


class Reader:
    """Raises `error` for every search; knows OLD as another name of NEW."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.took = 0

    def comments(self, _: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        self.took += 1
        return {
            "total": 0,
            "hits": [],
            "notes": [],
            "next": None,
            "took_ms": self.took,
            "text": "ferries " * 500,
            "facets": {},
            "sort": "newest",
            "did_you_mean": None,
        }

    articles = comments

    def article(self, name: str) -> dict[str, Any] | None:
        return {"article_id": NEW} if name == OLD else None

    def names_of(self, _: str, name: str) -> list[str]:
        return [NEW, name]

    def ask(self, alias: str, body: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        found = [{"_source": {"article_id": NEW, "headline": "Ferries"}}] if alias == "articles" else []
        return {"hits": {"total": {"value": len(found)}, "hits": found}, "aggregations": {}}

    def sources(self, *_: Any) -> list[dict[str, Any]]:
        return []

    def story(self, name: str) -> dict[str, Any] | None:
        return {"story_id": NEW, "articles": []} if name == OLD else None

    def document(self, name: str) -> dict[str, Any] | None:
        return {"article_id": NEW, "headline": "Ferries", "body": "They sail."} if name in (OLD, NEW) else None

    def past(self, *_: Any) -> Past:
        shown = tuple({"headline": f"Ferries {n}", "modified": str(n)} for n in range(4))
        return Past(shown, 7, 10, ({"at": "1", "note": "One."}, {"at": "3", "note": "Two."}))

    def thread(self, article_id: str, parent: str | None, *_: Any) -> dict[str, Any] | None:
        return {"total": 0, "comments": [], "notes": [], "next": None} if article_id == NEW and parent is None else None

    def related(self, *_: Any) -> list[Any]:
        return []

    def suggestions(self, text: str, _: int) -> list[dict[str, Any]]:
        return [{"kind": "person", "text": text}]

    def stories(self, _: Any) -> dict[str, Any]:
        return {"stories": [], "notes": []}

    def timeline(self, *_: Any) -> dict[str, Any]:
        return {"total": 0, "times": [], "notes": []}

    def every(self, _: Any) -> Iterator[dict[str, Any]]:
        if self.error:
            raise self.error
        yield from ({"article_id": str(n), "headline": "=1"} for n in range(3))

    def trends(self, *_: Any, **__: Any) -> list[Any]:
        return []


def ask(
    *paths: str,
    error: Exception | None = None,
    method: str = "GET",
    options: dict[str, Any] | None = None,
    **headers: str,
) -> list[httpx.Response]:
    """The answers of one application, one after the other."""

    async def answers() -> list[httpx.Response]:
        transport = httpx.ASGITransport(
            build_api(cast(Any, Reader(error)), Settings(_env_file=None, **(options or {}))), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return [await client.request(method, path, headers=sent) for path in paths]

    return asyncio.run(answers())


def get(path: str, error: Exception | None = None, **headers: str) -> httpx.Response:
    return ask(path, error=error, method="GET", options=None, **headers)[0]
