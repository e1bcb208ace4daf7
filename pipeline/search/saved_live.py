"""The alerts of a saved search as Server-Sent Events. Source: WHATWG HTML, section 9.2.

An event's id is its alert's time and id. Who comes back says the last one, and gets what came since, the last seconds
twice: alerts of several processes may be stored a little out of order. Receivers know a repetition by the alert's id.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
from starlette.concurrency import run_in_threadpool

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.process.problems import Problem
from pipeline.saved.store import Store
from pipeline.saved.tables import AGE
from pipeline.saved.telling import documents_of, payload
from pipeline.search.reader import Reader
from schemas.saved_search import Alert, AlertKind, SavedSearch

EVERY = 1.0
MAX_LISTENERS = 500
MAX_OF_ONE = 20
"""Of these, for one key or client network: a few can't take all places."""
LONGEST = 3600.0
"""Seconds after which a stream ends; the browser comes back by itself."""
_KEEP_ALIVE = 15.0
_OVERLAP = timedelta(seconds=10)
_AT_ONCE = 200
"""Alerts that a listener is sent in one turn."""
_UNFOUND = timedelta(minutes=5)
"""For which a story that can't be found is looked for: another copy of the index may have it already."""


class Live:
    """What listeners are sent."""

    def __init__(self, store: Store, reader: Reader, every: float = EVERY) -> None:
        self._store, self._reader, self._every = store, reader, every
        self.listeners: Counter[str] = Counter()
        """How many listen, by who they are."""

    def full(self, sender: str) -> Problem | None:
        """Why one more of this sender can't listen."""
        if self.listeners[sender] >= MAX_OF_ONE:
            return Problem(429, "too-many-listeners", f"At most {MAX_OF_ONE} of one key or address can listen. The feed has the same.", 60)  # fmt: skip
        if self.listeners.total() >= MAX_LISTENERS:
            return Problem(503, "too-many-listeners", "Too many are listening. The feed has the same.", 60)
        return None

    async def events(
        self,
        search: SavedSearch,
        base: str,
        last: str | None,
        sender: str = "",
        stopping: Callable[[], bool] = lambda: False,
    ) -> AsyncIterator[bytes]:
        """Until the search is deleted."""
        self.listeners[sender] += 1
        loop = asyncio.get_running_loop()
        following = Following(last, datetime.now(UTC))
        end, spoken = loop.time() + LONGEST, loop.time()
        try:
            # who loses the connection before the first alert has an id to say; one without data is no event
            yield b"id: %s\nretry: 3000\n\n" % following.begins.encode()
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
            self.listeners[sender] -= 1
            if not self.listeners[sender]:
                del self.listeners[sender]

    def _new(self, search_id: UUID, following: Following, base: str) -> list[bytes] | None:
        """None where the search is deleted."""
        search = self._store.find(search_id)
        if search is None:
            return None
        new = following.new(self._store.alerts.of_search(search_id))[:_AT_ONCE]
        ids = [str(one.article_id) for one in new if one.kind is not AlertKind.WITHDRAWN]
        documents = (
            {one["article_id"]: one for one in self._reader.sources("articles", documents_of(ids))} if ids else {}
        )
        events: list[bytes] = []
        now = datetime.now(UTC)
        for alert in new:
            told = payload(search, alert, documents.get(str(alert.article_id)), base)
            if told is not None or now - alert.at > _UNFOUND:
                following.sent(alert, told is not None)
            if told is not None:
                events.append(b"id: %s\nevent: %s\ndata: %s\n\n" % (event_id(alert).encode(), told["type"].encode(), orjson.dumps(told, default=str)))  # fmt: skip
        return events


class Following:
    """What one listener has got. Pure."""

    def __init__(self, last: str | None, now: datetime) -> None:
        self._last = _time_of(last, now)
        self._since = self._last - _OVERLAP if self._last else now
        self.begins = begins(self._last or now)
        """The id from which on it is told, before the first alert."""
        self._sent: set[UUID] = set()
        self._told: set[UUID] = set()
        """Articles."""
        self._nothing: Sequence[Alert] = ()
        """Alerts of which none was new."""

    def new(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Those to be sent: of withdrawals only those of articles that the listener was told of."""
        if alerts is self._nothing:
            return []
        found = [
            one
            for one in alerts
            if one.at >= self._since
            and one.alert_id not in self._sent
            and (one.kind is not AlertKind.WITHDRAWN or self._knows(one))
        ]
        self._nothing = () if found else alerts
        return found

    def sent(self, alert: Alert, told: bool) -> None:
        self._sent.add(alert.alert_id)
        if told and alert.kind is not AlertKind.WITHDRAWN:
            self._told.add(alert.article_id)

    def _knows(self, withdrawal: Alert) -> bool:
        if withdrawal.article_id in self._told:
            return True
        return self._last is not None and withdrawal.matched <= self._last + _OVERLAP


def begins(at: datetime) -> str:
    """An event's id of who knows all that was told until then."""
    return _id(at)


def event_id(alert: Alert) -> str:
    return _id(alert.at, str(alert.alert_id))


def _id(at: datetime, alert_id: str = "") -> str:
    return f"{int(at.timestamp() * 1000)}-{alert_id}"


def _time_of(last: str | None, now: datetime) -> datetime | None:
    """The time of an event's id: no later than now, and not before alerts are forgotten."""
    digits = (last or "").partition("-")[0]
    if not (digits.isascii() and digits.isdigit()):
        return None
    at = min(int(digits[:16]) / 1000, now.timestamp())
    return max(datetime.fromtimestamp(at, UTC), now - AGE)
