"""Alerts in memory: by search, by article, and no longer than the topic keeps them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pipeline.kafka import compacted
from pipeline.kafka.compacted import CompactedTable
from pipeline.saved import tables
from pipeline.saved.tables import AGE, Alerts, Deleted, Deliveries, SavedSearches
from schemas.saved_search import Alert, AlertKind
from tests.support.waiting import PATIENCE
from tests.unit.alerts.memory import SETTINGS, Topics, save, search

ONE, A, B = UUID(int=1), UUID(int=0xA), UUID(int=0xB)


def alert(article_id: UUID, at: datetime) -> Alert:
    return Alert(search_id=ONE, article_id=article_id, kind=AlertKind.MATCHED, version=1, at=at, matched=at)


def put(table: Alerts, one: Alert) -> None:
    table._apply(f"{one.search_id}/{one.article_id}".encode(), one.model_dump_json().encode())


def test_what_the_topic_no_longer_keeps_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompactedTable, "refresh", lambda _: None)
    table, now = Alerts(SETTINGS), datetime.now(UTC)
    put(table, alert(A, now - AGE - timedelta(minutes=1)))
    put(table, alert(B, now))
    table.refresh()
    assert table.find(ONE, A) is not None
    monkeypatch.setattr(tables, "_EXPIRE_EVERY", 0.0)
    table.refresh()
    assert (table.find(ONE, A), list(table.of_article(A)), table.searches()) == (None, [], [ONE])
    assert [one.article_id for one in table.of_search(ONE)] == [B]


def test_changes_are_told_to_each_who_follows() -> None:
    table = SavedSearches(SETTINGS)
    first, second = table.changes.follow(), table.changes.follow()
    table._apply(b"not-an-id", search(1, "x").model_dump_json().encode())
    table._apply(str(ONE).encode(), search(1, "x").model_dump_json().encode())
    assert first() == {ONE}
    table._apply(str(ONE).encode(), None)
    assert (first(), first(), second()) == ({ONE}, set(), {ONE})


def test_a_key_that_is_none_of_ours_costs_nothing() -> None:
    table = Alerts(SETTINGS)
    for key in (b"x", b"", b"a/b/c", f"{ONE}/x".encode()):
        table._apply(key, alert(A, datetime.now(UTC)).model_dump_json().encode())
    table._apply(f"{ONE}/{A}".encode(), None)
    assert table.searches() == []


def test_of_each_search_the_newest_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "KEPT", 2)
    table, now = Alerts(SETTINGS), datetime.now(UTC)
    for n, article_id in enumerate((A, B, UUID(int=0xC))):
        put(table, alert(article_id, now + timedelta(seconds=n)))
    assert [one.article_id for one in table.of_search(ONE)] == [B, UUID(int=0xC)]
    assert list(table.of_article(A)) == []


def test_a_list_is_made_again_when_something_changed_only() -> None:
    table, now = Alerts(SETTINGS), datetime.now(UTC)
    put(table, alert(A, now))
    first = table.of_search(ONE)
    assert table.of_search(ONE) is first
    put(table, alert(B, now))
    assert len(table.of_search(ONE)) == 2


def test_what_is_known_of_a_deleted_search_is_forgotten() -> None:
    topics = Topics()
    save(topics, search(1, "ferry"), search(2, "ferry"))
    searches, alerts, deliveries = topics.table(SavedSearches), topics.table(Alerts), topics.table(Deliveries)
    deleted, now = Deleted(searches, alerts, deliveries), datetime.now(UTC)
    two = UUID(int=2)
    alerts.put([(f"{ONE}/{A}", alert(A, now)), (f"{two}/{A}", alert(A, now).model_copy(update={"search_id": two}))])
    deleted.refresh()
    assert set(alerts.searches()) == {ONE, two}
    searches.put([(str(ONE), None)])
    deleted.refresh()
    assert alerts.searches() == [two]
    alerts.put([(f"{ONE}/{B}", alert(B, now))])
    deleted.refresh()
    assert alerts.searches() == [two], "another process did not know it yet"
    again = topics.table(SavedSearches), topics.table(Alerts)
    Deleted(*again).refresh()
    assert again[1].searches() == [two], "in a new process too"


def test_a_search_whose_time_is_over_is_none() -> None:
    topics, now = Topics(), datetime.now(UTC)
    save(topics, search(1, "a", expires=now - timedelta(1)), search(2, "b", expires=now + timedelta(1)), search(3, "c"))
    table = topics.table(SavedSearches)
    table.load()
    assert [table.find(UUID(int=n)) is not None for n in (1, 2, 3)] == [False, True, True]
    assert [one.search_id.int for one in table.over()] == [1]


def test_who_asks_does_not_wait_for_one_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    table, reading, may_end = Alerts(SETTINGS), threading.Event(), threading.Event()
    put(table, alert(A, datetime.now(UTC)))

    def read(*_: object, **__: object) -> Iterator[Any]:
        reading.set()
        assert may_end.wait(PATIENCE)
        yield from ()

    monkeypatch.setattr(compacted, "read_to_end", read)
    thread = threading.Thread(target=table.refresh)
    thread.start()
    assert reading.wait(PATIENCE)
    found: list[object] = []
    asking = threading.Thread(target=lambda: found.append(table.find(ONE, A)))
    asking.start()
    asking.join(PATIENCE)
    assert found, "it was answered meanwhile"
    may_end.set()
    thread.join(PATIENCE)
