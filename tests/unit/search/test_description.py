"""The description of the API (OpenAPI): whoever makes a client of it can read all of it, and answers are what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import pytest

from schemas.documents import ArticleDocument, CommentDocument
from schemas.saved_search import AlertKind, Delivery, DeliveryState
from tests.support.description import Description
from tests.support.search_api import KEY, OLD, get
from tests.support.search_api import ask as ask_one
from tests.unit.search.saved_api import KEYS, A, B, alert, ask, made, save


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = get("/openapi.json").json()
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, one in methods.items():
            yield method, path, one


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def test_every_reference_leads_to_something() -> None:
    """A reference is one within the whole document (OpenAPI 3.1, section 4.3)."""
    whole = description()
    for reference in set(references(whole)):
        at: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            assert step in at, reference
            at = at[step]


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in operations()])
def test_an_operation_names_every_status_that_it_may_answer(method: str, path: str) -> None:
    answers = description()["paths"][path][method]["responses"]
    assert {"400", "401", "422", "429", "500", "503"} <= answers.keys()
    assert ("304" in answers) == (method == "get" and not path.endswith("/live")), "what is changed is told anew"
    assert ("404" in answers) == ("{" in path or path.startswith("/v1/searches"))
    assert ("413" in answers) == (method in ("post", "patch"))
    for status, one in answers.items():
        assert one["description"]
        if status >= "400":
            assert one["content"].keys() == {"application/problem+json"}, status


def test_a_key_is_described() -> None:
    whole = description()
    (scheme,) = whole["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all(one["security"] == [{}, {"key": []}] for _, _, one in operations()), "no keys are asked for here"
    kept = made(search_keys=KEYS)[0].openapi()["paths"]
    for path, methods in kept.items():
        for one in methods.values():
            token = path.endswith((".atom", "/live"))
            assert one["security"] == ([{}, {"key": []}] if token else [{"key": []}]), path


def holds(answer: httpx.Response, method: str, path: str) -> None:
    Description(description()).hold(answer, method, path)


def test_saved_searches_are_answered_as_described() -> None:
    api, store, _ = made(search_keys=KEYS)
    hook = {"webhook": {"url": "https://desk.example/alerts"}}
    answer = save(api, "herald", **hook)
    holds(answer, "post", "/v1/searches")
    assert "search_keys" not in answer.text
    path, own = answer.headers["location"], UUID(answer.json()["id"])
    told = [alert(A), alert(B, AlertKind.WITHDRAWN, number=2)]
    store.alerts.put((f"{own}/{one.article_id}", one.model_copy(update={"search_id": own})) for one in told)
    first = Delivery(search_id=own, article_id=A, version=1, kind=AlertKind.MATCHED, state=DeliveryState.DELIVERED, attempts=1, told=True, first=told[0].at, at=told[0].at, status=204)  # fmt: skip
    store.deliveries.put([(f"{own}/{A}", first)])
    holds(ask(api, "GET", "/v1/searches", "herald"), "get", "/v1/searches")
    holds(ask(api, "GET", path, "herald"), "get", "/v1/searches/{search_id}")
    for changes in ({"name": "Boats"}, {"webhook": None}, hook):
        holds(ask(api, "PATCH", path, "herald", json=changes), "patch", "/v1/searches/{search_id}")
    alerts = ask(api, "GET", f"{path}/alerts", "herald")
    holds(alerts, "get", "/v1/searches/{search_id}/alerts")
    deliveries = ask(api, "GET", f"{path}/deliveries", "herald")
    holds(deliveries, "get", "/v1/searches/{search_id}/deliveries")
    (delivery,) = deliveries.json()
    assert delivery["alert"] in {one["id"] for one in alerts.json()}, "which alert it was"


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("post", "/v1/searches", {"json": {"name": "x", "query": {"q": "a", "sektion": "b"}}}),
        ("post", "/v1/searches", {"content": b"{"}),
        ("post", "/v1/searches?dry=1", {"json": {"name": "x", "query": {"q": "a"}}}),
        ("get", "/v1/searches?page=2", {}),
        ("get", "/v1/searches", {}),
        ("get", f"/v1/searches/{A}?x=1", {}),
        ("delete", f"/v1/searches/{A}", {}),
        ("patch", f"/v1/searches/{A}?sure=1", {"json": {"name": "x"}}),
        ("get", f"/v1/searches/{A}/alerts?limit=5", {}),
    ],
)
def test_errors_are_answered_as_described_and_nothing_unknown_is_ignored(method: str, path: str, more: Any) -> None:
    answer = ask(made()[0], method.upper(), path, **more)
    assert answer.status_code in (400, 403, 404, 422)
    if "?" in path:
        assert (answer.status_code, answer.json()["parameter"]) == (400, path.partition("?")[2].partition("=")[0])
    holds(answer, method, path.partition("?")[0].replace(str(A), "{search_id}"))


def test_a_search_that_is_saved_is_told_whole_whatever_the_sender_knows() -> None:
    """If-None-Match: * is how a client says that it makes something new (RFC 9110, section 13.1.2)."""
    api, _, _ = made()

    async def asked() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
            sent = {"name": "Ferries", "query": {"q": "ferry"}}
            new = await client.post("/v1/searches", json=sent, headers={"If-None-Match": "*"})
            own = f"{new.headers['location']}?token={new.json()['token']}"
            return [new, await client.patch(own, json={"name": "Boats"}, headers={"If-None-Match": "*"})]

    new, changed = asyncio.run(asked())
    assert (new.status_code, changed.status_code) == (201, 200)
    assert changed.json()["name"] == "Boats"
    assert {one.headers["cache-control"] for one in (new, changed)} == {"no-store"}


@pytest.mark.parametrize("format_", ["json", "ninjs", "jsonld", "newsml-g2", "nitf"])
def test_each_format_of_an_article_is_described(format_: str) -> None:
    answer = get(f"/v1/articles/{OLD}?format={format_}")
    described = description()["paths"]["/v1/articles/{article_id}"]["get"]["responses"]["200"]["content"]
    assert answer.headers["content-type"].partition(";")[0] in described


def test_a_stream_or_a_feed_is_nothing_else() -> None:
    for path, media_type in ((".atom", "application/atom+xml"), ("/live", "text/event-stream")):
        found = description()["paths"][f"/v1/searches/{{search_id}}{path}"]["get"]["responses"]["200"]
        assert list(found["content"]) == [media_type]


def test_articles_and_errors_are_as_described() -> None:
    holds(get("/v1/suggest?q=an"), "get", "/v1/suggest")
    holds(ask_one("/v1/articles", options=KEY)[0], "get", "/v1/articles")
    holds(get("/v1/articles?size=1000"), "get", "/v1/articles")
    holds(get("/v1/articles", KeyError("x")), "get", "/v1/articles")


@pytest.mark.parametrize("more", [{"surprise": 1}, {"hits": [{"id": "1", "article_id": "1", "comment_count": 0, "oops": 1}]}, {"total": "3"}])  # fmt: skip
def test_what_is_not_described_is_found(more: dict[str, Any]) -> None:
    found = {"total": 0, "took_ms": 1, "sort": "newest", "notes": [], "next": None, "hits": [], "facets": {}, "did_you_mean": None}  # fmt: skip
    request = httpx.Request("GET", "http://test/v1/articles")
    holds(httpx.Response(200, json=found, request=request), "get", "/v1/articles")
    with pytest.raises(AssertionError):
        holds(httpx.Response(200, json=found | more, request=request), "get", "/v1/articles")


def test_every_field_of_the_index_is_described() -> None:
    schemas = description()["components"]["schemas"]
    assert schemas["ArticleHit"]["properties"].keys() >= ArticleDocument.names() - {"stemmed"}
    assert schemas["CommentHit"]["properties"].keys() >= CommentDocument.names()
    assert "stemmed" not in schemas["ArticleHit"]["properties"]
    assert "latitude" not in schemas["Named"]["properties"], "what no document has"
