"""The readers' pages without Elasticsearch: one article, its comments and its earlier revisions behind them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, cast

import httpx

from pipeline.search.api import build_api
from pipeline.search.highlights import balanced
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from pipeline.search.past import Past, keys_of, past, window
from pipeline.search.threads import Bone, Order, Place, Tree
from pipeline.settings import Settings

Document = dict[str, Any]


class OneArticle:
    """A reader whose every search finds the article, its comments, and `earlier` as its history."""

    def __init__(
        self, article: Document, comments: list[Document] | None = None, earlier: list[Document] | None = None
    ) -> None:
        self.article, self.found_comments, self.earlier = article, comments or [], earlier or []
        self.error: Exception | None = None
        self.failing: set[str] = set()
        """Aliases whose searches raise `error`."""

    def document(self, article_id: str) -> Document | None:
        self._fail("articles")
        return self.article if article_id == self.article["article_id"] else None

    def names_of(self, alias: str, id_: str) -> list[str]:
        self._fail(alias)
        return [id_]

    def past(self, article: Document, now: datetime, most: int, until: int | None = None) -> Past | None:
        self._fail("history")
        wanted = window(self.earlier, article, now, most, until)
        keys = keys_of(wanted, self.earlier, article)
        return past(wanted, [one for one in self.earlier if one["revision_key"] in keys], article)

    def reading(self, _: str, order: Order) -> tuple[list[Place], int]:
        self._fail("comments")
        return Tree(Bone(one["comment_id"], one.get("parent_id"), "1") for one in self.found_comments).reading(order), 2

    def comments_at(self, places: list[Place]) -> list[Document]:
        texts = {one["comment_id"]: one for one in self.found_comments}
        return [texts[one.id] | {"id": one.id, "place": one, "answers_to": self.article["headline"]} for one in places]

    def trends(self, *_: object, **__: object) -> list[Document]:
        self._fail("trends")
        return [{"name": self.article["headline"], "kind": "topic", "count": 2, "expected": 0.0}]

    def articles(self, _: object) -> Document:
        self._fail("articles")
        text = self.article["headline"]
        marks = balanced(f"{MARK_OPEN}{text}{MARK_CLOSE}")
        hit = self.article | {
            "id": self.article["article_id"],
            "highlights": {"headline": [marks], "body": [marks, text]},
            "comment_count": 2,
        }
        story = {"id": self.article["article_id"], "articles": 2, "publishers": [text]}
        facets = {name: [{"value": text, "count": 1}] for name in ("section", "person", "language")}
        histogram = [{"from": f"2026-03-0{day}T00:00:00.000Z", "count": day} for day in (1, 5)]
        notes = [{"kind": "star", "text": text}]
        return {"total": 2, "took_ms": 1, "hits": [hit | {"story": story}], "facets": facets, "notes": notes, "histogram": histogram, "next": "cursor", "sort": "newest", "did_you_mean": text}  # fmt: skip

    def comments(self, _: object) -> Document:
        self._fail("comments")
        hits = [one | {"id": one["comment_id"], "article_id": self.article["article_id"], "highlights": {"text": [balanced(f"{MARK_OPEN}{one.get('text')}{MARK_CLOSE}")]}} for one in self.found_comments]  # fmt: skip
        facets = {"article": [{"value": self.article["article_id"], "count": 3}, {"value": "hidden", "count": 1}], "publisher": [{"value": "x", "count": 1}]}  # fmt: skip
        return {
            "total": 5,
            "took_ms": 1,
            "hits": hits,
            "facets": facets,
            "notes": [],
            "next": "cursor",
            "sort": "newest",
        }

    def sources(self, alias: str, body: Document) -> list[Document]:
        return [hit["_source"] for hit in self.ask(alias, body)["hits"]["hits"]]

    def ask(self, alias: str, body: Document) -> Document:
        self._fail(alias)
        found: list[Document] = {
            "articles": [self.article],
            "comments": self.found_comments,
            "history": self.earlier,
        }.get(alias, [])
        ids = [str(one.get("comment_id") or one.get("revision_key") or one["article_id"]) for one in found]
        hits = [{"_id": id_, "_source": one, "sort": [id_], "fields": {"parent_id": [one["parent_id"]]} if one.get("parent_id") else {}, "highlight": {"body": [f"{MARK_OPEN}{self.article['headline']}{MARK_CLOSE}"]}} for id_, one in zip(ids, found, strict=True)]  # fmt: skip
        buckets = [{"key": self.article.get("section") or "x", "doc_count": 1}]
        counts = [{"key": one, "doc_count": 3} for one in [self.article.get("story_id")] if one]
        return {"hits": {"total": {"value": len(found)}, "hits": hits}, "aggregations": {"section": {"buckets": buckets}, "stories": {"buckets": counts}}}  # fmt: skip

    def _fail(self, alias: str) -> None:
        if self.error is not None and (not self.failing or alias in self.failing):
            raise self.error


def get(reader: OneArticle, *paths: str, **settings: Any) -> list[httpx.Response]:
    """The answers of one application."""

    async def answers() -> list[httpx.Response]:
        transport = httpx.ASGITransport(build_api(cast(Any, reader), Settings(_env_file=None, **settings)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(answers())
