from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from pipeline.process.problems import Problem
from pipeline.push.idempotency import Idempotency, Reply, request_digest
from schemas.push_answer import PushAnswer


class Answers(dict[str, PushAnswer]):
    def put(self, changes: list[tuple[str, PushAnswer | None]]) -> None:
        self.update({name: answer for name, answer in changes if answer is not None})


def test_a_request_with_an_idempotency_key_is_answered_once() -> None:
    answers = Answers()
    idempotency, calls = Idempotency(answers), []

    async def answer() -> Reply:
        calls.append(1)
        return Reply(202, {"accepted": len(calls)})

    def ask(body: bytes, key: str | None = "k", answer: Callable[[], Awaitable[Reply]] = answer) -> Reply:
        digest = request_digest("/v1/items", "", body)
        return asyncio.run(idempotency.once("wire", "/v1/items", key, digest, answer))

    assert ask(b"a") == ask(b"a") == Reply(202, {"accepted": 1})
    with pytest.raises(Problem) as reused:
        ask(b"b")
    assert (reused.value.status, reused.value.reason) == (422, "idempotency-key-reused")
    assert ask(b"a", None) == Reply(202, {"accepted": 2}), "without a key nothing is remembered"

    async def twice() -> Reply:
        return await idempotency.once("wire", "/v1/items", "new", "0" * 64, answer)

    with pytest.raises(Problem) as running:
        ask(b"c", "new", twice)
    assert (running.value.status, running.value.reason) == (409, "in-progress")
    assert list(answers) == ["wire//v1/items/k"]
