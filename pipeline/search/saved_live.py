"""The alerts of a saved search as Server-Sent Events. Source: WHATWG HTML, section 9.2.

An event's id is its alert's time and id. Who comes back says the last one, and gets what came since, the last seconds
twice: alerts of several processes may be stored a little out of order. Receivers know a repetition by the alert's id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
from starlette.concurrency import run_in_threadpool

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.saved.store import Store
from pipeline.saved.telling import documents_of, payload
from pipeline.search.reader import Reader
from schemas.saved_search import Alert, AlertKind, SavedSearch

EVERY = 1.0
MAX_LISTENERS = 500
LONGEST = 3600.0
"""Seconds after which a stream ends; the browser comes back by itself."""
_KEEP_ALIVE = 15.0
_OVERLAP = timedelta(seconds=10)


class Live:
    """What listeners are sent."""

    def __init__(self, store: Store, reader: Reader, every: float = EVERY) -> None:
        self._store, self._reader, self._every = store, reader, every
        self.listeners = 0

    @property
    def full(self) -> bool:
        return self.listeners >= MAX_LISTENERS

    async def events(
        self, search: SavedSearch, base: str, last: str | None, stopping: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[bytes]:
        """Until the search is deleted."""
        self.listeners += 1
        loop = asyncio.get_running_loop()
        following = Following(last, datetime.now(UTC))
        end, spoken = loop.time() + LONGEST, loop.time()
        try:
            yield b"retry: 3000\n\n"
            while loop.time() < end and not stopping():
                try:
                    events = await run_in_threadpool(self._new, search.search_id, following, base)
                except DatelineError as e:
                    telemetry.SEARCH_FAILED(path="/v1/searches/live", problem=e)
                    events = []
                if events is None:
                    return
                for event in events:
                    spoken = loop.time()
                    yield event
                if loop.time() - spoken > _KEEP_ALIVE:
                    spoken = loop.time()
                    yield b": still here\n\n"
                await asyncio.sleep(self._every)
        finally:
            self.listeners -= 1

    def _new(self, search_id: UUID, following: Following, base: str) -> list[bytes] | None:
        """None where the search is deleted."""
        search = self._store.find(search_id)
        if search is None:
            return None
        new = following.new(self._store.alerts.of_search(search_id))
        ids = [str(one.article_id) for one in new if one.kind is not AlertKind.WITHDRAWN]
        documents = (
            {one["article_id"]: one for one in self._reader.sources("articles", documents_of(ids))} if ids else {}
        )
        events = []
        for alert in new:
            told = payload(search, alert, documents.get(str(alert.article_id)), base)
            following.sent(alert, told is not None)
            if told is not None:
                events.append(b"id: %s\nevent: %s\ndata: %s\n\n" % (event_id(alert).encode(), told["type"].encode(), orjson.dumps(told, default=str)))  # fmt: skip
        return events


class Following:
    """What one listener has got. Pure."""

    def __init__(self, last: str | None, now: datetime) -> None:
        self._last = _time_of(last)
        self._since = self._last - _OVERLAP if self._last else now
        self._sent: set[UUID] = set()
        self._told: set[UUID] = set()
        """Articles."""

    def new(self, alerts: list[Alert]) -> list[Alert]:
        """Those to be sent: of withdrawals only those of articles that the listener was told of."""
        return [
            one
            for one in alerts
            if one.at >= self._since
            and one.alert_id not in self._sent
            and (one.kind is not AlertKind.WITHDRAWN or self._knows(one))
        ]

    def sent(self, alert: Alert, told: bool) -> None:
        self._sent.add(alert.alert_id)
        if told and alert.kind is not AlertKind.WITHDRAWN:
            self._told.add(alert.article_id)

    def _knows(self, withdrawal: Alert) -> bool:
        if withdrawal.article_id in self._told:
            return True
        return self._last is not None and withdrawal.matched <= self._last + _OVERLAP


def event_id(alert: Alert) -> str:
    return f"{int(alert.at.timestamp() * 1000)}-{alert.alert_id}"


def _time_of(last: str | None) -> datetime | None:
    digits = (last or "").partition("-")[0]
    try:
        return datetime.fromtimestamp(int(digits) / 1000, UTC) if digits.isascii() and digits.isdigit() else None
    except (ValueError, OverflowError, OSError):
        return None
