"""Elasticsearch's indices as dictionaries: what the real sink asks for, done by the rule of external versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipeline.index.documents import index_request
from pipeline.index.requests import latest, operations
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, ConsumedRecord, Record


class Indices:
    """Every index of one world."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self._removed: dict[tuple[str, str], int] = {}

    def take(self, records: Iterable[Record], now: datetime) -> None:
        """Write one batch, in the sink's own phases; records of other topics are passed over."""
        indexed = [one for one in records if one.topic in (ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT)]
        places = [index_request(ConsumedRecord(one.topic, 0, 0, one.key, one.encoded()), [], now) for one in indexed]
        for phase in operations(latest(places)):
            for op in phase:
                key, version = (op.index, op.id), op.version or 0
                if version <= max(self._standing.get(key, (-1, {}))[0], self._removed.get(key, -1)):
                    continue  # as Elasticsearch answers 409
                if op.document is None:
                    self._standing.pop(key, None)
                    self._removed[key] = version
                else:
                    self._standing[key] = (version, op.document)

    def documents(self, index: str) -> dict[str, dict[str, Any]]:
        """By id, without what differs from run to run."""
        return {
            id_: {name: value for name, value in document.items() if name != "processed"}
            for (at, id_), (_, document) in self._standing.items()
            if at == index
        }

    def all(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Every index's documents."""
        return {index: self.documents(index) for index in sorted({at for at, _ in self._standing})}
