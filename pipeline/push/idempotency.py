"""Idempotency-Key: the same request gets the same answer, which is stored for a day in the topic `push-answers`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from pipeline.process.problems import Problem
from schemas.push_answer import PushAnswer


@dataclass(frozen=True)
class Reply:
    """A status, and the JSON of its body."""

    status: int
    body: dict[str, Any]


class Answers(Protocol):
    """Where answers are stored (a CompactedTable)."""

    def get(self, key: str) -> PushAnswer | None: ...

    def put(self, changes: list[tuple[str, PushAnswer | None]]) -> None: ...


class Idempotency:
    """Answers that were given under a key, by provider and path. Requests in progress are known in this process only."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._running: set[str] = set()

    async def once(
        self, provider: str, path: str, key: str | None, digest: str, answer: Callable[[], Awaitable[Reply]]
    ) -> Reply:
        """The stored reply to the request with this key; otherwise that of `answer`, which is stored. `digest` is of the
        whole request (request_digest). Raises Problem 409 while another request with the key is in progress, and 422
        where the key was used for another request."""
        if not key:
            return await answer()
        name = f"{provider}/{path}/{key}"
        if name in self._running:
            raise Problem(409, "in-progress", "a request with this Idempotency-Key is in progress", 1)
        self._running.add(name)
        try:
            before = self._answers.get(name)
            if before is not None and before.request_sha256 != digest:
                raise Problem(422, "idempotency-key-reused", "this Idempotency-Key was used for another request")
            if before is not None:
                return Reply(before.status, before.body)
            reply = await answer()
            record = PushAnswer(
                provider=provider, idempotency_key=key, request_sha256=digest, at=datetime.now(UTC),
                status=reply.status, body=reply.body,
            )  # fmt: skip
            await asyncio.to_thread(self._answers.put, [(name, record)])
            return reply
        finally:
            self._running.discard(name)


def request_digest(path: str, query: str, body: bytes) -> str:
    """By which a request is known to be the same."""
    return hashlib.sha256(f"{path}?{query}\n".encode() + body).hexdigest()
