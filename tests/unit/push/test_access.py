"""Who is let in."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.process.problems import Problem
from pipeline.push import auth
from pipeline.push.access import Access
from pipeline.settings import Settings
from tests.support.ingest import Door

NOW = datetime.now(UTC)


def settings(**provider: Any) -> Settings:
    return Settings(_env_file=None, providers={"wire": provider})


def test_access_is_by_key_signature_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # all of it is one second's
    made = auth.make("wire", NOW, signed_only=True)
    access = Access(settings(burst=2), {made.record.key_id: made.record}.get)
    for header in (None, "", "Bearer", f"Basic {made.text}", f"Bearer {made.text[:-1]}-", "Bearer nonsense"):
        with pytest.raises(Problem) as refused:
            access.authenticate(header)
        assert refused.value.status == 401
    caller = access.authenticate(f"bearer  {made.text}")
    assert caller.provider == "wire"
    with pytest.raises(Problem, match="signed requests only"):
        access.check_signature(caller, None, "POST /v1/items", b"body")
    signature = auth.sign(made.text, int(time.time()), b"body")
    access.check_signature(caller, signature, "POST /v1/items", b"body")
    with pytest.raises(Problem) as replayed:
        access.check_signature(caller, signature, "POST /v1/items", b"body")
    assert (replayed.value.status, replayed.value.reason) == (401, "replayed")
    access.authenticate(f"Bearer {made.text}")
    with pytest.raises(Problem) as limited:
        access.authenticate(f"Bearer {made.text}")
    assert limited.value.status == 429
    assert (limited.value.retry_after or 0) >= 1


def test_two_requests_without_a_body_in_one_second_are_two() -> None:
    async def ask() -> list[int]:
        door = Door()
        now = int(time.time())
        async with door.desk() as desk:
            key = desk.headers["Authorization"].removeprefix("Bearer ")

            async def kill(name: str, request: str | None = None) -> int:
                signature = auth.sign(key, now, b"", request)
                answer = await desk.delete(f"/v1/items/{name}", headers={"Dateline-Signature": signature})
                return answer.status_code

            return [
                await kill("urn:1"),
                await kill("urn:2"),
                await kill("urn:2"),
                await kill("urn%3A2?reason=again"),
                await kill("urn:3?reason=a%20b", "DELETE /v1/items/urn:3?reason=a%20b"),
                await kill("urn:4", "DELETE /v1/items/urn:3"),
                await kill("urn:3?reason=other", "DELETE /v1/items/urn:3"),
                await kill("urn:3", "GET /v1/items/urn:3"),
            ]

    assert asyncio.run(ask()) == [202, 202, 401, 401, 202, 401, 401, 401]
