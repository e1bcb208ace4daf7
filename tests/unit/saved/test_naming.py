"""Which saved searches name somebody, and what an erasure does about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from pipeline.operations import erase
from pipeline.operations.receipts import LEFT, saved_lines
from pipeline.saved.naming import names
from pipeline.saved.tables import SavedSearches
from pipeline.topics import SAVED_SEARCHES
from tests.unit.alerts.memory import SETTINGS, Topics, hook, save, search

NOW = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"q": '"Jo Public" strike'}, True), ({"q": "author:(public jo)"}, True), ({"q": "PUBLIC, JÖ"}, True), ({"author": ["Ann Lee", "Jo Public"]}, True),
        ({"q": "jo"}, False), ({"q": "john public"}, False), ({"q": "jo", "person": ["public"]}, False), ({"q": "ferry"}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_search_names_who_is_in_one_of_its_texts(query: dict[str, Any], named: bool) -> None:
    assert names(search(1, "Boats").model_copy(update={"query": query}), "Jo Public") is named


@pytest.mark.parametrize(
    ("text", "name"),
    [("山田太郎逮捕", "山田太郎"), ("ΓΙΏΡΓΟΣ παπαδόπουλος", "Γιώργος Παπαδόπουλος"), ("Ольга-Кузнецова", "Кузнецова Ольга"), ("jo_public", "Jo Public")],
)  # fmt: skip
def test_in_any_script(text: str, name: str) -> None:
    assert names(search(1, text), name)
    assert not names(search(1, text), f"{name} zz")


def test_an_address_and_a_name_count_and_nothing_is_nobody() -> None:
    assert names(search(1, "ferry", webhook=hook("https://desk.example/jo-public")), "Jo Public")
    assert names(search(1, "ferry").model_copy(update={"name": "For Jo Public"}), "jo public")
    assert not names(search(1, "ferry"), "…")


def test_an_erasure_counts_them_and_deletes_them_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = Topics()
    save(topics, search(1, "Jo Public strike"), search(2, "ferry"))

    class InMemory:
        def __init__(self, _: object) -> None:
            self.table = topics.table(SavedSearches)

        def __enter__(self) -> SavedSearches:
            self.table.refresh()
            return self.table

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(erase, "SavedSearches", InMemory)
    there = frozenset({SAVED_SEARCHES.full_name(SETTINGS)})
    monkeypatch.setattr(erase, "existing_topics", lambda _: frozenset())
    assert erase._saved(SETTINGS, "Jo Public", True) == [], "never switched on"
    monkeypatch.setattr(erase, "existing_topics", lambda _: there)
    own = str(UUID(int=1))
    assert erase._saved(SETTINGS, "jo public", False) == [own]
    assert erase._saved(SETTINGS, "jo public", True) == [own]
    assert [key for key, value in topics.logs[SavedSearches] if value is None] == [own]
    assert erase._saved(SETTINGS, "jo public", True) == []


def test_a_receipt_says_where_they_are_and_not_whose_name_it_was() -> None:
    (kept,) = saved_lines(SETTINGS, [str(UUID(int=1))], False, NOW)
    assert (kept.state, kept.count) == ("still in a copy", 1)
    assert str(UUID(int=1)) in kept.note
    assert "--saved-searches" in kept.note
    assert kept.state not in LEFT, "they are others' data"
    removed, topic = saved_lines(SETTINGS, [str(UUID(int=1))], True, NOW)
    assert (removed.state, topic.state, topic.by is not None) == ("removed", "gone by", True)
    assert [one.state for one in saved_lines(SETTINGS, [], True, NOW)] == ["nothing there"]
