"""Limits on the connections of an HTTP API: how many there are, and how long a client may take. uvicorn has neither.

A place is lost only to a client that waits: whoever sends no whole request, or reads no answer, keeps nobody out.
"""

from __future__ import annotations

import ipaddress
import json
import sys
from asyncio import Transport
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.protocols.utils import get_remote_addr

from pipeline.process.problems import Problem

_LAST_LOOK = 0.05
"""Seconds, from a client's time being over to its being let go."""
_HINTS = {
    400: ("bad-request", "this is no valid HTTP/1.1 request"),
    408: ("too-slow", "the request did not arrive in time"),
    431: ("head-too-large", "the request's first line and headers are too large"),
    501: ("not-implemented", "Transfer-Encoding has to be chunked, without another coding"),
}


@dataclass(frozen=True)
class ConnectionLimits:
    total: int = 500
    """Connections at a time. The one that has waited longest for its client makes room for a new one; where none waits,
    the new one is answered 503."""
    per_address: int = 100
    """The same for one client address (an IPv6 network of 64 bits)."""
    head_seconds: float = 10.0
    """For the first line and the headers, from the connection or the previous answer on."""
    answer_seconds: float = 20.0
    """For a client that doesn't read its answer to go on reading."""


def limited(limits: ConnectionLimits) -> type[H11Protocol]:
    """The protocol class of a server with these limits, for uvicorn's `http`."""
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})


class LimitedProtocol(H11Protocol):
    """One connection."""

    limits: ClassVar[ConnectionLimits]

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self._timers: dict[str, Any] = {}
        self._since = self.loop.time()
        self._network = network_of(client[0] if (client := get_remote_addr(transport)) else "")
        same = [one for one in self.connections if getattr(one, "_network", None) == self._network]
        if not (
            self._has_place(same, self.limits.per_address) and self._has_place(self.connections, self.limits.total)
        ):
            self.app = _full
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for name in list(self._timers):
            self._stop_timer(name)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        self._stop_timer("head")
        super().on_response_complete()  # which may begin the next request
        self._watch_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_timer("answer", self.limits.answer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_timer("answer")

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn while it handles the error of a request that is no HTTP."""
        error = sys.exc_info()[1]
        self._refuse(error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400)

    @property
    def waits(self) -> bool:
        """Whether it is the client's turn, and nothing of it is in progress."""
        return not self.transport.is_closing() and not self._is_busy

    @property
    def _is_busy(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _has_place(self, among: Any, limit: int) -> bool:
        if len(among) <= limit:
            return True
        waiting = [one for one in among if one is not self and getattr(one, "waits", False)]
        if waiting:
            min(waiting, key=lambda one: one._since).transport.abort()
        return bool(waiting)

    def _watch_head(self) -> None:
        """Limit the time until the next request, also that of a closing connection until its answer is read."""
        if self._is_busy:
            self._stop_timer("head")
        elif "head" not in self._timers:
            self._start_timer("head", self.limits.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        if self.waits and self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(408)
            self._start_timer("head", self.limits.head_seconds, self.transport.abort)
        else:
            self.transport.abort()

    def _refuse(self, status: int) -> None:
        """Answer with a problem and close. Where an answer has begun, only close."""
        if self._is_busy:
            self.cycle.disconnected = True  # the application stops reading, and its answer goes nowhere
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            reason, detail = _HINTS.get(status, _HINTS[400])
            body = json.dumps(Problem(status, reason, detail).body("")).encode()
            headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
            events: tuple[h11.Event, ...] = (
                h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]), h11.Data(data=body), h11.EndOfMessage(),
            )  # fmt: skip
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _start_timer(self, name: str, seconds: float, late: Callable[[], None]) -> None:
        """Time counts for the client only while the loop runs: what came meanwhile is read before it is called late.

        A loop that was kept busy runs its timers first, and only then what the sockets have.
        """

        def due() -> None:
            self._timers[name] = self.loop.call_later(_LAST_LOOK, late)

        self._stop_timer(name)
        self._timers[name] = self.loop.call_later(seconds, due)

    def _stop_timer(self, name: str) -> None:
        if name in self._timers:
            self._timers.pop(name).cancel()


_HEADERS = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]


def network_of(address: str) -> str:
    """By which clients are told apart: an IPv4 address, or the network of an IPv6 address, of which one client has all."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


async def _full(scope: Any, receive: Any, send: Any) -> None:
    response = Problem(503, "busy", "too many connections; try again in a moment").response(scope["path"])
    response.headers["Connection"] = "close"
    await response(scope, receive, send)
