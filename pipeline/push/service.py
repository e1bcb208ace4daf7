"""The ingest service: what the routes of the ingest API do. It has the connections, and no HTTP but statuses."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import DatelineError
from pipeline.feeds.hubs import Callbacks
from pipeline.ingest import intake, submissions
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.kafka.compacted import CompactedTable
from pipeline.process.problems import Problem
from pipeline.push import items
from pipeline.push.access import Access
from pipeline.push.answers import StoredAnswers
from pipeline.push.idempotency import Idempotency, Reply
from pipeline.push.limits import MAX_IN_PROGRESS, BodyMemory, InProgress
from pipeline.push.results import publish
from pipeline.settings import Settings
from pipeline.topics import KEYS
from schemas.events import RawArticleEvent
from schemas.provider_key import ProviderKey

P = ParamSpec("P")
T = TypeVar("T")

_TIMEOUT = 15.0
"""Seconds that a request waits for Kafka."""
_REFRESH = 2.0
"""Seconds after which a key that was made or revoked by another process is known here."""
_READERS = 4
"""Bodies that are read into events at a time, one of each provider: this takes the processor and the memory."""
_LOOKUPS = 2
"""Ways of stories that are read from Kafka at a time, one of each provider: each reads nearly all of a partition."""
_WAITERS = 64
"""Requests that wait for Kafka or Elasticsearch at a time."""
_HUBS = 4
"""Deliveries of hubs at a time: a slow site takes no thread of a provider's."""


class IngestService:
    """Use `open` before the first request and `close` after the last. Everything else may raise Retry where Kafka or
    Elasticsearch is away: what was sent may be sent again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._keys: CompactedTable[ProviderKey] = CompactedTable(settings, KEYS, ProviderKey)
        self._answers = StoredAnswers(settings)
        self.callbacks = Callbacks(settings)
        self.access = Access(settings, self._keys.get)
        self.idempotency = Idempotency(self._answers)
        self.memory = BodyMemory()
        self.in_progress = InProgress(MAX_IN_PROGRESS)
        self.deliveries = InProgress(1)
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._looking_up: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._readers = ThreadPoolExecutor(_READERS, "read")
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "look up")
        self._waiters = ThreadPoolExecutor(_WAITERS, "publish")
        self._hubs = ThreadPoolExecutor(_HUBS, "hubs")
        self.ready = False
        self._producer: Any = None

    def open(self) -> None:
        """Connect and read keys, answers and feeds. Raises Retry or Fatal where Kafka is away."""
        ensure_topics(self.settings)
        self._keys.load()
        self._answers.load()
        self.callbacks.open()
        # short: where the broker is away the sender is answered 503 and tries again
        self._producer = producer(
            self.settings, max_block_ms=5000, delivery_timeout_ms=20_000, request_timeout_ms=10_000
        )
        self.ready = True

    def close(self) -> None:
        self.ready = False
        for part in (self._keys, self._answers, self.callbacks):
            part.close()
        if self._producer is not None:
            self._producer.close(timeout=5)
        for pool in (self._readers, self._lookups, self._waiters, self._hubs):
            pool.shutdown(wait=False, cancel_futures=True)

    async def in_turn(self, provider: str, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read a body on a thread, one of a provider at a time."""
        async with self._reading[provider]:
            return await _on(self._readers, read, *args, **kwargs)

    async def waiting(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what waits for Kafka or Elasticsearch, on a thread."""
        return await _on(self._waiters, ask, *args, **kwargs)

    async def look_up(self, provider: str, find: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read a story's way from Kafka, on a thread, one of a provider at a time."""
        async with self._looking_up[provider]:
            return await _on(self._lookups, find, *args, **kwargs)

    async def named(self, provider: str, name: str) -> items.Named:
        """The article with this name, and its claims. Raises Problem 404 for one that isn't the provider's."""
        known = items.claims_of(name, provider, self.settings)
        if known is None:
            known = await self.waiting(items.indexed, name, provider, self.settings)
        if known is None:
            known = await self.look_up(provider, items.unindexed, name, provider, self.settings)
        return known

    async def for_a_hub(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what a hub asked for, on a thread."""
        return await _on(self._hubs, do, *args, **kwargs)

    async def refresh(self) -> None:
        """Until cancelled, read the keys, answers and feeds that other processes write."""
        while True:
            await asyncio.sleep(_REFRESH)
            for part in (self._keys, self._answers, self.callbacks):
                with suppress(DatelineError):
                    await asyncio.to_thread(part.refresh)

    def publisher(self) -> Publisher:
        return Publisher(self.settings, self._producer, _TIMEOUT)

    def max_request(self, provider: str) -> int:
        """Bytes of a request with items."""
        largest = self.settings.largest_record
        return min(self.settings.provider(provider).largest_request or largest, largest)

    async def receive(
        self, provider: str, body: bytes, content_type: str | None, url: str | None, path: str, *, comments_only: bool
    ) -> Reply:
        """Publish the items of a body. Raises Problem 413 where they are too many."""
        limit = self.settings.provider(provider).items_per_request
        read = await self.in_turn(
            provider, submissions.read_push, body, content_type, provider, url, self.settings, most=limit
        )
        if any(reject.reason == intake.TOO_MANY for reject in read.rejects):
            raise Problem(413, intake.TOO_MANY, f"more than {limit} items; that is as many as fit in one request")
        if comments_only:
            read = submissions.only_comments(read)
        result = await self.waiting(publish, read, self.publisher(), provider)
        problem = result.problem()
        if problem is not None:
            return Reply(problem.status, problem.body(path) | result.body())
        return Reply(202, result.body())

    async def change(self, provider: str, name: str, body: bytes) -> dict[str, Any]:
        """Publish a partial update. Raises Problem 404, 413 or 422."""
        article_id, claims = await self.named(provider, name)
        read = await self.in_turn(
            provider, submissions.read_patch, body, provider, article_id, claims, self.settings
        )  # fmt: skip
        result = await self.waiting(publish, read, self.publisher(), provider)
        problem = result.problem()
        if problem is not None:
            raise problem
        return result.accepted[0]

    async def kill(self, provider: str, name: str, reason: str) -> dict[str, Any]:
        """Publish a withdrawal. Raises Problem 404 for a story that isn't the provider's."""
        event = items.withdrawal_of(await self.named(provider, name), provider, reason, self.settings)
        return await self.waiting(self._kill, provider, event)

    async def status(self, provider: str, name: str) -> dict[str, Any]:
        """A story's progress. Raises Problem 404 for a story that isn't the provider's."""
        return await self.look_up(provider, items.status_of, name, provider, self.settings)

    def _kill(self, provider: str, event: RawArticleEvent) -> dict[str, Any]:
        with self.publisher() as publisher:
            publisher.publish(event, f"push by {provider}")
        return {"id": str(event.data.article_id), "status": "accepted", "type": event.type.value}


async def _on(pool: ThreadPoolExecutor, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    run = partial(copy_context().run, call, *args, **kwargs)  # with the request's trace, as asyncio.to_thread does
    return await asyncio.get_running_loop().run_in_executor(pool, run)
