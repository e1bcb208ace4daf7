"""The search API without Elasticsearch: its errors, redirects and health."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx
import pytest

from pipeline.errors import Fatal, Reject, Retry
from pipeline.search.api import build_api

OLD, NEW = "bf935a96-f6d4-5053-9ede-ceb2019efd5e", "6c1f2c0e-0000-4000-8000-000000000000"


class Reader:
    """Raises `error` for every search; knows OLD as another name of NEW."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def comments(self, _: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        return {"total": 0, "hits": []}

    articles = comments

    def article(self, name: str) -> dict[str, Any] | None:
        return {"article_id": NEW} if name == OLD else None

    def story(self, name: str) -> dict[str, Any] | None:
        return {"story_id": NEW, "articles": []} if name == OLD else None


def get(path: str, error: Exception | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(build_api(cast(Any, Reader(error))))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "error", "status", "media_type"),
    [
        ("/v1/articles", Reject("bad-query", "no"), 400, "application/problem+json"),
        ("/v1/comments", Retry("away"), 503, "application/problem+json"),
        (f"/v1/stories/{NEW}", None, 404, "application/problem+json"),
        ("/v1/comments", None, 200, "application/json"),
        ("/", Retry("away"), 503, "text/html; charset=utf-8"),
        ("/articles/no-such-story", None, 404, "text/html; charset=utf-8"),
        ("/readyz", Retry("away"), 503, "text/plain; charset=utf-8"),
        ("/readyz", None, 200, "text/plain; charset=utf-8"),
        ("/healthz", Retry("away"), 200, "text/plain; charset=utf-8"),
        ("/style.css", None, 200, "text/css; charset=utf-8"),
    ],
)
def test_errors_are_problems_for_programs_and_pages_for_readers(
    path: str, error: Exception | None, status: int, media_type: str
) -> None:
    answer = get(path, error)
    assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)
    if media_type == "application/problem+json":
        assert answer.json() | {"type": "about:blank", "status": status} == answer.json()


@pytest.mark.parametrize("kind", ["articles", "stories"])
def test_an_old_id_leads_to_the_one_that_is_used_now(kind: str) -> None:
    answer = get(f"/{kind}/{OLD}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/{kind}/{NEW}")


@pytest.mark.parametrize(
    "error", [Retry("http://elastic:secret@10.0.0.5:9200 does not answer"), Fatal("403 at 10.0.0.5")]
)
@pytest.mark.parametrize("path", ["/", "/v1/comments"])
def test_readers_hear_nothing_of_the_engines(error: Exception, path: str) -> None:
    answer = get(path, error)
    assert answer.status_code == 503
    assert "10.0.0.5" not in answer.text
    assert "secret" not in answer.text
    assert "Try again" in answer.text
