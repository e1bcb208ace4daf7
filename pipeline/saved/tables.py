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

KEPT = 1000
"""Articles of one search that are known: the newest. So nobody's search fills the memory."""
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
        """None where it is deleted, or its time is over."""
        found = self.get(str(search_id))
        return None if found is None or _is_over(found) else found

    def over(self) -> list[SavedSearch]:
        """Those whose time is over, which nobody deleted yet."""
        return [one for one in self.all() if _is_over(one)]

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
        self._sorted: dict[UUID, tuple[Told, ...]] = {}
        self.changes = Changes()
        """Of searches."""
        self._expired = time.monotonic()

    def refresh(self) -> None:
        super().refresh()
        if time.monotonic() - self._expired >= _EXPIRE_EVERY:
            self._expired = time.monotonic()
            self._expire()

    def find(self, search_id: UUID, article_id: UUID) -> Told | None:
        with self._lock:
            return self._of_search.get(search_id, {}).get(article_id)

    def of_search(self, search_id: UUID) -> tuple[Told, ...]:
        """The oldest first; the same object until something changes."""
        with self._lock:
            found = self._sorted.get(search_id)
            if found is None:
                mine = self._of_search.get(search_id, {})
                found = tuple(sorted(mine.values(), key=_age))
                if found:
                    self._sorted[search_id] = found
            return found

    def of_article(self, article_id: UUID) -> Iterator[Told]:
        with self._lock:
            for search_id in list(self._of_article.get(article_id, ())):
                yield self._of_search[search_id][article_id]

    def searches(self) -> list[UUID]:
        """Those that have any."""
        with self._lock:
            return list(self._of_search)

    def forget(self, search_id: UUID) -> None:
        """All of one search."""
        with self._lock:
            for article_id in list(self._of_search.get(search_id, ())):
                self._remove(search_id, article_id)

    def _expire(self) -> None:
        oldest = datetime.now(UTC) - AGE
        for search_id in self.searches():
            with self._lock:
                for one in [one for one in self._of_search.get(search_id, {}).values() if one.at < oldest]:
                    self._remove(search_id, one.article_id)

    def _set(self, key: str, value: Told | None) -> None:
        try:
            search_id, article_id = map(UUID, key.split("/"))
        except ValueError:
            return  # nothing of ours
        with self._lock:
            if value is None:
                self._remove(search_id, article_id)
                return
            mine = self._of_search[search_id]
            mine[article_id] = value
            self._of_article[article_id].add(search_id)
            self._sorted.pop(search_id, None)
            if len(mine) > KEPT:
                self._remove(search_id, min(mine.values(), key=_age).article_id)
            self.changes.note(search_id)

    def _remove(self, search_id: UUID, article_id: UUID) -> None:
        if (mine := self._of_search.get(search_id)) is None or mine.pop(article_id, None) is None:
            return
        self._sorted.pop(search_id, None)
        self._of_article[article_id].discard(search_id)
        if not mine:
            del self._of_search[search_id]
        if not self._of_article[article_id]:
            del self._of_article[article_id]


class Alerts(_BySearch[Alert]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, ALERTS, Alert)


class Deliveries(_BySearch[Delivery]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, ALERT_DELIVERIES, Delivery)


class Deleted:
    """Forgets what is known of searches that are deleted."""

    def __init__(self, searches: SavedSearches, *tables: Alerts | Deliveries) -> None:
        self._searches, self._tables = searches, tables
        self._changed = [one.changes.follow() for one in (searches, *tables)]

    def refresh(self) -> None:
        """Read what is new in all tables. Raises Retry.

        What follows is read first: a delivery is later than its alert, and an alert than its search. So none is known whose
        search isn't known yet."""
        for table in reversed(self._tables):
            table.refresh()
        self._searches.refresh()
        for search_id in set[UUID]().union(*[changed() for changed in self._changed]):
            if self._searches.find(search_id) is None:
                for table in self._tables:
                    table.forget(search_id)


def _age(one: About) -> tuple[datetime, UUID]:
    return one.at, one.article_id


def _is_over(search: SavedSearch) -> bool:
    return search.expires is not None and search.expires <= datetime.now(UTC)
