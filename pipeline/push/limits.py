"""How much a provider may send, and how much the process works on at a time. Nothing here is shared between processes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pipeline.errors import Reject
from pipeline.process.problems import Problem
from pipeline.push.auth import SIGNATURE_AGE
from pipeline.settings import Settings

MAX_IN_FLIGHT = 64 * 1024 * 1024
"""Bytes of all request bodies in progress; above this, 503 with Retry-After."""


class RateLimits:
    """Requests per second and per minute of each provider."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = MovingWindowRateLimiter(MemoryStorage())

    def check(self, provider: str) -> None:
        """Count a request. Raises Problem 429 with the seconds to wait."""
        options = self._settings.provider(provider)
        for limit in (RateLimitItemPerSecond(options.burst), RateLimitItemPerMinute(options.requests_per_minute)):
            if not self._limits.hit(limit, provider):
                reset = self._limits.get_window_stats(limit, provider).reset_time
                wait = max(1, round(reset - time.time()))
                raise Problem(429, "too-many-requests", f"more than {limit} for {provider!r}", wait)


class SeenSignatures:
    """Signatures of the last minutes: a signed request is accepted once."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    def add(self, signature: str) -> None:
        """Raises Reject (`replayed`) for a signature that was used before."""
        now = time.monotonic()
        oldest = now - 2 * SIGNATURE_AGE.total_seconds()
        while self._seen and next(iter(self._seen.values())) < oldest:
            self._seen.popitem(last=False)
        if signature in self._seen:
            raise Reject("replayed", "this signed request was sent before; sign it anew to send it again")
        self._seen[signature] = now


class BodyMemory:
    """Memory for request bodies, up to `limit` bytes. One request always fits."""

    def __init__(self, limit: int = MAX_IN_FLIGHT) -> None:
        self._limit = limit
        self.used = 0

    @contextmanager
    def reserve(self, size: int) -> Iterator[None]:
        """Raises Problem 503 where there is no room for `size` bytes now."""
        if self.used and self.used + size > self._limit:
            raise Problem(503, "busy", "too many requests are in progress; send it again in a moment")
        self.used += size
        try:
            yield
        finally:
            self.used -= size
