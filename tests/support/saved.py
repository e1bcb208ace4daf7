"""Saved searches of an API process without Kafka: one search, and the articles that it was told of."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pipeline.saved.store import Store
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.settings import Settings
from schemas.saved_search import Alert, AlertKind
from tests.unit.alerts.memory import Topics


def store_of(settings: Settings, topics: Topics | None = None) -> Store:
    """An empty one."""
    store, topics = Store(settings.model_copy(update={"saved_searches": 100})), topics or Topics()
    store.searches, store.alerts = topics.table(SavedSearches), topics.table(Alerts)
    store.deliveries = topics.table(Deliveries)
    return store


def told(store: Store, search_id: UUID, article_id: str, withdrawn: Alert | None = None) -> Alert:
    """Tell a search of an article, now; or of the withdrawal of what it was told."""
    now = datetime.now(UTC)
    kind, version, matched = (AlertKind.WITHDRAWN, 2, withdrawn.matched) if withdrawn else (AlertKind.MATCHED, 1, now)
    made = Alert(search_id=search_id, article_id=UUID(article_id), kind=kind, version=version, at=now, matched=matched, reason="killed")  # fmt: skip
    store.alerts.put([(f"{search_id}/{article_id}", made)])
    return made


def told_of(settings: Settings, *article_ids: str) -> tuple[Store, str, str]:
    """A store with a search that was told of these, the search's id and its token."""
    store = store_of(settings)
    search, token = store.add("Ferries", {"q": "ferry"})
    for article_id in article_ids:
        told(store, search.search_id, article_id)
    return store, str(search.search_id), token
