"""Saved searches, alerts and deliveries in memory, by what they are looked up by."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import ALERT_DELIVERIES, ALERTS, SAVED_SEARCHES, Topic
from schemas.saved_search import About, Alert, Delivery, SavedSearch

_EXPIRE_EVERY = 3600.0
AGE = timedelta(milliseconds=ALERTS.retention_ms)
"""How long what was told is known. A story that changes later is told anew."""
Told = TypeVar("Told", bound=About)


class Changes:
    """Which ids something was written of, for each who follows. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._followers: list[set[UUID]] = []

    def follow(self) -> Callable[[], set[UUID]]:
        """Before anything is read. The result gives what changed since it was called the last time."""
        mine: set[UUID] = set()
        with self._lock:
            self._followers.append(mine)

        def changed() -> set[UUID]:
            with self._lock:
                found = set(mine)
                mine.clear()
            return found

        return changed

    def note(self, id_: UUID) -> None:
        with self._lock:
            for one in self._followers:
                one.add(id_)


class SavedSearches(CompactedTable[SavedSearch]):
    """By id."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, SAVED_SEARCHES, SavedSearch)
        self.changes = Changes()

    def find(self, search_id: UUID) -> SavedSearch | None:
        return self.get(str(search_id))

    def _set(self, key: str, value: SavedSearch | None) -> None:
        super()._set(key, value)
        with suppress(ValueError):
            self.changes.note(UUID(key))


class _BySearch(CompactedTable[Told]):
    """Of each search, and of each article, what is known; as long as the topic keeps it."""

    def __init__(self, settings: Settings, topic: Topic, schema: type[Told]) -> None:
        super().__init__(settings, topic, schema)
        self._of_search: dict[UUID, dict[UUID, Told]] = defaultdict(dict)
        self._of_article: dict[UUID, set[UUID]] = defaultdict(set)
        self.changes = Changes()
        """Of searches."""
        self._expired = time.monotonic()

    def refresh(self) -> None:
        super().refresh()
        if time.monotonic() - self._expired >= _EXPIRE_EVERY:
            self._expired = time.monotonic()
            for search_id in self.searches():
                self.of_search(search_id)

    def find(self, search_id: UUID, article_id: UUID) -> Told | None:
        with self._lock:
            return self._of_search.get(search_id, {}).get(article_id)

    def of_search(self, search_id: UUID) -> list[Told]:
        """The oldest first."""
        oldest = datetime.now(UTC) - AGE
        with self._lock:
            mine = self._of_search.get(search_id, {})
            for one in [one for one in mine.values() if one.at < oldest]:
                self._set(f"{one.search_id}/{one.article_id}", None)
            return sorted(mine.values(), key=lambda one: (one.at, one.article_id))

    def of_article(self, article_id: UUID) -> Iterator[Told]:
        with self._lock:
            for search_id in list(self._of_article.get(article_id, ())):
                yield self._of_search[search_id][article_id]

    def searches(self) -> list[UUID]:
        """Those that have any."""
        with self._lock:
            return list(self._of_search)

    def _set(self, key: str, value: Told | None) -> None:
        try:
            search_id, article_id = map(UUID, key.split("/"))
        except ValueError:
            return  # nothing of ours
        with self._lock:
            if value is not None:
                self._of_search[search_id][article_id] = value
                self._of_article[article_id].add(search_id)
                self.changes.note(search_id)
                return
            self._of_search[search_id].pop(article_id, None)
            self._of_article[article_id].discard(search_id)
            if not self._of_search[search_id]:
                del self._of_search[search_id]
            if not self._of_article[article_id]:
                del self._of_article[article_id]


class Alerts(_BySearch[Alert]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, ALERTS, Alert)


class Deliveries(_BySearch[Delivery]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, ALERT_DELIVERIES, Delivery)
