"""The ingest API without Kafka."""

from __future__ import annotations

import asyncio

import httpx

from pipeline.push.api import build_push_api
from pipeline.push.service import IngestService
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None)


def test_health_errors_and_the_description_need_no_kafka() -> None:
    service = IngestService(SETTINGS)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(build_push_api(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            before = await client.get("/readyz")
            service.ready = True
            paths = ("/readyz", "/healthz", "/metrics", "/docs", "/openapi.json", "/nowhere", "/websub/x/y")
            answers = [await client.get(path) for path in paths]
            return [before, *answers, await client.post("/v1/items", content=b"x"), await client.put("/v1/items")]

    answers = asyncio.run(ask())
    assert [answer.status_code for answer in answers] == [503, 200, 200, 404, 200, 200, 404, 422, 401, 405]
    for answer in answers[6:]:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance"} <= answer.json().keys()
    assert answers[8].headers["www-authenticate"] == "Bearer"
    operations = {
        f"{method} {path}": operation["operationId"]
        for path, methods in answers[5].json()["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == {
        "post /v1/items": "items_v1_items_post",
        "post /v1/comments": "comments_v1_comments_post",
        "patch /v1/items/{name}": "change_v1_items__name__patch",
        "delete /v1/items/{name}": "kill_v1_items__name__delete",
        "get /v1/items/{name}": "status_v1_items__name__get",
    }
