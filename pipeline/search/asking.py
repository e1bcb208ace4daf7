"""How the search API asks Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.errors import Reject, Retry
from pipeline.index.client import elasticsearch_client, elasticsearch_errors
from pipeline.index.elastic import Elasticsearch, OrjsonSerializer
from pipeline.index.node import PlainNode
from pipeline.index.searching import SearchClient
from pipeline.search import expiry, matching, redirects
from pipeline.settings import Settings

_KNOWN_FOR = timedelta(seconds=10)
"""How long a look at the articles that expire is good: they are known for longer ahead (`expiry.AHEAD`)."""


def search_client(settings: Settings) -> Elasticsearch:
    """The client of a process that answers readers: it asks all the time. Raises Fatal as `elasticsearch_client` does."""
    return elasticsearch_client(
        settings, timeout=10, connections=20, serializer=OrjsonSerializer(), node=PlainNode, kind=SearchClient
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Asking:
    """Every method raises Retry where Elasticsearch doesn't answer or the indices aren't there yet, Reject (`bad-query`)
    where it refuses the query, Fatal where it refuses the credentials. No search of articles finds one whose rights are
    over by `clock`, nor one of comments theirs."""

    def __init__(self, client: Elasticsearch, settings: Settings, clock: Callable[[], datetime] = _utc_now) -> None:
        self._client, self._settings, self._clock = client, settings, clock
        self._expiries: tuple[datetime, dict[str, datetime]] | None = None
        """When articles that expire were looked for, and the time of each."""

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
            return dict(self._comment_search(body) if alias == "comments" else self._search(alias, body))

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

    def _comment_search(self, body: dict[str, Any]) -> Any:
        """A search in comments of any articles. (One below a certain article begins with the article itself.)"""
        return self._search("comments", expiry.without_articles(body, self._expired()))

    def _expired(self) -> list[str]:
        now = self._clock()
        if self._expiries is None or not timedelta(0) <= now - self._expiries[0] < _KNOWN_FOR:
            self._expiries = (now, self._expiries_at(now))
        return [id_ for id_, at in self._expiries[1].items() if at <= now]

    def _expiries_at(self, now: datetime) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        after: Any = None
        while True:
            answer = self._answer("articles", expiry.expiries(now, after))
            hits = answer["hits"]["hits"]
            found |= {one["_source"]["article_id"]: _time(one["_source"]["expires"]) for one in hits}
            if len(found) > expiry.MAX_EXPIRED:  # which comments are theirs can't be said in one search
                raise Retry(f"more than {expiry.MAX_EXPIRED} articles have expired and are not hidden yet")
            if len(hits) < expiry.BATCH:
                return found
            after = hits[-1]["sort"]

    def _search(self, alias: str, body: dict[str, Any]) -> Any:
        return self._answer(alias, expiry.only_unexpired(body, self._clock()) if alias == "articles" else body)

    def _answer(self, alias: str, body: dict[str, Any]) -> Any:
        """Raises Retry where a part of the index didn't answer: half a result is none."""
        answer: Any = self._client.search(index=self._settings.named(alias), body=body)
        answer = getattr(answer, "body", answer)
        if answer.get("_shards", {}).get("failed"):
            raise Retry(f"{answer['_shards']['failed']} shards of {alias} failed")
        return answer

    def _errors(self) -> AbstractContextManager[None]:
        return elasticsearch_errors(self._settings, bad_request=Reject)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
