"""The search API with searches that can be saved, and Kafka and Elasticsearch in memory."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import httpx
from fastapi import FastAPI

from pipeline.saved.store import Store
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.search.api import build_api
from pipeline.settings import Settings
from schemas.saved_search import Alert, AlertKind
from tests.unit.alerts.memory import Topics

A, B = UUID(int=0xA), UUID(int=0xB)
NOW = datetime.now(UTC)


KEYS = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("herald", "gazette")}


class Reader:
    """Readers can see A."""

    def sources(self, _: str, body: Any) -> list[dict[str, Any]]:
        ids = body["query"]["ids"]["values"]
        return [{"article_id": str(A), "headline": "Ferries"}] if str(A) in ids else []


def connect(store: Store, topics: Topics) -> None:
    store.searches, store.alerts = topics.table(SavedSearches), topics.table(Alerts)
    store.deliveries = topics.table(Deliveries)


def made(**options: Any) -> tuple[FastAPI, Store, Topics]:
    topics, settings = (
        Topics(),
        Settings(_env_file=None, search_url="https://search.example", **{"saved_searches": 100, **options}),
    )
    store = Store(settings)
    connect(store, topics)
    return build_api(cast(Any, Reader()), settings, store), store, topics


def ask(api: FastAPI, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
            headers = {"Authorization": f"Bearer {key}"} if key else more.pop("headers", {})
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(asked())


def save(api: FastAPI, key: str | None = None, **more: Any) -> httpx.Response:
    return ask(api, "POST", "/v1/searches", key, json={"name": "Ferries", "query": {"q": "ferry"}} | more)


def alert(
    article_id: UUID, kind: AlertKind = AlertKind.MATCHED, at: datetime = NOW, number: int = 1, matched: datetime = NOW
) -> Alert:
    return Alert(
        search_id=UUID(int=1),
        article_id=article_id,
        kind=kind,
        version=number,
        at=at,
        matched=matched,
        reason="killed",
    )
