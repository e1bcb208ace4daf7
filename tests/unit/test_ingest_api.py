"""The ingest API without Kafka: who is let in, what becomes of a body, and what is answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pipeline.errors import Reject
from pipeline.ingest import submissions
from pipeline.ingest.intake import Read
from pipeline.process.problems import Problem
from pipeline.push import auth, items, limits
from pipeline.push.access import Access
from pipeline.push.api import build_push_api
from pipeline.push.idempotency import Idempotency, Reply, request_digest
from pipeline.push.results import PushResult
from pipeline.push.service import IngestService
from pipeline.settings import Settings
from schemas.push_answer import PushAnswer

NOW = datetime.now(UTC)
SETTINGS = Settings(_env_file=None)


def settings(**provider: Any) -> Settings:
    return Settings(_env_file=None, providers={"wire": provider})


def story(own: str, **more: Any) -> dict[str, Any]:
    return {"uri": own, "headline": f"Head {own}", "body_text": "One.\n\nTwo."} | more


def read(body: Any, provider: str = "wire") -> Read:
    return submissions.read_push(json.dumps(body).encode(), "application/json", provider, None, SETTINGS)


def event(provider: str, **data: Any) -> dict[str, Any]:
    article_id = "bf935a96-f6d4-5053-9ede-ceb2019efd5e"
    return {
        "specversion": "1.0", "id": "x", "source": f"/{provider}", "type": "article.withdrawn", "subject": article_id,
        "time": "2026-03-14T08:20:00Z",
        "data": {"kind": "withdrawal", "article_id": article_id, "provider": provider, "publisher": provider} | data,
    }  # fmt: skip


def test_each_item_of_a_body_is_read_or_refused_for_itself() -> None:
    found = read([story("1"), story("2", urgency="soon"), story("3")])
    assert [json.loads(one.to_json())["data"]["claims"][0]["value"] for one in found.events] == ["1", "3"]
    assert len(found.rejects) == 1
    assert submissions.count(found) == 3


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (event("other"), "not-yours"),
        (event("wire", publisher="other"), "not-yours"),
        (event("wire", kind="reinstatement") | {"type": "article.reinstated"}, "not-yours"),
        (event("wire"), "no-claims"),
    ],
)
def test_a_provider_speaks_only_for_itself(sent: dict[str, Any], reason: str) -> None:
    found = read(sent)
    assert not found.events
    assert found.rejects[0].reason == reason


def test_an_event_is_received_now_from_its_own_provider() -> None:
    sent = event("wire", claims=[{"scheme": "guid", "value": "1"}]) | {"source": "/elsewhere"}
    (received,) = read(sent).events
    assert received.source == "/wire"
    assert received.time >= NOW


def test_the_comments_route_refuses_articles() -> None:
    found = submissions.only_comments(read(story("1")))
    assert not found.events
    assert found.rejects[0].reason == "not-comments"


@pytest.mark.parametrize(
    ("body", "reason"), [(b"[1]", "not-json"), (b"x", "not-json"), (b'{"headlin": "x"}', "invalid"), (b"{}", "invalid")]
)
def test_a_partial_update_that_names_nothing_known_is_refused(body: bytes, reason: str) -> None:
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    patch = submissions.read_patch(body, "wire", *found, SETTINGS)
    assert [reject.reason for reject in patch.rejects] == [reason]


def test_a_story_has_the_same_id_by_its_own_id_in_a_push_and_in_a_path() -> None:
    pushed = read(story("urn:1")).events[0].data.article_id
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    assert found[0] == pushed
    assert items.claims_of(str(pushed), "wire", SETTINGS) is None, "an article id doesn't show its provider"


@pytest.mark.parametrize(
    ("accepted", "reasons", "status"),
    [(1, ["invalid"], None), (0, [], None), (0, ["invalid", "too-large"], 422), (0, ["too-large", "too-large"], 413)],
)
def test_a_request_fails_when_nothing_of_it_was_accepted(accepted: int, reasons: list[str], status: int | None) -> None:
    refused = [{"status": "refused", "reason": reason, "detail": "why"} for reason in reasons]
    problem = PushResult("ninjs", [{"id": "1"}] * accepted, refused).problem()
    assert (problem.status if problem else None) == status
    if problem:
        assert problem.detail == f"{reasons[0]}: why (and 1 more)"


def test_access_is_by_key_signature_and_rate() -> None:
    made = auth.make("wire", NOW, signed_only=True)
    access = Access(settings(burst=2), {made.record.key_id: made.record}.get)
    for header in (None, "", "Bearer", f"Basic {made.text}", f"Bearer {made.text[:-1]}-", "Bearer nonsense"):
        with pytest.raises(Problem) as refused:
            access.authenticate(header)
        assert refused.value.status == 401
    caller = access.authenticate(f"bearer  {made.text}")
    assert caller.provider == "wire"
    with pytest.raises(Problem, match="signed requests only"):
        access.check_signature(caller, None, b"body")
    signature = auth.sign(made.text, int(time.time()), b"body")
    access.check_signature(caller, signature, b"body")
    with pytest.raises(Problem) as replayed:
        access.check_signature(caller, signature, b"body")
    assert (replayed.value.status, replayed.value.reason) == (401, "replayed")
    access.authenticate(f"Bearer {made.text}")
    with pytest.raises(Problem) as limited:
        access.authenticate(f"Bearer {made.text}")
    assert limited.value.status == 429
    assert (limited.value.retry_after or 0) >= 1


def test_a_signature_is_forgotten_when_it_is_too_old_to_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    seen = limits.SeenSignatures()
    seen.add("a")
    with pytest.raises(Reject):
        seen.add("a")
    now = 2 * auth.SIGNATURE_AGE.total_seconds() + 1
    seen.add("a")


def test_memory_for_bodies_is_bounded_but_one_always_fits() -> None:
    memory = limits.BodyMemory(10)
    with memory.reserve(100), pytest.raises(Problem) as busy, memory.reserve(1):
        pass
    assert busy.value.status == 503
    assert memory.used == 0
    with memory.reserve(5), memory.reserve(5):
        assert memory.used == 10


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


def test_health_errors_and_the_description_need_no_kafka() -> None:
    service = IngestService(SETTINGS)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(build_push_api(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            before = await client.get("/readyz")
            service.ready = True
            paths = ("/readyz", "/healthz", "/metrics", "/docs", "/openapi.json", "/nowhere", "/websub/x/y")
            answers = [await client.get(path) for path in paths]
            return [before, *answers, await client.post("/v1/items", content=b"x"), await client.put("/v1/items")]

    answers = asyncio.run(ask())
    assert [answer.status_code for answer in answers] == [503, 200, 200, 200, 200, 200, 404, 422, 401, 405]
    for answer in answers[6:]:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance"} <= answer.json().keys()
    assert answers[8].headers["www-authenticate"] == "Bearer"
    operations = {
        f"{method} {path}": operation["operationId"]
        for path, methods in answers[5].json()["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == {
        "post /v1/items": "items_v1_items_post",
        "post /v1/comments": "comments_v1_comments_post",
        "patch /v1/items/{name}": "change_v1_items__name__patch",
        "delete /v1/items/{name}": "kill_v1_items__name__delete",
        "get /v1/items/{name}": "status_v1_items__name__get",
    }
