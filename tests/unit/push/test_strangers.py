"""Whoever has no key, or another one, gets nothing of a provider's and takes nothing from it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pipeline.feeds import websub
from pipeline.feeds.subscriptions import subscription
from schemas.subscription import HubState, Subscription
from tests.support.ingest import Door
from tests.support.samples import ninjs
from tests.unit.feeds.test_websub import FEED_URL, NAMED, NOW


class Topic:
    """Subscriptions as the process has read them, and what it would read."""

    def __init__(self) -> None:
        self.values: dict[str, Subscription] = {}
        self.later: dict[str, Subscription] = {}
        self.refreshed = 0

    def get(self, key: str) -> Subscription | None:
        return self.values.get(key)

    def refresh(self) -> None:
        self.refreshed += 1
        self.values |= self.later

    def put(self, changes: list[tuple[str, Subscription]]) -> None:
        self.values.update(changes)


def test_the_address_of_a_hub_is_known_before_anything_is_read_or_asked() -> None:
    async def ask() -> None:
        door, topic = Door(), Topic()
        door.service.callbacks._subscriptions = topic  # type: ignore[assignment]
        feed = websub.requested(subscription(FEED_URL, NOW), NAMED, NOW)
        assert feed.hub is not None
        read = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(1000):
                read += 1000
                yield b"x" * 1000

        async with door.desk() as hub:
            for _ in range(30):
                answer = await hub.post(f"/websub/{uuid4()}/{'t' * 32}", content=body())
                assert answer.status_code == 404
            assert read == 0, "nobody's body is read"
            assert topic.refreshed <= 1, "Kafka isn't asked for each stranger"
            # a hub calls at once, before this process has read of its subscription
            topic.later = {str(feed.feed_id): feed}
            door.service.callbacks._look_again = 0
            query = {"hub.mode": "subscribe", "hub.topic": FEED_URL, "hub.challenge": "<script>alert(1)</script>"}
            answer = await hub.get(f"/websub/{feed.feed_id}/{feed.hub.token}", params=query)
            assert (answer.status_code, answer.text) == (200, "<script>alert(1)</script>")
            assert answer.headers["content-type"].startswith("text/plain")
            assert answer.headers["x-content-type-options"] == "nosniff"
            stored = topic.values[str(feed.feed_id)].hub
            assert stored is not None
            assert stored.state is HubState.ACTIVE
            wrong = f"/websub/{feed.feed_id}/{feed.hub.token[:-1]}x"
            assert (await hub.get(wrong, params=query)).status_code == 404
            # a delivery that isn't signed is answered, and publishes nothing
            answer = await hub.post(f"/websub/{feed.feed_id}/{feed.hub.token}", content=b"<rss/>")
            assert answer.status_code == 202
            assert door.producer.records == []

    asyncio.run(ask())


def test_what_another_provider_sent_is_not_to_be_had_by_its_idempotency_key() -> None:
    async def ask() -> None:
        door = Door()
        body = json.dumps(ninjs("urn:1")).encode()
        async with door.desk("wire") as wire, door.desk("rival") as rival:
            headers = {"Idempotency-Key": "k"}
            first = await wire.post("/v1/items", content=body, headers=headers)
            other = await rival.post("/v1/items", content=body, headers=headers)
            assert first.json()["items"][0]["id"] != other.json()["items"][0]["id"]
            assert (await wire.post("/v1/items", content=body, headers=headers)).json() == first.json()
            for key in ("/v1/items/k", "wire//v1/items/k", "../wire//v1/items/k"):
                odd = await rival.post("/v1/items", content=body, headers={"Idempotency-Key": key})
                assert odd.json() == other.json()

    asyncio.run(ask())


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "/operator"},
        {"source": "/operator", "data": {"by": "operator"}},
        {"id": "another/id", "subject": "not/a/uuid"},
        {"time": "2199-01-01T00:00:00Z"},
        {"operator": True, "partitionkey": "x"},
    ],
)
def test_an_event_is_its_senders_whatever_it_says(changes: dict[str, Any]) -> None:
    async def ask() -> None:
        door = Door()
        article_id, claims = await door.service.named("wire", "urn:1")
        data = {
            "kind": "withdrawal", "article_id": str(article_id), "provider": "wire", "publisher": "wire", "by": "wire", "at": "2026-03-14T08:20:00Z",
            "claims": [claim.model_dump(mode="json") for claim in claims],
        }  # fmt: skip
        event = {
            "specversion": "1.0", "id": "x", "source": "/wire", "type": "article.withdrawn", "subject": str(article_id),
            "time": "2026-03-14T08:20:00Z", "data": data,
        }  # fmt: skip
        sent = event | changes | {"data": data | changes.get("data", {})}
        async with door.desk("wire") as wire:
            answer = await wire.post("/v1/items", content=json.dumps(sent).encode())
        for value in door.producer.values("articles.raw"):
            taken = json.loads(value)
            assert taken["source"] == "/wire"
            assert taken["time"] < "2190"
            assert taken["data"]["by"] != "operator", "it would be shown as an operator's"
            assert taken["subject"] == str(article_id)
        assert answer.status_code in (202, 422)

    asyncio.run(ask())


@pytest.mark.parametrize(
    "hostile", [{"urgency": "soon"}, {"headline": "\ud800"}, {"uri": "x" * 100_000}, {"body_text": 5}]
)
def test_a_hostile_item_costs_only_itself(hostile: dict[str, Any]) -> None:
    async def ask() -> httpx.Response:
        door = Door()
        async with door.desk() as desk:
            body = json.dumps([ninjs("1"), ninjs("2") | hostile, ninjs("3")]).encode()
            return await desk.post("/v1/items", content=body)

    answer = asyncio.run(ask())
    assert answer.status_code == 202
    assert answer.json()["accepted"] >= 2
