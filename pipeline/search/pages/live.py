"""The latest headlines as Server-Sent Events: one small search every few seconds, shared by all who listen.

Each event is the whole list, so that a story that was withdrawn leaves it, and whoever missed one misses nothing. Source:
WHATWG HTML, section 9.2.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.process.connections import network_of
from pipeline.process.problems import Problem
from pipeline.search.pages.rendering import HEADERS
from pipeline.search.pages.routing import page_router
from pipeline.search.reader import Reader

router = page_router()
EVERY = 4.0
"""Seconds between two searches, while anybody listens."""
MAX_LISTENERS = 200
MAX_PER_ADDRESS = 20
"""Of these, for one client address (an IPv6 network of 64 bits): a few can't take all places."""
LATEST = 8
LONGEST = 300.0
"""Seconds after which a stream ends; the browser comes back by itself."""
_KEEP_ALIVE = 15.0
_LATER = 60
_INSTEAD = "The page itself shows the latest."
_FIELDS = ["article_id", "headline", "publisher", "language", "shown_at"]


class Latest:
    """The newest headlines, asked for once for all listeners, and only while there are any."""

    def __init__(self, reader: Reader, every: float = EVERY) -> None:
        self._reader, self._every = reader, every
        self.listeners: Counter[str] = Counter()
        """How many listen, by their network."""
        self.number, self.data = 0, b""
        """Which list it is, and the list as JSON; empty while it isn't known."""
        self._last = b""
        self._changed = asyncio.Condition()
        self._polling: asyncio.Task[None] | None = None

    def full(self, network: str) -> Problem | None:
        """Why one more of this network can't listen."""
        if self.listeners[network] >= MAX_PER_ADDRESS:
            return Problem(429, "too-many-listeners", f"At most {MAX_PER_ADDRESS} of one address can listen. {_INSTEAD}", _LATER)  # fmt: skip
        if self.listeners.total() >= MAX_LISTENERS:
            return Problem(503, "too-many-listeners", f"Too many are listening. {_INSTEAD}", _LATER)
        return None

    async def events(self, network: str = "", stopping: Any = lambda: False) -> AsyncIterator[bytes]:
        """What one listener is sent."""
        self.listeners[network] += 1
        try:
            if self._polling is None or self._polling.done():
                self.data = b""  # nobody listened: something in it may be killed by now
                self._polling = asyncio.create_task(self._poll())
            loop = asyncio.get_running_loop()
            end, spoken, sent = loop.time() + LONGEST, loop.time(), 0
            yield b"retry: 5000\n\n"
            while loop.time() < end and not stopping():
                if self.data and self.number > sent:
                    sent, spoken = self.number, loop.time()
                    yield b"id: %d\nevent: latest\ndata: %s\n\n" % (sent, self.data)
                elif loop.time() - spoken > _KEEP_ALIVE:
                    spoken = loop.time()
                    yield b": still here\n\n"
                await self._next()
        finally:
            self.listeners[network] -= 1
            if not self.listeners[network]:
                del self.listeners[network]

    async def _next(self) -> None:
        """Until the list changed, at most a second: a server that stops is seen."""
        try:
            async with asyncio.timeout(1.0), self._changed:
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _poll(self) -> None:
        while self.listeners.total():
            try:
                found = await run_in_threadpool(self._latest)
            except DatelineError as e:
                self.data = b""
                telemetry.SEARCH_FAILED(path="/live", problem=e)
            else:
                if found != self._last:
                    self.number, self._last = self.number + 1, found
                if found != self.data:
                    async with self._changed:
                        self.data = found
                        self._changed.notify_all()
            await asyncio.sleep(self._every)

    def _latest(self) -> bytes:
        body = {
            "query": {"match_all": {}},
            "size": LATEST,
            "sort": [{"shown_at": {"order": "desc", "missing": "_last"}}, {"article_id": "asc"}],
            "_source": _FIELDS,
            "track_total_hits": False,
        }
        return orjson.dumps(self._reader.sources("articles", body))


@router.get("/live")
async def live(request: Request) -> Response:
    state = request.app.state
    if not hasattr(state, "latest"):
        state.latest = Latest(state.reader)
    latest: Latest = state.latest
    network = network_of(request.client.host if request.client else "")
    if full := latest.full(network):
        return PlainTextResponse(full.detail, full.status, headers={"Retry-After": str(full.retry_after)})
    headers = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.scope.get("head"):
        return Response(media_type="text/event-stream", headers=headers)
    return StreamingResponse(latest.events(network, _stopping(state)), media_type="text/event-stream", headers=headers)


def _stopping(state: Any) -> Any:
    """Whether the server stops: it waits for answers in progress, and this one has no end of its own."""
    server = getattr(state, "server", None)
    return lambda: server is not None and server.should_exit
