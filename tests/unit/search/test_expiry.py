"""Rights that are over while the worker or the indexer is away: the index still has the article as public."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest

from pipeline.errors import Retry
from pipeline.search import expiry
from pipeline.search.api import build_api
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings
from tests.support.index import Client
from tests.support.saved import told_of

SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200")
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
OVER, SOON, FREE = (f"6c1f2c0e-0000-4000-8000-00000000000{n}" for n in range(3))
STORY = "6c1f2c0e-0000-4000-8000-0000000000aa"
COMMENT = "6c1f2c0e-0000-4000-8000-0000000000cc"
PAGES = ["/", "/search", "/search?q=ferry", f"/articles/{OVER}", f"/articles/{OVER}?q=ferry", f"/articles/{OVER}/comments", f"/articles/{OVER}/revisions", f"/stories/{STORY}", f"/comments/{COMMENT}"]  # fmt: skip
QUERIES = ["q=ferry", "sort=discussed", "has=comments", "collapse=story", "histogram=day", "format=atom", "format=jsonfeed", "format=csv", "format=ndjson"]  # fmt: skip


def index() -> Any:
    def document(id_: str, headline: str, **more: str) -> dict[str, Any]:
        return {"article_id": id_, "headline": headline, "body": f"{headline} sails.", "publisher": "p", "story_id": STORY, "shown_at": "2026-03-14T10:00:00Z", **more}  # fmt: skip

    return Client(
        {
            "articles": {
                OVER: document(OVER, "Licensed", expires="2026-03-14T11:59:59Z"),
                SOON: document(SOON, "Lasting", expires="2026-03-14T12:00:05Z"),
                FREE: document(FREE, "Free"),
            },
            "comments": {
                COMMENT: {"comment_id": COMMENT, "article_id": OVER, "text": "On the Licensed one.", "posted": "2026-03-14T10:00:00Z"},
                "c2": {"comment_id": "c2", "article_id": FREE, "text": "Well said.", "posted": "2026-03-14T10:00:00Z"},
            },
            "stories": {}, "redirects": {}, "trends": {}, "history": {},
        }
    )  # fmt: skip


def conditions(query: Any) -> bool:
    """Whether a query is only of articles whose rights are not over."""
    return {"range": {"expires": {"lte": NOW.isoformat()}}} in query.get("bool", {}).get("must_not", [])


def test_nothing_of_an_article_whose_rights_are_over_is_shown_by_any_route() -> None:
    client = index()
    saved, search_id, token = told_of(SETTINGS, OVER)
    api = build_api(Reader(client, SETTINGS, lambda: NOW), SETTINGS, saved)
    described = [path for path in api.openapi()["paths"] if not path.endswith("/live")]  # which has no end
    routes = [path.format(article_id=OVER, story_id=STORY, search_id=search_id) for path in described]
    routes = [f"{path}?token={token}" if search_id in path else path for path in (*routes, f"/saved/{search_id}")]
    paths = [f"{path}?q=lic" if path == "/v1/suggest" else path for path in routes]
    paths += [f"/v1/articles?{query}" for query in QUERIES] + PAGES
    paths += [f"/v1/articles/{OVER}?format={one}" for one in ("ninjs", "jsonld", "newsml-g2", "nitf")]
    paths += [f"/v1/articles/{OVER}/comments?view=flat", f"/v1/comments?article={OVER}", "/v1/comments?q=said"]

    async def walk() -> None:
        transport = httpx.ASGITransport(api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            for path in paths:
                answer = await http.get(path)
                assert answer.status_code in (200, 403, 404, 500), (path, answer.text)  # 500: this index counts nothing
                assert "Licensed" not in answer.text, path

    asyncio.run(walk())
    asked = [body for alias, body in client.bodies if alias == "articles" and body["query"] != expiry.expiries(NOW)["query"]]  # fmt: skip
    assert asked
    for body in asked:
        assert conditions(body["query"]), json.dumps(body)
        for one in body.get("aggs", {}).values():
            if "global" in one:
                assert all(conditions(inside["filter"]["bool"]["filter"][0]) for inside in one["aggs"].values())


def test_an_article_goes_at_its_own_second_and_its_comments_with_it() -> None:
    moment = [NOW]
    client = index()
    client.documents["comments"]["c3"] = {"comment_id": "c3", "article_id": SOON, "text": "Soon."}
    reader = Reader(client, SETTINGS, lambda: moment[0])

    def shown() -> tuple[list[str], list[str]]:
        articles = [hit["id"] for hit in reader.articles(Search())["hits"]]
        return articles, [hit["id"] for hit in reader.comments(Search())["hits"]]

    assert shown() == ([SOON, FREE], ["c2", "c3"])
    looked = len(client.bodies)
    moment[0] = NOW + timedelta(seconds=5)
    assert shown() == ([FREE], ["c2"])
    asked = [body["query"] for alias, body in client.bodies[looked:] if alias == "articles"]
    assert expiry.expiries(moment[0])["query"] not in asked, "what expires soon is known ahead"
    assert reader.document(SOON) is None
    assert reader.ask("comments", {"query": {"ids": {"values": ["c3"]}}})["hits"]["hits"] == []


def test_a_clock_that_was_set_back_is_no_reason_to_believe_an_old_look() -> None:
    moment = [NOW]
    client = index()
    reader = Reader(client, SETTINGS, lambda: moment[0])
    reader.comments(Search())
    moment[0] = NOW - timedelta(hours=1)
    assert [hit["id"] for hit in reader.comments(Search())["hits"]] == [COMMENT, "c2"]


def test_more_expired_articles_than_a_search_can_leave_out_are_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "MAX_EXPIRED", 1)
    monkeypatch.setattr(expiry, "BATCH", 1)

    class Paged(Client):
        def search(self, index: str, body: dict[str, Any] | None = None, **parameters: Any) -> dict[str, Any]:
            found = super().search(index, body, **parameters)
            if after := (body or {}).get("search_after"):
                found["hits"]["hits"] = [{"_id": "x", "_source": {"article_id": f"after-{after}", "expires": "2026-03-14T11:00:00Z"}, "sort": after}]  # fmt: skip
            return found

    reader = Reader(cast(Any, Paged(index().documents)), SETTINGS, lambda: NOW)
    with pytest.raises(Retry):
        reader.comments(Search())
    assert reader.articles(Search())["total"] == 2
