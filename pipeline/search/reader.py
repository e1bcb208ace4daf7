"""Searches for readers: it uses only the readers' aliases."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import Reject
from pipeline.index.client import elasticsearch_errors
from pipeline.search import queries, redirects
from pipeline.search.matching import SOURCE_EXCLUDES
from pipeline.search.queries import Search
from pipeline.settings import Settings


class Reader:
    """Finds articles, comments, stories and trends that readers may see.

    Every method raises Retry where Elasticsearch doesn't answer or the indices aren't there yet, Reject (`bad-query`)
    where it refuses the query, Fatal where it refuses the credentials.
    """

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def articles(self, search: Search) -> dict[str, Any]:
        """Results as `queries.results` describes; each hit has `comment_count`."""
        with self._errors():
            found = queries.results(self._search("articles", queries.article_query(search)))
            counts = self._comment_counts([hit["id"] for hit in found["hits"]])
        for hit in found["hits"]:
            hit["comment_count"] = counts.get(hit["id"], 0)
        return found

    def comments(self, search: Search) -> dict[str, Any]:
        """Results as `queries.results` describes."""
        with self._errors():
            return queries.results(self._search("comments", queries.comment_query(search)))

    def article(self, article_id: str) -> dict[str, Any] | None:
        """One article's document with its `comments`, and the other articles of its story as `coverage`; None where
        readers can see none. The id of an article that was merged into another finds that one."""
        with self._errors():
            document = self._article(article_id)
            if document is None:
                own = redirects.canonical_id(self._hits, "redirects", article_id)
                document = self._article(own) if own != article_id else None
            if document is None:
                return None
            own = document["article_id"]
            document["comments"] = queries.results(self._search("comments", queries.comments_of(own)))["hits"]
        story = self.story(document["story_id"]) if document.get("story_id") else None
        document["coverage"] = [one for one in (story["articles"] if story else []) if one["article_id"] != own]
        document["tellings"] = document["coverage"]  # the former name, for one version
        return document

    def story(self, story_id: str) -> dict[str, Any] | None:
        """`{story_id, total, articles: […]}` of what readers can see of a story, the first published first; None where
        they can see none of it. The id of a story that was merged into another finds that one."""
        with self._errors():
            own = redirects.canonical_id(self._hits, "stories", story_id)
            ids = list(dict.fromkeys([own, story_id, *redirects.merged_ids(self._hits, "stories", own)]))
            answer = self._search("articles", queries.story_query(ids))
        found = queries.coverage(answer)
        return {"story_id": own, "total": answer["hits"]["total"]["value"], "articles": found} if found else None

    def trends(self, now: datetime, kind: str | None = None, size: int = 10) -> list[dict[str, Any]]:
        """`[{kind, name, hour, count, expected, score}]`: names and topics in more articles than is usual for them, the
        highest score first."""
        with self._errors():
            return [hit["_source"] for hit in self._hits("trends", queries.trend_query(now, kind, size))]

    def _article(self, article_id: str) -> dict[str, Any] | None:
        # by a search: readers' credentials don't allow a get by id (pipeline/index/roles.py)
        hits = self._hits(
            "articles", {"query": {"ids": {"values": [article_id]}}, "_source": {"excludes": [*SOURCE_EXCLUDES]}}
        )
        return dict(hits[0]["_source"]) if hits else None

    def _comment_counts(self, article_ids: list[str]) -> dict[str, int]:
        if not article_ids:
            return {}
        answer = self._search("comments", queries.comment_counts(article_ids))
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["articles"]["buckets"]}

    def _hits(self, alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._search(alias, body)["hits"]["hits"])

    def _search(self, alias: str, body: dict[str, Any]) -> Any:
        return self._client.search(index=self._settings.named(alias), body=body)

    def _errors(self) -> AbstractContextManager[None]:
        return elasticsearch_errors(self._settings, bad_request=Reject)
