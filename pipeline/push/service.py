"""The ingest service: what the routes of the ingest API do. It has the connections, and no HTTP but statuses."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from pipeline.errors import DatelineError
from pipeline.feeds.hubs import Callbacks
from pipeline.ingest import submissions
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.kafka.compacted import StateTopic
from pipeline.process.problems import Problem
from pipeline.push import items
from pipeline.push.access import Access
from pipeline.push.idempotency import Idempotency, Reply
from pipeline.push.limits import BodyMemory
from pipeline.push.results import publish
from pipeline.settings import Settings
from pipeline.topics import KEYS, PUSH_ANSWERS
from schemas.provider_key import ProviderKey
from schemas.push_answer import PushAnswer

_TIMEOUT = 15.0
"""Seconds that a request waits for Kafka."""
_REFRESH = 2.0
"""Seconds after which a key that was made or revoked by another process is known here."""


class IngestService:
    """Use `open` before the first request and `close` after the last. Everything else may raise Retry where Kafka or
    Elasticsearch is away: what was sent may be sent again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._keys: StateTopic[ProviderKey] = StateTopic(settings, KEYS, ProviderKey)
        self._answers: StateTopic[PushAnswer] = StateTopic(settings, PUSH_ANSWERS, PushAnswer)
        self.callbacks = Callbacks(settings)
        self.access = Access(settings, self._keys.get)
        self.idempotency = Idempotency(self._answers)
        self.memory = BodyMemory()
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

    def receive(
        self, provider: str, body: bytes, media_type: str | None, url: str | None, path: str, *, comments_only: bool
    ) -> Reply:
        """Publish the items of a body. Blocks. Raises Problem 413 where they are too many."""
        read = submissions.read_push(body, media_type, provider, url, self.settings)
        if comments_only:
            read = submissions.only_comments(read)
        number, limit = submissions.count(read), self.settings.provider(provider).items_per_request
        if number > limit:
            raise Problem(
                413, "too-many-items", f"{number} items; {limit} fit in one request. Send fewer at a time"
            )  # fmt: skip
        result = publish(read, self.publisher(), provider)
        problem = result.problem()
        if problem is not None:
            return Reply(problem.status, problem.body(path) | result.body())
        return Reply(202, result.body())

    def change(self, provider: str, name: str, body: bytes) -> dict[str, Any]:
        """Publish a partial update. Blocks. Raises Problem 404, 413 or 422."""
        article_id, claims = items.named(name, provider, self.settings)
        read = submissions.read_patch(body, provider, article_id, claims, self.settings)
        result = publish(read, self.publisher(), provider)
        problem = result.problem()
        if problem is not None:
            raise problem
        return result.accepted[0]

    def kill(self, provider: str, name: str, reason: str) -> dict[str, Any]:
        """Publish a withdrawal. Blocks. Raises Problem 404 for a story that isn't the provider's."""
        event = items.withdrawal_of(name, provider, reason, self.settings)
        with self.publisher() as publisher:
            publisher.publish(event, f"push by {provider}")
        return {"id": str(event.data.article_id), "status": "accepted", "type": event.type.value}

    def status(self, provider: str, name: str) -> dict[str, Any]:
        """A story's progress. Blocks. Raises Problem 404 for a story that isn't the provider's."""
        return items.status_of(name, provider, self.settings)
