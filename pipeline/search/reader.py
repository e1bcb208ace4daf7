"""Asks Elasticsearch for readers: only the readers' aliases are ever named here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from pipeline.errors import Reject, Retry
from pipeline.index.client import elasticsearch_url
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
        """One article's document with its `comments` and the other `tellings` of its story, or None where readers can
        see none. An id that gave way to another is answered with that one's."""
        with self._asking():
            try:
                document = dict(self._client.get(index=self._settings.named("articles"), id=article_id)["_source"])
            except NotFoundError:
                stands = self._stands_for(article_id)
                return self.article(stands) if stands is not None else None
            document["comments"] = queries.results(self._search("comments", queries.comments_of(article_id)))["hits"]
        told = self.story(document["story_id"]) if document.get("story_id") else None
        document["tellings"] = [one for one in (told["articles"] if told else []) if one["article_id"] != article_id]
        return document

    def _stands_for(self, article_id: str) -> str | None:
        """The id that stands for this one, where it gave way."""
        body = {"query": {"ids": {"values": [article_id]}}, "_source": ["merged_into"]}
        hits = self._search("redirects", body)["hits"]["hits"]
        return str(hits[0]["_source"]["merged_into"]) if hits else None

    def story(self, story_id: str) -> dict[str, Any] | None:
        """`{story_id, total, articles: […]}` of what readers can see of a story, first told first; a story that became
        part of another is answered with that one. None where readers can see none of it."""
        with self._asking():
            own, ids = self._story_ids(story_id)
            answer = self._search("articles", queries.story_query(ids))
        found = queries.tellings(answer)
        return {"story_id": own, "total": answer["hits"]["total"]["value"], "articles": found} if found else None

    def _story_ids(self, story_id: str) -> tuple[str, list[str]]:
        """The id that a story has now, and it with all that became part of it."""
        seen = [story_id]
        while (into := self._merged(seen[-1])) is not None and into not in seen:
            seen.append(into)
        body = {"query": {"term": {"merged_into": seen[-1]}}, "size": queries.MOST_TELLINGS, "_source": ["story_id"]}
        merged = [hit["_source"]["story_id"] for hit in self._search("stories", body)["hits"]["hits"]]
        return seen[-1], list(dict.fromkeys([*seen, *merged]))

    def _merged(self, story_id: str) -> str | None:
        body = {"query": {"ids": {"values": [story_id]}}, "_source": ["merged_into"]}
        hits = self._search("stories", body)["hits"]["hits"]
        return str(hits[0]["_source"]["merged_into"]) if hits else None

    def trends(self, now: datetime, kind: str | None = None, size: int = 10) -> list[dict[str, Any]]:
        """`[{kind, name, hour, count, expected, score}]`: names and topics that more articles name now than is usual for
        them, the steepest first."""
        with self._asking():
            return [
                hit["_source"] for hit in self._search("trends", queries.trend_query(now, kind, size))["hits"]["hits"]
            ]

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
