"""What the process `alerts` asks Elasticsearch: how texts are read, what articles are indexed by, which searches find them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from pipeline.errors import Retry
from pipeline.index.client import elasticsearch_errors
from pipeline.index.elastic import BadRequestError, Elasticsearch
from pipeline.saved.conditions import TEXTS, VALUES, Atoms, Tokens, prefix, term, value
from pipeline.search.expiry import only_unexpired
from pipeline.settings import Settings
from schemas.analysis import analyzer_of

T = TypeVar("T")
_ANALYSED_AT_ONCE = 8_000
"""Characters of one request to be analysed, with one for each text: below the index's limit of 10,000 tokens."""
_NEVER: Tokens = ((),)
"""A text in a field that isn't there: no article has it."""
_ARTICLES_AT_ONCE = 100
_SEARCHES_AT_ONCE = 200
_RECEIVED = "processed.received"
_TIMES = (_RECEIVED, "shown_at", "embargo_until")
_SAME_COPY = "dateline-alerts"
"""Of several copies of the index one may be a refresh behind another: what one can find is confirmed by the same."""
_LONGEST = "5s"
"""For one saved search."""


@dataclass(frozen=True)
class Found:
    """An article as readers can find it."""

    version: int
    since: datetime | None
    """When this revision came, or its embargo ended."""
    received: datetime | None
    """When this revision came."""
    atoms: Atoms


@dataclass(frozen=True)
class Confirmed:
    """What searches find."""

    found: dict[UUID, list[UUID]]
    """By search, the articles."""
    refused: dict[UUID, str]
    """Searches that Elasticsearch never answers, with the reason."""
    failed: dict[UUID, str]
    """Those that it didn't answer this time."""


class AlertIndex:
    """Every method raises Retry where Elasticsearch doesn't answer, Fatal where it refuses the credentials."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client, self._settings = client, settings
        self._index = settings.named("articles")
        self._missing: set[str] = set()
        self.name = ""
        """The physical index that the last articles were in: another one after a reindex."""

    def forget(self) -> None:
        """How texts are read was another index's."""
        self._missing.clear()

    def tokens(self, group: str, texts: Iterable[str]) -> dict[str, Tokens]:
        """How queries of these texts are read by a group of fields. Where the index doesn't know the group, no article
        has them."""
        found: dict[str, Tokens] = {}
        some: list[str] = []
        size = 0
        for text in texts:
            if some and size + len(text) >= _ANALYSED_AT_ONCE:
                found |= self._analysed(group, some)
                some, size = [], 0
            some.append(text)
            size += len(text) + 1
        return found | (self._analysed(group, some) if some else {})

    def terms(self, article_ids: Iterable[UUID]) -> dict[UUID, tuple[int, Atoms]]:
        """The version that the index has of each article, searchable or not yet, and the terms of its texts. Articles that
        readers may not see are left out."""
        found: dict[UUID, tuple[int, Atoms]] = {}
        for some in _batched(article_ids, _ARTICLES_AT_ONCE):
            with self._errors():
                answer: Any = self._client.mtermvectors(
                    index=self._index, ids=[str(one) for one in some], fields=[*TEXTS, "stemmed.*"], positions=False,
                    offsets=False, payloads=False, field_statistics=False, term_statistics=False,
                )  # fmt: skip
            for one in answer["docs"]:
                if "error" in one:
                    raise Retry(f"Elasticsearch can't say what {one['_id']} is indexed by")
                if one.get("found"):
                    self.name = one.get("_index", self.name)
                    found[UUID(one["_id"])] = one["_version"], frozenset(_terms(one.get("term_vectors", {})))
        return found

    def visible(self, article_ids: Sequence[UUID]) -> dict[UUID, Found]:
        """What searches find of these articles now, and their values."""
        body = {
            "query": {"ids": {"values": [str(one) for one in article_ids]}}, "size": max(1, len(article_ids)), "version": True,
            "_source": [*_TIMES, *VALUES], "track_total_hits": False,
        }  # fmt: skip
        with self._errors():
            answer = self._client.search(index=self._index, body=body, preference=_SAME_COPY)
        _whole(answer)
        found = {}
        for hit in answer["hits"]["hits"]:
            source = hit["_source"]
            self.name = hit.get("_index", self.name)
            times = [one for name in _TIMES for one in _moments(source, name)]
            atoms = frozenset(value(name, text) for name in VALUES for text in _leaves(source, name.split(".")))
            found[UUID(hit["_id"])] = Found(
                hit["_version"], max(times, default=None), max(_moments(source, _RECEIVED), default=None), atoms
            )
        return found

    def confirmed(self, queries: Mapping[UUID, tuple[Mapping[str, Any], Sequence[UUID]]]) -> Confirmed:
        """Of each search, given with its query and articles, those that it finds."""
        answered = Confirmed({}, {}, {})
        now = datetime.now(UTC)
        for some in _batched(queries.items(), _SEARCHES_AT_ONCE):
            lines: list[dict[str, Any]] = []
            for _, (query, ids) in some:
                only = {"ids": {"values": [str(one) for one in ids]}}
                body = {"query": {"bool": {"filter": [query, only]}}, "size": len(ids), "_source": False, "track_total_hits": False, "timeout": _LONGEST}  # fmt: skip
                lines += [{"preference": _SAME_COPY}, only_unexpired(body, now)]
            with self._errors():
                answers = self._client.msearch(index=self._index, searches=lines)["responses"]
            for (search_id, _), answer in zip(some, answers, strict=True):
                if "error" in answer:
                    why = f"{answer.get('status')} {answer['error'].get('reason')}"[:300]
                    (answered.refused if answer.get("status") == 400 else answered.failed)[search_id] = why
                elif not _is_whole(answer):
                    answered.failed[search_id] = (
                        f"it took longer than {_LONGEST}, or a part of the index did not answer"
                    )
                elif hits := answer["hits"]["hits"]:
                    answered.found[search_id] = [UUID(hit["_id"]) for hit in hits]
        return answered

    def _analysed(self, group: str, texts: Sequence[str]) -> dict[str, Tokens]:
        name = f"{analyzer_of(group)}_search" if group else "default_search"
        if name in self._missing:
            if group:
                return dict.fromkeys(texts, _NEVER)
            name = "default"
        with self._errors():
            try:
                answer = self._client.indices.analyze(index=self._index, analyzer=name, text=list(texts))
            except BadRequestError as e:
                if name == "default" or "analyzer" not in str(e):
                    raise
                self._missing.add(name)  # the server has no filters of languages
                return self._analysed(group, texts)
        return tokens_of(texts, answer["tokens"])

    def _errors(self) -> AbstractContextManager[None]:
        return elasticsearch_errors(self._settings)


