"""Asks Elasticsearch for readers: only the readers' aliases are ever named here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from pipeline.connections import elasticsearch_url
from pipeline.errors import Reject, Retry
from pipeline.search import queries
from pipeline.search.queries import Search
from pipeline.settings import Settings


class Reader:
    """Searches articles and comments."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def articles(self, search: Search) -> dict[str, Any]:
        """Results as `queries.results` describes; each hit has `comment_count`."""
        with self._asking():
            found = queries.results(self._search("articles", queries.article_query(search)))
            counts = self._comment_counts([hit["id"] for hit in found["hits"]])
        for hit in found["hits"]:
            hit["comment_count"] = counts.get(hit["id"], 0)
        return found

    def comments(self, search: Search) -> dict[str, Any]:
        with self._asking():
            return queries.results(self._search("comments", queries.comment_query(search)))

    def article(self, article_id: str) -> dict[str, Any] | None:
        """One article's document with its `comments`, or None where readers can see none."""
        with self._asking():
            try:
                document = dict(self._client.get(index=self._settings.named("articles"), id=article_id)["_source"])
            except NotFoundError:
                return None
            document["comments"] = queries.results(self._search("comments", queries.comments_of(article_id)))["hits"]
            return document

    def headlines(self, article_ids: list[str]) -> dict[str, str]:
        """Headlines of these articles."""
        body = {"query": {"ids": {"values": article_ids}}, "size": len(article_ids) or 1, "_source": ["headline"]}
        with self._asking():
            return {hit["_id"]: hit["_source"]["headline"] for hit in self._search("articles", body)["hits"]["hits"]}

    def _comment_counts(self, article_ids: list[str]) -> dict[str, int]:
        if not article_ids:
            return {}
        answer = self._search("comments", queries.comment_counts(article_ids))
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["articles"]["buckets"]}

    def _search(self, alias: str, body: dict[str, Any]) -> Any:
        return self._client.search(index=self._settings.named(alias), body=body)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except TransportError as e:
            where = elasticsearch_url(self._settings)
            raise Retry(
                f"Elasticsearch at {where} does not answer ({type(e).__name__}); is it up? `dateline status` shows the engines"
            ) from e
        except NotFoundError as e:
            raise Retry("there are no indices yet; start the pipeline with `dateline run`") from e
        except ApiError as e:
            if e.status_code == 400:
                raise Reject("bad-query", str(e.message)) from e
            raise Retry(f"Elasticsearch answered {e.status_code}: {e.message}") from e
