"""Elasticsearch in memory: the indices that the sink writes, and a client for what is asked of single documents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from pipeline.index.projections import index_request
from pipeline.index.requests import latest, operations
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, TRENDS, ConsumedRecord, Record
from schemas.current import CurrentArticle, CurrentComment, SupersededArticle
from schemas.events import CurrentArticleEvent, CurrentCommentEvent, SupersededArticleEvent
from tests.support.memory import key_of

Document = dict[str, Any]


class Indices:
    """Every index as a dictionary: what the real sink asks for, done by the rule of external versions. Beside them what a
    reader of the compacted topics has, which is more: not every field is in an index."""

    def __init__(self) -> None:
        self.current: dict[str, Any] = {}
        """By key, the current article or comment of the highest version."""
        self.history: dict[str, SupersededArticle] = {}
        self.ever_public: list[str] = []
        """Every public record that was ever written."""
        self._indexed: dict[tuple[str, str], tuple[int, Document]] = {}
        self._removed: dict[tuple[str, str], int] = {}

    def take(self, records: Iterable[Record], now: datetime) -> None:
        """Write one batch, in the sink's own phases; records of other topics are passed over."""
        indexed = [
            one for one in records if one.topic in (ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, TRENDS)
        ]
        for record in indexed:
            self._read(record)
        requests = [index_request(ConsumedRecord(one.topic, 0, 0, one.key, one.encoded()), [], now) for one in indexed]
        for phase in operations(latest(requests)):
            for op in phase:
                key, version = (op.index, op.id), op.version or 0
                if version <= max(self._indexed.get(key, (-1, {}))[0], self._removed.get(key, -1)):
                    continue  # as Elasticsearch answers 409
                if op.document is None:
                    self._indexed.pop(key, None)
                    self._removed[key] = version
                else:
                    self._indexed[key] = (version, op.document)

    def _read(self, record: Record) -> None:
        if not isinstance(record.value, CurrentArticleEvent | CurrentCommentEvent | SupersededArticleEvent):
            return  # bytes, as a broker has them
        data, key = record.value.data, key_of(record)
        known: dict[str, Any] = self.history if isinstance(data, SupersededArticle) else self.current
        if key not in known or known[key].version <= data.version:
            known[key] = data
        if isinstance(data, CurrentArticle | CurrentComment) and data.visibility.public:
            self.ever_public.append(data.model_dump_json())

    def documents(self, index: str) -> dict[str, Document]:
        """By id, without what differs from run to run."""
        return {
            id_: {name: value for name, value in document.items() if name != "processed"}
            for (at, id_), (_, document) in self._indexed.items()
            if at == index
        }

    def all(self) -> dict[str, dict[str, Document]]:
        """Every index's documents."""
        return {index: self.documents(index) for index in sorted({at for at, _ in self._indexed})}


class Client:
    """A client of documents by id below their alias, or below the indices that it has: searches by one condition, and
    removals in bulk.

    `error` is raised by each search; `refuses` can't be removed. `bodies` has what was asked, `bulks` how often was removed.
    """

    def __init__(
        self,
        documents: dict[str, dict[str, Document]],
        *,
        namespace: str = "",
        error: Exception | None = None,
        refuses: str | None = None,
    ) -> None:
        self.documents, self.error, self.refuses = documents, error, refuses
        self._prefix = f"{namespace}-" if namespace else ""
        self.indices = self
        self.bodies: list[tuple[str, Document]] = []
        self.bulks = 0

    def options(self, **_: object) -> Client:
        return self

    def refresh(self, index: str) -> None:
        pass

    def search(self, index: str, body: Document | None = None, **parameters: Any) -> Document:
        if self.error:
            raise self.error
        alias, asked = index.removeprefix(self._prefix), body or parameters
        self.bodies.append((alias, asked))
        found: list[Document] = [
            {"_index": f"{self._prefix}{name}", "_id": id_, "_source": source, "sort": [id_]}
            for name, documents in self.documents.items()
            if name == alias or re.fullmatch(rf"{re.escape(alias)}-\d+", name)
            for id_, source in documents.items()
            if matches(asked.get("query", {"match_all": {}}), id_, source)
        ]
        counts: list[Document] = [{"key": one["_source"].get("article_id"), "doc_count": 1} for one in found]
        return {
            "took": 1,
            "hits": {"total": {"value": len(found)}, "hits": found[: asked.get("size", 10)]},
            "aggregations": {"articles": {"buckets": counts}},
        }

    def count(self, index: str, query: Document) -> Document:
        return {"count": self.search(index, query=query)["hits"]["total"]["value"]}

    def bulk(self, operations: list[Document], refresh: bool) -> Document:
        assert refresh
        self.bulks += 1
        return {"items": [{"delete": self._remove(**operation["delete"])} for operation in operations]}

    def _remove(self, _index: str, _id: str) -> Document:
        if self.refuses == _id:
            return {"status": 403, "error": {"reason": "index is read-only"}}
        return {"status": 200 if self.documents.get(_index.removeprefix(self._prefix), {}).pop(_id, None) else 404}


def matches(query: Document, id_: str, source: Document) -> bool:
    """Whether a document meets the conditions of a query; words are in every text."""
    ((kind, what),) = query.items()
    if kind == "bool" and set(what) <= {"filter", "must", "must_not"}:
        conditions = [*what.get("filter", ()), *what.get("must", ())]
        wanted = all(matches(one, id_, source) for one in conditions)
        return wanted and not any(matches(one, id_, source) for one in what.get("must_not", ()))
    if kind == "ids":
        return id_ in what["values"]
    if kind == "range" and "expires" in what:
        limit = datetime.fromisoformat(what["expires"]["lte"])
        return source.get("expires") is not None and datetime.fromisoformat(source["expires"]) <= limit
    if kind in ("term", "terms", "match_phrase"):
        ((name, value),) = what.items()
        return source.get(name) in (value if kind == "terms" else [value])
    return True


def api_error(status: int, kind: str = "some_exception", reason: str = "because") -> ApiError:
    """An error as Elasticsearch answers it."""
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "index", 9200))
    return ApiError(kind, meta, {"error": {"type": kind, "root_cause": [{"reason": reason}]}})
