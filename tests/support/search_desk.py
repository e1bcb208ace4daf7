"""A desk that fills a real index by hand, and asks it as the search API does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.index import templates
from pipeline.search import parameters
from pipeline.search.asking import search_client
from pipeline.search.parameters import ArticleParameters
from pipeline.search.reader import Reader
from tests.conftest import Pipeline

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Desk:
    """An index that is filled by hand, and its reader."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.settings = pipeline.settings
        self.client: Elasticsearch = pipeline.client()
        templates.install(self.client, self.settings)
        self.reader = Reader(search_client(self.settings), self.settings)

    def add(self, alias: str, **document: Any) -> None:
        id_ = document["comment_id" if alias == "comments" else "article_id"]
        self.client.index(index=self.settings.named(alias), id=id_, document={"status": "public", **document})

    def refresh(self) -> None:
        self.client.indices.refresh(index=f"{self.settings.namespace}-*")

    def articles(self, **asked: Any) -> dict[str, Any]:
        return self.reader.articles(parameters.article_search(ArticleParameters(**asked), NOW))

    def ids(self, **asked: Any) -> list[str]:
        return [hit["id"] for hit in self.articles(**asked)["hits"]]

    def every(self, **asked: Any) -> list[str]:
        """The ids of all pages, one after the other."""
        found: list[str] = []
        cursor: str | None = None
        for _ in range(50):
            page = self.articles(**asked, cursor=cursor)
            found += [hit["id"] for hit in page["hits"]]
            cursor = page["next"]
            if cursor is None:
                return found
        raise AssertionError("there is no end")
