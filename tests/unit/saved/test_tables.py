"""Alerts in memory: by search, by article, and no longer than the topic keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pipeline.kafka.compacted import CompactedTable
from pipeline.saved import tables
from pipeline.saved.tables import AGE, Alerts, SavedSearches
from schemas.saved_search import Alert, AlertKind
from tests.unit.alerts.memory import SETTINGS, search

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
