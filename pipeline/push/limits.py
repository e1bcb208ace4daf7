"""How much a provider may send, and how much the process works on at a time. Nothing here is shared between processes."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
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
MAX_IN_PROGRESS = 16
"""Requests of one provider in progress; above this, 429 with Retry-After."""
BODY_SECONDS = 10.0
"""For a body to arrive, and one more for every MIN_PACE bytes of it."""
MIN_PACE = 32 * 1024


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
    """Signatures of the last minutes, and what they were used for: a signed request is accepted once."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, bytes], float] = OrderedDict()

    def add(self, signature: str, request: bytes) -> None:
        """Raises Reject (`replayed`) for a signature that was used for this request before: two requests without a body
        may have one signature."""
        now = time.monotonic()
        oldest = now - 2 * SIGNATURE_AGE.total_seconds()
        while self._seen and next(iter(self._seen.values())) < oldest:
            self._seen.popitem(last=False)
        if (signature, request) in self._seen:
            raise Reject("replayed", "this signed request was sent before; sign it anew to send it again")
        self._seen[signature, request] = now


class BodyMemory:
    """Memory for request bodies: `limit` bytes, of which one sender may have a quarter. One request always fits."""

    def __init__(self, limit: int = MAX_IN_FLIGHT) -> None:
        self._limit, self._share = limit, limit // 4
        self._used: Counter[str] = Counter()

    @property
    def used(self) -> int:
        return self._used.total()

    @contextmanager
    def reserve(self, sender: str, size: int) -> Iterator[None]:
        """Raises Problem 429 where the sender has no room for `size` bytes now, 503 where nobody has."""
        own, used = self._used[sender], self.used
        if own and own + size > self._share:
            raise Problem(429, "too-much", "too many bytes of yours are in progress; send it again in a moment")
        if used and used + size > self._limit:
            raise Problem(503, "busy", "too many requests are in progress; send it again in a moment")
        self._used[sender] += size
        try:
            yield
        finally:
            _subtract(self._used, sender, size)


class InProgress:
    """Requests in progress of each sender, so that a slow one takes no more than its share of the threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running: Counter[str] = Counter()

    @contextmanager
    def enter(self, sender: str) -> Iterator[None]:
        """Raises Problem 429 where as many are in progress as may be."""
        if self._running[sender] >= self._most:
            raise Problem(
                429, "too-many-in-progress", f"{self._most} of your requests are in progress; await an answer"
            )
        self._running[sender] += 1
        try:
            yield
        finally:
            _subtract(self._running, sender, 1)


def _subtract(counts: Counter[str], name: str, number: int) -> None:
    counts[name] -= number
    if not counts[name]:
        del counts[name]
