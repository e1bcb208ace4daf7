"""Tells webhooks what was found: of each search in order, one at a time, and again until it is delivered or given up.

Before each attempt it is stored that there is one, so that whoever goes on after a crash tells the withdrawal of what may
have arrived. What is told is read from the index at that moment: what was killed meanwhile can't be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.ingest.fetching import Unfetchable
from pipeline.kafka.partitions import partition_of
from pipeline.saved import deciding, signing
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.saved.telling import payload
from pipeline.settings import Settings
from schemas.saved_search import Alert, AlertKind, Delivery, SavedSearch

THREADS = 8
_EVERY = 0.5
_LOST = timedelta(days=1)
"""After which an article that can't be found, and whose withdrawal never came, is no longer looked for."""
_LOOK_AGAIN = 5.0
_AFTER_FAILURE = 30.0

Post = Callable[[str, bytes, dict[str, str]], int]
"""Address, body and headers to the status of the answer. Raises Unfetchable."""
Document = Callable[[UUID], dict[str, Any] | None]
"""What readers can see of an article now; None where they can't."""


class Deliverer:
    """Of the searches whose partitions are `partitions()` here; another process tells the others."""

    def __init__(
        self, settings: Settings, searches: SavedSearches, alerts: Alerts, deliveries: Deliveries, document: Document, post: Post,
        partitions: Callable[[], frozenset[int]],
    ) -> None:  # fmt: skip
        self._settings, self._searches, self._alerts, self._deliveries = settings, searches, alerts, deliveries
        self._document, self._post, self._partitions = document, post, partitions
        self._changed = (alerts.changes.follow(), searches.changes.follow())
        self._look: dict[UUID, float] = {}
        """When to look at which search next."""
        self._busy: set[UUID] = set()
        self._mine: frozenset[int] = frozenset()
        self._loaded = False
        self._lock, self._stopping = threading.Lock(), threading.Event()

    def run(self) -> None:
        """Until `stop`; on a thread of its own."""
        with ThreadPoolExecutor(THREADS, "webhook") as pool:
            while not self._stopping.wait(_EVERY):
                try:
                    for search_id in self.due():
                        pool.submit(self._deliver, search_id)
                except DatelineError as e:
                    telemetry.DELIVERIES_WAIT(problem=e)
                    self._stopping.wait(_LOOK_AGAIN)

    def stop(self) -> None:
        self._stopping.set()

    def due(self) -> list[UUID]:
        """Searches to be looked at now, each of which is `finished` before it comes again. Raises Retry."""
        mine = self._partitions()
        if not mine:
            return []
        if not self._loaded:
            self._deliveries.load()
            self._loaded = True
        for table in (self._searches, self._alerts, self._deliveries):
            table.refresh()
        now = time.monotonic()
        with self._lock:
            for changed in self._changed:
                self._look |= dict.fromkeys(changed(), now)
            if mine - self._mine:
                self._look |= dict.fromkeys(self._alerts.searches(), now)  # another has told them up to now
            self._mine = mine
            found = [one for one, at in self._look.items() if at <= now and one not in self._busy]
            for one in found:
                del self._look[one]
            found = [one for one in found if partition_of(str(one).encode(), self._settings.partitions) in mine]
            self._busy |= set(found)
        return found

    def deliver(self, search_id: UUID) -> float | None:
        """Tell the webhook of a search all that is due, in order; the seconds after which to go on, None where all is told.
        Raises Retry."""
        again: float | None = None
        known = self._searches.find(search_id)
        if known is None or deciding.is_disabled(known, self._deliveries.of_search(search_id)):
            return None
        for search, alert, last in self._pending(search_id):
            if self._stopping.is_set():
                return None
            now = datetime.now(UTC)
            if last is not None and last.next is not None and last.number == alert.number and last.next > now:
                return (last.next - now).total_seconds()
            if deciding.needs_no_attempt(alert, last):
                self._store(deciding.skipped(alert, last, now, "nobody was told of it"))
                continue
            document = None if alert.kind is AlertKind.WITHDRAWN else self._document(alert.article_id)
            told = payload(search, alert, document, self._settings.search_url)
            if told is None:
                if now - alert.at > _LOST:
                    self._store(deciding.skipped(alert, last, now, "readers can't find it any more"))
                again = _LOOK_AGAIN
                continue
            ended = self._attempt(search, alert, last, told)
            if ended.next is not None:
                return (ended.next - ended.at).total_seconds()
            if deciding.is_disabled(search, [ended]):
                telemetry.WEBHOOK_GIVEN_UP(search=search_id, problem=ended.problem)
                return None
        return again

    def _pending(self, search_id: UUID) -> Iterator[tuple[SavedSearch, Alert, Delivery | None]]:
        for alert in self._alerts.of_search(search_id):
            search = self._searches.find(search_id)
            if search is None or search.webhook is None or self._stopping.is_set():
                return
            latest = self._alerts.find(search_id, alert.article_id) or alert
            last = self._deliveries.find(search_id, alert.article_id)
            if deciding.is_pending(search, latest, last):
                yield search, latest, last

    def _attempt(self, search: SavedSearch, alert: Alert, last: Delivery | None, told: dict[str, Any]) -> Delivery:
        assert search.webhook is not None
        begun = deciding.begin(alert, last, datetime.now(UTC))
        self._store(begun)
        body = orjson.dumps(told, default=str)
        headers = signing.headers(search.webhook.secret, str(alert.alert_id), int(time.time()), body)
        status: int | None = None
        problem: str | None = None
        try:
            status = self._post(search.webhook.url, body, headers)
        except Unfetchable as e:
            problem = str(e)[:500]
        ended = deciding.ended(begun, status, problem, datetime.now(UTC))
        self._store(ended)
        return ended

    def _deliver(self, search_id: UUID) -> None:
        again: float | None = _AFTER_FAILURE
        try:
            again = self.deliver(search_id)
        except DatelineError as e:
            telemetry.DELIVERIES_WAIT(problem=e)
        except Exception as e:
            telemetry.WEBHOOK_FAILED(e, search=search_id)
        finally:
            self.finished(search_id, again)

    def finished(self, search_id: UUID, again: float | None) -> None:
        with self._lock:
            self._busy.discard(search_id)
            if again is not None:
                at = time.monotonic() + again
                self._look[search_id] = min(at, self._look.get(search_id, at))

    def _store(self, delivery: Delivery) -> None:
        self._deliveries.put([(f"{delivery.search_id}/{delivery.article_id}", delivery)])
        telemetry.WEBHOOKS.labels(delivery.state.value).inc()
