"""Tells webhooks what was found: of each search in order, one at a time, and again until it is delivered or given up.

Before each attempt it is stored that there is one, so that whoever goes on after a crash tells the withdrawal of what may
have arrived. What is told is read from the index at that moment: what was killed meanwhile can't be.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpcore
import httpx
import orjson

from pipeline import telemetry, tracing
from pipeline.errors import DatelineError
from pipeline.ingest.fetching import Unfetchable
from pipeline.kafka.partitions import partition_of
from pipeline.saved import deciding, signing
from pipeline.saved.tables import Alerts, Deleted, Deliveries, SavedSearches
from pipeline.saved.telling import payload
from pipeline.settings import Settings
from pipeline.tracing import Kind, Span
from pipeline.tracing.context import sampled, valid
from schemas.saved_search import Alert, AlertKind, Delivery, SavedSearch

THREADS = 8
_OF_ONE = 2
"""Threads for one owner, and for one host: slow receivers of one don't keep all others waiting."""
_TURN, _TURN_SECONDS = 10, 20.0
"""Attempts of one search, and seconds, after which it is others' turn."""
_EVERY = 0.5
_LOST = timedelta(days=1)
"""After which an article that can't be found, and whose withdrawal never came, is no longer looked for; nor one that the search
doesn't find any more."""
_LOOK_AGAIN, _LOOK_LATER = 5.0, 300.0
_AFTER_FAILURE = 30.0

Post = Callable[[str, bytes, dict[str, str]], int]
"""Address, body and headers to the status of the answer. Raises Unfetchable."""


@dataclass(frozen=True)
class Seen:
    """An article as readers can see it."""

    document: dict[str, Any] | None
    """None where they can't."""
    found: bool = True
    """Whether the search still finds it."""


Look = Callable[[SavedSearch, Alert], Seen]
"""At the article of an alert. Raises Retry."""


