"""What every request to the search API and the readers' pages goes through: HEAD, CORS, keys, rates and compression."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import time

from fastapi import FastAPI
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.process.connections import network_of
from pipeline.process.problems import Problem
from pipeline.process.web import Head
from pipeline.search import pages
from pipeline.search.compression import Compressed
from pipeline.search.description import FOLLOWED
from pipeline.search.failures import is_page, unforeseen
from pipeline.settings import Settings

_FOLLOWED = re.compile(rf"/v1/searches/[0-9a-fA-F-]{{36}}({'|'.join(map(re.escape, FOLLOWED))})")
"""Asked for by feed readers and browsers, which can't send a key."""
_NO_KEY = Problem(401, "unauthorized", "send your key as Authorization: Bearer …")


class Guard:
    """Counts requests, and asks programs for a key; by settings. A page costs as much as an answer to a program, so that
    both count: programs by their key, where keys are set, readers by their address. Files of the page cost nothing. Every
    answer says what is left of the rate."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._keys = {bytes.fromhex(digest): name for name, digest in settings.search_keys.items()}
        self._limit = RateLimitItemPerMinute(settings.search_rate) if settings.search_rate else None
        self._rates = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in pages.FILES or scope["method"] == "OPTIONS":
            await self._app(scope, receive, send)
            return
        sender = self._sender(Headers(scope=scope).get("authorization"), scope)
        scope.setdefault("state", {})["sender"] = sender
        left = self._left(sender or _address(scope))
        if left.get("RateLimit-Remaining") == "over":
            answer = self._over(scope["path"], int(left["RateLimit-Reset"]))
            answer.headers.update(left | {"RateLimit-Remaining": "0"})
            await answer(scope, receive, send)
            return

        async def with_rate(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(left)
            await send(message)

        await (self._app if sender else _NO_KEY.response(scope["path"]))(scope, receive, with_rate)

    def _over(self, path: str, wait: int) -> Response:
        if is_page(path, self._settings):
            page = pages.error_page(
                429, f"You asked for a lot of pages in a short time. Wait {wait} seconds and go on."
            )
            page.headers["Retry-After"] = str(wait)
            return page
        return Problem(429, "too-many-requests", f"more than {self._limit}; wait {wait} s", wait).response(path)

    def _sender(self, authorization: str | None, scope: Scope) -> str | None:
        """Whose request it is: the key's name, or the client's network; None where a key is needed and none is known."""
        if not self._keys or not scope["path"].startswith("/v1/") or (authorization is None and _by_token(scope)):
            return _address(scope)
        scheme, _, key = (authorization or "").partition(" ")
        sent = hashlib.sha256(key.strip().encode()).digest()
        for known, name in self._keys.items():
            if scheme.casefold() == "bearer" and hmac.compare_digest(known, sent):
                return f"key {name}"
        return None

    def _left(self, sender: str) -> dict[str, str]:
        """Headers with the rate, what is left of it, and the seconds until it is whole again."""
        if self._limit is None:
            return {}
        counted = self._rates.hit(self._limit, sender)
        reset, remaining = self._rates.get_window_stats(self._limit, sender)
        return {
            "RateLimit-Limit": str(self._limit.amount),
            "RateLimit-Remaining": str(remaining) if counted else "over",
            "RateLimit-Reset": str(max(1, math.ceil(reset - time.time()))),
        }


class Unforeseen:
    """An application whose faults of ours are answers too. (Starlette's own are made outside of every middleware.)"""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def sent(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:  # whatever it is, it is a fault of ours
            if began or scope["type"] != "http":  # only cutting it short says that it isn't whole
                raise
            answer = await unforeseen(Request(scope), error)
            await answer(scope, receive, send)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return f"address {network_of(client[0]) if client else ''}"


def _by_token(scope: Scope) -> bool:
    """Whether a saved search is followed by its token, which the route checks: a key is not needed then."""
    return (
        scope["method"] == "GET"
        and _FOLLOWED.fullmatch(scope["path"]) is not None
        and re.search(rb"(^|&)token=.", scope["query_string"]) is not None
    )


def add_middleware(api: FastAPI, settings: Settings) -> None:
    """What is added last sees a request first."""
    api.add_middleware(Compressed)
    api.add_middleware(Unforeseen)
    api.add_middleware(Guard, settings=settings)
    if settings.search_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(settings.search_origins),
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
        )
    api.add_middleware(Head)
