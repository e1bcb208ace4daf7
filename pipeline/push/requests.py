"""What every request to the push door goes through: who it is, how much it may send, and how it is told what is wrong."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pipeline.errors import DatelineError, Reject, Retry
from pipeline.feeds.websub import Callbacks
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.kafka.compacted import StateTopic
from pipeline.push import auth as keys
from pipeline.settings import Settings
from pipeline.topics import KEYS, PUSH_ANSWERS
from schemas.provider_key import ProviderKey
from schemas.push_answer import PushAnswer

_IN_FLIGHT = 64 * 1024 * 1024
"""Bytes of requests that are worked on at a time; more are told to come back."""
_PATIENCE = 15.0
"""Seconds that a request waits for Kafka."""
_REFRESH = 2.0
"""Seconds after which a key that was made or revoked elsewhere counts here."""
_RETRY_AFTER = {503: 5, 429: 1, 413: 0}


class Problem(Exception):
    """An answer that is no success (RFC 9457)."""

    def __init__(self, status: int, reason: str, detail: str, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.more = status, reason, detail, more
        self.retry_after = retry_after if retry_after is not None else _RETRY_AFTER.get(status)

    def response(self, instance: str) -> JSONResponse:
        body = {
            "type": f"urn:dateline:problem:{self.reason}",
            "title": self.reason.replace("-", " "),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.more,
        }
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers, media_type="application/problem+json")


@dataclass(frozen=True)
class Caller:
    """A key as it was sent, and what is kept of it."""

    text: str
    key: ProviderKey

    @property
    def provider(self) -> str:
        return self.key.provider


class Door:
    """What the routes share: keys, limits, the producer, answers given before. Connects in `open`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys: StateTopic[ProviderKey] = StateTopic(settings, KEYS, ProviderKey)
        self.answers: StateTopic[PushAnswer] = StateTopic(settings, PUSH_ANSWERS, PushAnswer)
        self.callbacks = Callbacks(settings)
        self.producer: Any = None
        self.in_flight = 0
        self.ready = False
        self._limits = MovingWindowRateLimiter(MemoryStorage())
        self._signatures: OrderedDict[str, float] = OrderedDict()
        self._running: set[str] = set()

    def open(self) -> None:
        """Raises Retry or Fatal where Kafka isn't there."""
        ensure_topics(self.settings)
        self.keys.load()
        self.answers.load()
        self.callbacks.open()
        # an unavailable broker has to be told to the sender, not waited for
        self.producer = producer(
            self.settings, max_block_ms=5000, delivery_timeout_ms=20_000, request_timeout_ms=10_000
        )
        self.ready = True

    def close(self) -> None:
        self.ready = False
        for part in (self.keys, self.answers, self.callbacks):
            part.close()
        if self.producer is not None:
            self.producer.close(timeout=5)

    async def keep_fresh(self) -> None:
        """Learn of keys, answers and feeds that other processes wrote."""
        while True:
            await asyncio.sleep(_REFRESH)
            for part in (self.keys, self.answers, self.callbacks):
                with suppress(DatelineError):
                    await asyncio.to_thread(part.refresh)

    def identify(self, authorization: str | None) -> Caller:
        """Who calls, by the key alone, before anything else is read. Raises Problem 401, or 429 where the provider sends
        faster than it may."""
        scheme, _, text = (authorization or "").partition(" ")
        text = text.strip()
        if scheme.casefold() != "bearer" or not text:
            raise Problem(401, "unauthorized", "send your key as Authorization: Bearer dl_…")
        key_id = keys.key_id_of(text)
        try:
            kept = keys.check(text, self.keys.get(key_id) if key_id else None, datetime.now(UTC))
        except Reject as reject:
            raise Problem(401, reject.reason, reject.detail) from None
        self._limit(kept.provider)
        return Caller(text, kept)

    def check_signature(self, caller: Caller, signature: str | None, body: bytes) -> None:
        """Raises Problem 401 where the request should be signed and isn't, or is signed wrongly, late or twice."""
        if signature is None and not caller.key.signed_only:
            return
        try:
            self._once(keys.check_signature(caller.text, signature, body, datetime.now(UTC)))
        except Reject as reject:
            raise Problem(401, reject.reason, reject.detail) from None

    def _once(self, signature: str) -> None:
        now = time.monotonic()
        oldest = now - 2 * keys.SIGNATURE_AGE.total_seconds()
        while self._signatures and next(iter(self._signatures.values())) < oldest:
            self._signatures.popitem(last=False)
        if signature in self._signatures:
            raise Reject("replayed", "this signed request was sent before; sign it anew to send it again")
        self._signatures[signature] = now

    def _limit(self, provider: str) -> None:
        options = self.settings.provider(provider)
        for item in (RateLimitItemPerSecond(options.burst), RateLimitItemPerMinute(options.requests_per_minute)):
            if not self._limits.hit(item, provider):
                reset = self._limits.get_window_stats(item, provider).reset_time
                wait = max(1, round(reset - time.time()))
                raise Problem(429, "too-many-requests", f"more than {item} for {provider!r}", wait)

    def publisher(self) -> Publisher:
        return Publisher(self.settings, self.producer, _PATIENCE)

    @asynccontextmanager
    async def body_of(self, request: Request, largest: int) -> AsyncIterator[bytes]:
        """The request's body, read no further than it may be long; room for it is kept until the request is answered.
        Raises Problem 413, or 503 where there is no room."""
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdigit() else largest
        if size > largest:
            raise Problem(413, "too-large", f"{declared} bytes; {largest} fit in one request")
        if self.in_flight and self.in_flight + size > _IN_FLIGHT:
            raise Problem(503, "busy", "too much is being worked on; send it again in a moment")
        self.in_flight += size
        try:
            parts, read = [], 0
            async for part in request.stream():
                read += len(part)
                if read > largest:
                    raise Problem(
                        413, "too-large", f"more than {largest} bytes; that is as much as fits in one request"
                    )
                parts.append(part)
            yield b"".join(parts)
        finally:
            self.in_flight -= size

    async def work(self, function: Any, *arguments: Any) -> Any:
        """Run what blocks on a thread. Raises Problem 503 where Kafka or Elasticsearch is away."""
        try:
            return await asyncio.to_thread(function, *arguments)
        except Retry as e:
            raise Problem(503, "away", f"{e} What was sent may be sent again: nothing is doubled.") from None

    @asynccontextmanager
    async def once_for(self, name: str) -> AsyncIterator[None]:
        """Two requests with one Idempotency-Key at the same time: the second is told to wait. Raises Problem 409."""
        if name in self._running:
            raise Problem(409, "in-progress", "a request with this Idempotency-Key is being worked on", 1)
        self._running.add(name)
        try:
            yield
        finally:
            self._running.discard(name)