class Deliverer:
    """Of the searches whose partitions are `partitions()` here; another process tells the others."""

    def __init__(
        self, settings: Settings, searches: SavedSearches, alerts: Alerts, deliveries: Deliveries, look: Look, post: Post,
        partitions: Callable[[], frozenset[int]],
    ) -> None:  # fmt: skip
        self._settings, self._searches, self._alerts, self._deliveries = settings, searches, alerts, deliveries
        self._look_at, self._post, self._partitions = look, post, partitions
        self._tracer = tracing.tracer(settings)
        self._changed = (alerts.changes.follow(), searches.changes.follow())
        self._look: dict[UUID, float] = {}
        """When to look at which search next."""
        self._deleted = Deleted(searches, alerts, deliveries)
        self._busy: dict[UUID, tuple[str, str]] = {}
        """Owner and host of those that are being told."""
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
                except Exception as e:  # this thread tells all webhooks
                    telemetry.WEBHOOK_FAILED(e, search=None)
                    self._stopping.wait(_AFTER_FAILURE)

    def stop(self) -> None:
        self._stopping.set()

    def due(self) -> list[UUID]:
        """Searches to be looked at now, each of which is `finished` before it comes again. Raises Retry."""
        mine = self._partitions()
        if not mine:
            self._mine = frozenset()
            return []
        if not self._loaded:
            self._deliveries.load()
            self._loaded = True
        self._deleted.refresh()
        now = time.monotonic()
        with self._lock:
            for changed in self._changed:
                self._look |= dict.fromkeys(changed(), now)
            if mine - self._mine:
                self._look |= dict.fromkeys(self._alerts.searches(), now)  # another has told them up to now
            self._mine = mine
            due = sorted((at, one) for one, at in self._look.items() if at <= now and one not in self._busy)
            owners, hosts = (
                Counter(one for one, _ in self._busy.values()),
                Counter(one for _, one in self._busy.values()),
            )
            found = []
            for _, search_id in due:
                search = self._searches.find(search_id)
                if search is None or not self._is_mine(search_id, mine) or not may_post(search, self._settings):
                    del self._look[search_id]
                    continue
                owner, host = _place(search)
                if owners[owner] < _OF_ONE and hosts[host] < _OF_ONE:
                    owners[owner], hosts[host] = owners[owner] + 1, hosts[host] + 1
                    del self._look[search_id]
                    self._busy[search_id] = owner, host
                    found.append(search_id)
        return found

    def _is_mine(self, search_id: UUID, mine: frozenset[int]) -> bool:
        return partition_of(str(search_id).encode(), self._settings.partitions) in mine

    def deliver(self, search_id: UUID) -> float | None:
        """Tell the webhook of a search what is due, in order, for a turn; the seconds after which to go on, None where all is
        told. Raises Retry."""
        again: float | None = None
        attempts, until = 0, time.monotonic() + _TURN_SECONDS
        known = self._searches.find(search_id)
        if known is None or deciding.is_disabled(known, self._deliveries.of_search(search_id)):
            return None
        for search, alert, last in self._pending(search_id):
            if self._stopping.is_set():
                return None
            assert search.webhook is not None
            now = datetime.now(UTC)
            if (wait := deciding.waits(alert, last, search.webhook.renewed, now)) is not None:
                return wait
            if attempts >= _TURN or time.monotonic() >= until:
                return 0.0
            if deciding.needs_no_attempt(alert, last):
                self._store(deciding.skipped(alert, last, now, "nobody was told of it"))
                continue
            seen = Seen(None) if alert.kind is AlertKind.WITHDRAWN else self._look_at(search, alert)
            told = payload(search, alert, seen.document if seen.found else None, self._settings.search_url)
            if told is None:
                there = (
                    seen.document is not None
                )  # a later revision, which the search doesn't find; the next may be another
                if now - alert.at > _LOST:
                    why = "the search does not find it any more" if there else "readers can't find it any more"
                    self._store(deciding.skipped(alert, last, now, why))
                else:
                    again = min(again or _LOOK_LATER, _LOOK_LATER if there else _LOOK_AGAIN)
                continue
            attempts += 1
            ended = self._attempt(search, alert, last, told)
            if ended.next is not None:
                return (ended.next - ended.at).total_seconds()
            if deciding.is_disabled(search, [ended]):
                telemetry.WEBHOOK_GIVEN_UP(search=search_id, problem=ended.problem)
                return None
        # during a rebalance nothing is anybody's: it may be back in a moment
        return again if self._is_mine(search_id, self._partitions()) else _LOOK_AGAIN

    def _pending(self, search_id: UUID) -> Iterator[tuple[SavedSearch, Alert, Delivery | None]]:
        for alert in self._alerts.of_search(search_id):
            search = self._searches.find(search_id)
            if search is None or not may_post(search, self._settings) or self._stopping.is_set():
                return
            if not self._is_mine(search_id, self._partitions()):
                return  # another process tells it from now on
            latest = self._alerts.find(search_id, alert.article_id) or alert
            last = self._deliveries.find(search_id, alert.article_id)
            if deciding.is_pending(search, latest, last):
                yield search, latest, last

    def _attempt(self, search: SavedSearch, alert: Alert, last: Delivery | None, told: dict[str, Any]) -> Delivery:
        assert search.webhook is not None
        begun = deciding.begin(alert, last, datetime.now(UTC), search.webhook.renewed)
        self._store(begun)
        body = orjson.dumps(told, default=str)
        headers = signing.headers(search.webhook.secret, str(alert.alert_id), int(time.time()), body)
        status: int | None = None
        problem: str | None = None
        span = self._span(alert, search.webhook.url)
        try:
            status = self._post(search.webhook.url, body, headers)
        except Unfetchable as e:
            problem = _problem(e)
        finally:
            if span is not None:
                _end(span, status, problem)
        ended = deciding.ended(begun, status, problem, datetime.now(UTC))
        self._store(ended)
        return ended

    def _span(self, alert: Alert, url: str) -> Span | None:
        """Of an attempt, in the trace of what was found. Its address isn't told: there may be a secret in it."""
        if self._tracer is None or (alert.traceparent is not None and not sampled(alert.traceparent)):
            return None
        attributes = {
            "http.request.method": "POST",
            "server.address": urlsplit(url).hostname or "",
            "dateline.article_id": str(alert.article_id),
            "dateline.search_id": str(alert.search_id),
            "dateline.alert": alert.kind.value,
        }
        return self._tracer.start("POST webhook", Kind.CLIENT, valid(alert.traceparent), attributes)

    def _deliver(self, search_id: UUID) -> None:
        again: float | None = _AFTER_FAILURE
        try:
            again = self.deliver(search_id)
        except DatelineError as e:
            telemetry.DELIVERIES_WAIT(problem=e)
        except Exception as e:  # the pool would keep it to itself; the search is looked at again
            telemetry.WEBHOOK_FAILED(e, search=search_id)
        finally:
            self.finished(search_id, again)

    def finished(self, search_id: UUID, again: float | None) -> None:
        with self._lock:
            self._busy.pop(search_id, None)
            if again is not None:
                at = time.monotonic() + again
                self._look[search_id] = min(at, self._look.get(search_id, at))

    def _store(self, delivery: Delivery) -> None:
        self._deliveries.put([(f"{delivery.search_id}/{delivery.article_id}", delivery)])
        telemetry.WEBHOOKS.labels(delivery.state.value).inc()


def _end(span: Span, status: int | None, problem: str | None) -> None:
    if status is not None:
        span.set({"http.response.status_code": status})
    if problem is not None:
        span.fail("no-answer", problem)
    elif status is None:  # a fault of ours, which is raised
        span.fail("failed")
    elif status >= 400:
        span.fail(str(status))
    span.end()


def may_post(search: SavedSearch, settings: Settings) -> bool:
    """Whether it has a webhook, and who saved it may still have one: a key that was taken away may not."""
    if search.webhook is None:
        return False
    if search.owner is None:
        return settings.open_webhooks
    return not settings.search_keys or search.owner in settings.search_keys


def _place(search: SavedSearch) -> tuple[str, str]:
    """Whose it is, and the host of its webhook. Those that no key saved are one owner's."""
    return search.owner or "", urlsplit(search.webhook.url).hostname or "" if search.webhook else ""


def _problem(error: Unfetchable) -> str:
    """What its owner is told: never the address, which may have a secret in it, nor what it resolves to."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(one, TimeoutError | httpx.TimeoutException | httpcore.TimeoutException) for one in causes):
        return "no answer in time"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "no secure connection: its certificate or protocol is not accepted"
    if any(isinstance(one, httpx.ConnectError | httpcore.ConnectError) for one in causes):
        return "no connection: there is no such host, nothing listens there, or it is not a public address"
    return "the connection broke, or the answer was no HTTP"