def tokens_of(texts: Sequence[str], tokens: Iterable[Mapping[str, Any]]) -> dict[str, Tokens]:
    """What belongs to which text of one request: they are counted as one, with a character between two."""
    places: dict[str, dict[int, list[str]]] = {text: {} for text in texts}
    ends: list[tuple[int, str]] = []
    end = 0
    for text in texts:
        end += len(text.encode("utf-16-le", "surrogatepass")) // 2 + 1
        ends.append((end, text))
    rest = iter(ends)
    end, text = next(rest, (0, ""))
    for token in tokens:
        while token["start_offset"] >= end:
            end, text = next(rest)
        places[text].setdefault(token["position"], []).append(token["token"])
    return {text: tuple(tuple(found[at]) for at in sorted(found)) for text, found in places.items()}


def _terms(vectors: Mapping[str, Any]) -> Iterator[str]:
    for field, vector in vectors.items():
        group = field.split(".")[1] if field.startswith("stemmed.") else ""
        for text in vector["terms"]:
            yield term(group, text)
            if not group:
                yield prefix(text)


def _leaves(source: Any, path: Sequence[str]) -> Iterator[str]:
    if isinstance(source, list):
        for one in source:
            yield from _leaves(one, path)
    elif path:
        if isinstance(source, Mapping) and path[0] in source:
            yield from _leaves(source[path[0]], path[1:])
    elif source is not None and not isinstance(source, Mapping):
        yield str(source)


def _moments(source: Any, name: str) -> list[datetime]:
    found = [datetime.fromisoformat(text) for text in _leaves(source, name.split("."))]
    return [one if one.tzinfo else one.replace(tzinfo=UTC) for one in found]


def _batched(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = iter(values)
    while some := tuple(islice(rest, size)):
        yield some


def _is_whole(answer: Any) -> bool:
    return not (answer.get("_shards", {}).get("failed") or answer.get("timed_out"))


def _whole(answer: Any) -> None:
    if not _is_whole(answer):
        raise Retry("a part of the index did not answer")  # half a result is none
