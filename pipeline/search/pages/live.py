"""The latest headlines as Server-Sent Events: one small search every few seconds, shared by all who listen.

Each event is the whole list, so that a story that was withdrawn leaves it, and whoever missed one misses nothing. Source:
WHATWG HTML, section 9.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.search.pages.rendering import HEADERS
from pipeline.search.pages.routing import page_router
from pipeline.search.reader import Reader

router = page_router()
EVERY = 4.0
"""Seconds between two searches, while anybody listens."""
MAX_LISTENERS = 200
LATEST = 8
LONGEST = 300.0
"""Seconds after which a stream ends; the browser comes back by itself."""
_KEEP_ALIVE = 15.0
_FIELDS = ["article_id", "headline", "publisher", "language", "shown_at"]


class Latest:
    """The newest headlines, asked for once for all listeners, and only while there are any."""

    def __init__(self, reader: Reader, every: float = EVERY) -> None:
        self._reader, self._every = reader, every
        self.listeners = 0
        self.number, self.data = 0, b""
        """Which list it is, and the list as JSON; empty while it isn't known."""
        self._last = b""
        self._changed = asyncio.Condition()
        self._polling: asyncio.Task[None] | None = None

    async def events(self, stopping: Any = lambda: False) -> AsyncIterator[bytes]:
        """What one listener is sent."""
        self.listeners += 1
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
            self.listeners -= 1

    async def _next(self) -> None:
        """Until the list changed, at most a second: a server that stops is seen."""
        try:
            async with asyncio.timeout(1.0), self._changed:
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _poll(self) -> None:
        while self.listeners:
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
    if latest.listeners >= MAX_LISTENERS:
        text = "Too many are listening. The page itself shows the latest."
        return PlainTextResponse(text, 503, headers={"Retry-After": "60"})
    headers = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.scope.get("head"):
        return Response(media_type="text/event-stream", headers=headers)
    return StreamingResponse(latest.events(_stopping(state)), media_type="text/event-stream", headers=headers)


def _stopping(state: Any) -> Any:
    """Whether the server stops: it waits for answers in progress, and this one has no end of its own."""
    server = getattr(state, "server", None)
    return lambda: server is not None and server.should_exit
