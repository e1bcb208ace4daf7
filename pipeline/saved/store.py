"""The saved searches of an API process: read from Kafka and written to it, with their owners' tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pipeline.errors import DatelineError, Retry
from pipeline.saved.signing import new_secret
from pipeline.saved.tables import Alerts, Deleted, Deliveries, SavedSearches
from pipeline.settings import Settings
from schemas.saved_search import SavedSearch, Webhook

_FRESH = 0.3
"""Seconds for which what was read is new enough."""
_TURN, _AFTER_FAILURE = 2.0, 5.0
"""Seconds to wait for another thread that reads everything, and until Kafka is asked again where it did not answer."""


class Full(Exception):
    """No more can be saved. The text says whose limit that is."""


class Store:
    """Connects when it is first asked, so that searching doesn't need Kafka. Thread-safe. Every method raises Retry where
    Kafka doesn't answer, Fatal where none is configured."""

    MOST_OF_ONE = 500
    """Saved searches of one key."""
    MOST_UNGUARDED = 50
    """Of all, those that the index is asked for with every batch."""
    KEPT = timedelta(days=90)
    """Without a change of one that no key saved: nobody says that it isn't wanted any more."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.searches, self.alerts, self.deliveries = SavedSearches(settings), Alerts(settings), Deliveries(settings)
        self._deleted: Deleted | None = None
        self._lock, self._loaded, self._read, self._not_before = threading.Lock(), False, 0.0, 0.0

    def refresh(self) -> None:
        """Know what was written up to now, but for a moment. While Kafka is away one thread waits for it, and no request of
        readers: what is known stays known, and the others are told so."""
        if time.monotonic() - self._read < _FRESH:
            return
        if time.monotonic() < self._not_before:
            raise Retry("Kafka does not answer; saved searches are not available")
        if not self._lock.acquire(timeout=0 if self._loaded else _TURN):
            if self._loaded:
                return
            raise Retry("saved searches are being read")
        try:
            self._read_all()
        except DatelineError:
            self._not_before = time.monotonic() + _AFTER_FAILURE
            raise
        finally:
            self._lock.release()

    def _read_all(self) -> None:
        if self._deleted is None or not self._loaded:
            self._deleted = Deleted(self.searches, self.alerts, self.deliveries)
            tables: tuple[Any, ...] = (self.deliveries, self.alerts, self.searches)
            for table in tables:
                table.load()
        self._deleted.refresh()
        self._loaded, self._read = True, time.monotonic()

    def find(self, search_id: UUID) -> SavedSearch | None:
        self.refresh()
        return self.searches.find(search_id)

    def of(self, owner: str) -> list[SavedSearch]:
        """Those of one key, the newest first."""
        self.refresh()
        mine = [one for one in self.searches.all() if one.owner == owner]
        return sorted(mine, key=lambda one: one.created, reverse=True)

    def add(
        self,
        name: str,
        query: dict[str, Any],
        *,
        owner: str | None = None,
        updates: bool = False,
        url: str | None = None,
        unguarded: bool = False,
    ) -> tuple[SavedSearch, str]:
        """The new one and its token, which is shown only now. Raises Full."""
        self.refresh()
        self._make_room(owner)
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        made = SavedSearch(
            search_id=uuid4(), owner=owner, token_sha256=_digest(token), name=name, query=query, updates=updates, created=now,
            unguarded=unguarded, webhook=webhook(url, None, now) if url else None,
        )  # fmt: skip
        return self.put(made), token

    def _make_room(self, owner: str | None) -> None:
        if over := self.searches.over():
            self.searches.put((str(one.search_id), None) for one in over)
        known = self.searches.all()
        if len(known) >= self._settings.saved_searches:
            raise Full("as many searches are saved as this server may have (DATELINE_SAVED_SEARCHES)")
        if owner is not None and sum(one.owner == owner for one in known) >= self.MOST_OF_ONE:
            raise Full(f"a key may have {self.MOST_OF_ONE} saved searches; delete one")

    def put(self, search: SavedSearch) -> SavedSearch:
        """Store one, new or changed; returns it as it is now, with when it ends. Raises Full."""
        others = sum(one.unguarded for one in self.searches.all() if one.search_id != search.search_id)
        if search.unguarded and others >= self.MOST_UNGUARDED:
            raise Full("as many searches without a word or a name are saved as this server may have; add a word")
        if search.owner is None:
            search = search.model_copy(update={"expires": datetime.now(UTC) + self.KEPT})
        self.searches.put([(str(search.search_id), search)])
        return search

    def delete(self, search: SavedSearch) -> None:
        self.searches.put([(str(search.search_id), None)])

    def close(self) -> None:
        for table in (self.searches, self.alerts, self.deliveries):
            table.close()


def webhook(url: str, before: Webhook | None, now: datetime) -> Webhook:
    """A webhook set to this address; its secret stays the one that the receiver knows."""
    if before is None:
        return Webhook(url=url, secret=new_secret(), since=now, renewed=now)
    return before.model_copy(update={"url": url, "renewed": now})


def knows(search: SavedSearch, token: str) -> bool:
    """Whether this is the token that the search was saved with."""
    return hmac.compare_digest(search.token_sha256, _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
