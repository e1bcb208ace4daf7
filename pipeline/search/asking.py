"""How the search API asks Elasticsearch."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import Reject, Retry
from pipeline.index.client import elasticsearch_errors
from pipeline.search import matching, redirects
from pipeline.settings import Settings


class Asking:
    """Every method raises Retry where Elasticsearch doesn't answer or the indices aren't there yet, Reject (`bad-query`)
    where it refuses the query, Fatal where it refuses the credentials."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def document(self, article_id: str) -> dict[str, Any] | None:
        """One article's document; None where readers can see none. The id of an article that was merged into another
        finds that one."""
        with self._errors():
            document = self._article(article_id)
            if document is None:
                own = redirects.canonical_id(self._hits, "redirects", article_id)
                document = self._article(own) if own != article_id else None
        return document

    def ask(self, alias: str, body: dict[str, Any]) -> dict[str, Any]:
        """Elasticsearch's answer to a search in one of the readers' aliases."""
        with self._errors():
            return dict(self._search(alias, body))

    def sources(self, alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents that a search finds."""
        return [hit["_source"] for hit in self.ask(alias, body)["hits"]["hits"]]

    def names_of(self, alias: str, id_: str) -> list[str]:
        """The id that an article (`redirects`) or a story (`stories`) has now, first, and all that were merged into it."""
        with self._errors():
            own = redirects.canonical_id(self._hits, alias, id_)
            return list(dict.fromkeys([own, id_, *redirects.merged_ids(self._hits, alias, own)]))

    def _article(self, article_id: str) -> dict[str, Any] | None:
        # by a search: readers' credentials don't allow a get by id (pipeline/index/roles.py)
        one = {"query": {"ids": {"values": [article_id]}}, "_source": {"excludes": [*matching.SOURCE_EXCLUDES]}}
        hits = self._hits("articles", one)
        return dict(hits[0]["_source"]) if hits else None

    def _hits(self, alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._search(alias, body)["hits"]["hits"])

    def _search(self, alias: str, body: dict[str, Any]) -> Any:
        """Raises Retry where a part of the index didn't answer: half a result is none."""
        answer: Any = self._client.search(index=self._settings.named(alias), body=body)
        answer = getattr(answer, "body", answer)
        if answer.get("_shards", {}).get("failed"):
            raise Retry(f"{answer['_shards']['failed']} shards of {alias} failed")
        return answer

    def _errors(self) -> AbstractContextManager[None]:
        return elasticsearch_errors(self._settings, bad_request=Reject)
