"""Saved searches while Kafka is away: readers' requests don't wait for it."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import pytest

from pipeline.errors import Retry
from pipeline.saved import store as module
from pipeline.saved.store import Store
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from tests.support.waiting import PATIENCE
from tests.unit.alerts.memory import SETTINGS, Topics, save, search


def made() -> Store:
    topics, store = Topics(), Store(SETTINGS)
    save(topics, search(1, "ferry"))
    store.searches, store.alerts = topics.table(SavedSearches), topics.table(Alerts)
    store.deliveries = topics.table(Deliveries)
    return store


def test_one_request_waits_for_kafka_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AFTER_FAILURE", PATIENCE)
    store, reading, may_end = made(), threading.Event(), threading.Event()
    assert store.find(UUID(int=1)) is not None

    def refresh() -> None:
        reading.set()
        assert may_end.wait(PATIENCE)
        raise Retry("away")

    monkeypatch.setattr(store.searches, "refresh", refresh)
    store._read = 0
    errors: list[Exception] = []

    def first() -> None:
        try:
            store.refresh()
        except Retry as e:
            errors.append(e)

    waiting = threading.Thread(target=first)
    waiting.start()
    assert reading.wait(PATIENCE)
    assert store.find(UUID(int=1)) is not None, "what is known is answered meanwhile"
    may_end.set()
    waiting.join(PATIENCE)
    assert len(errors) == 1
    reading.clear()
    with pytest.raises(Retry):
        store.refresh()
    assert not reading.is_set(), "Kafka is not asked again at once"


def test_what_was_never_read_is_waited_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURN", 0.01)
    store = made()
    with store._lock, pytest.raises(Retry):
        store.refresh()
    before = time.monotonic()
    store.refresh()
    assert store._read >= before
