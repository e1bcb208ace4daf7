"""Urgent documents are refreshed after their bulk, within a limit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from elasticsearch import ConnectionTimeout

from pipeline.index.batch import remove_hidden, write_batch
from pipeline.index.hidden import HiddenVersions
from pipeline.index.projections import index_request
from pipeline.index.refresh import Refresher, is_urgent, pause
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.article import Article
from schemas.events import CurrentArticleEvent
from tests.support.builders import NOON, article_event, kill_event
from tests.support.memory import revise, revise_tables
from tests.support.waiting import PATIENCE
from tests.unit.index.test_hidden import FakeBulk


class Client:
    """Each refresh ends when it may."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.may_end = threading.Event()
        self.refreshed: queue.Queue[list[str]] = queue.Queue()
        self.indices = self

    def options(self, **_: object) -> Client:
        return self

    def refresh(self, index: list[str]) -> None:
        self.refreshed.put(index)
        assert self.may_end.wait(PATIENCE)
        if self.error:
            raise self.error


@contextmanager
def refresher(client: Client) -> Iterator[Refresher]:
    made = Refresher(cast(Any, client), lambda alias: f"mine-{alias}")
    try:
        yield made
    finally:
        client.may_end.set()
        made.close()


def article(**fields: Any) -> Article:
    data: Any = article_event().data
    return cast(Article, data.article.model_copy(update=fields))


@pytest.mark.parametrize(
    ("fields", "urgent"),
    [
        ({"urgency": 1}, True),
        ({"urgency": 2}, True),
        ({"urgency": 3}, False),
        ({}, False),
        ({"genre": "Breaking News"}, True),
        ({"genre": "Flash "}, True),
        ({"genre": "Eilmeldung"}, True),
        ({"genre": "feature"}, False),
        ({"genre": "flash", "urgency": 5}, False),
    ],
)
def test_what_is_urgent(fields: dict[str, Any], urgent: bool) -> None:
    assert is_urgent(article(**fields)) is urgent


def written(**fields: Any) -> list[set[str]]:
    """What is refreshed after a batch with an ordinary article and one with these fields."""
    asked: list[set[str]] = []
    records = []
    for name, more in (("plain", {}), ("other", fields)):
        event = article_event(name)
        data: Any = event.data
        data = data.model_copy(update={"article": data.article.model_copy(update=more)})
        batch = revise(revise_tables())
        batch.apply(event.model_copy(update={"data": data}), NOON)
        current = [one for one in batch.run_all(NOON) if one.topic is ARTICLES_CURRENT]
        records += [ConsumedRecord(one.topic, 0, n, one.key, one.encoded()) for n, one in enumerate(current)]
    refresh: Any = lambda aliases: asked.append(set(aliases))  # noqa: E731
    write_batch([(record, []) for record in records], FakeBulk(), None, refresh)  # type: ignore[arg-type]
    return [one for one in asked if one]


def test_a_batch_with_an_urgent_article_is_refreshed() -> None:
    assert written(urgency=2) == [{"articles"}]
    assert written(urgency=4) == []
    withheld = written(urgency=1, withheld=True)
    assert withheld == [], "readers wait for nothing that they may not see"


def test_a_batch_that_hides_an_article_is_refreshed() -> None:
    asked: list[set[str]] = []
    refresh: Any = lambda aliases: asked.append(set(aliases))  # noqa: E731
    tables = revise_tables()
    for event in (article_event(), kill_event()):
        batch = revise(tables)
        batch.apply(event, NOON)
        current = [one for one in batch.run_all(NOON) if one.topic is ARTICLES_CURRENT]
        records = [ConsumedRecord(one.topic, 0, 0, one.key, one.encoded()) for one in current]
        write_batch([(record, []) for record in records], FakeBulk(), None, refresh)  # type: ignore[arg-type]
    assert [one & {"articles"} for one in asked] == [set(), {"articles"}]
    assert "articles" in remove_hidden([(records[0], [])], FakeBulk(), HiddenVersions())  # type: ignore[arg-type]


def test_what_is_asked_for_during_a_refresh_is_refreshed_after_it_together() -> None:
    client = Client()
    with refresher(client) as one:
        one.ask({"articles"})
        assert client.refreshed.get(timeout=PATIENCE) == ["mine-articles"]
        one.ask({"comments"})
        one.ask({"articles"})
        assert client.refreshed.empty(), "one refresh at a time"
        client.may_end.set()
        assert client.refreshed.get(timeout=PATIENCE) == ["mine-articles", "mine-comments"]
    assert client.refreshed.empty()


def test_refreshes_take_no_more_than_a_quarter_of_the_time() -> None:
    assert pause(0.25) == 0.75
    assert pause(0.001) == 0.1
    assert pause(20) == 1, "Elasticsearch refreshes as often by itself"


def test_nothing_urgent_asks_for_nothing() -> None:
    client = Client()
    with refresher(client) as one:
        one.ask(set())
    assert client.refreshed.empty()


def test_what_is_asked_for_at_the_end_harms_nothing() -> None:
    client = Client()
    with refresher(client) as one:
        pass
    one.ask({"articles"})
    one.close()
    assert client.refreshed.empty()


@pytest.mark.parametrize("error", [ConnectionTimeout("no answer"), ValueError("not Elasticsearch's")])
def test_a_refresh_that_fails_is_followed_by_others(error: Exception) -> None:
    client = Client(error)
    client.may_end.set()
    with refresher(client) as one:
        for _ in range(2):
            one.ask({"articles"})
            assert client.refreshed.get(timeout=PATIENCE) == ["mine-articles"]


def test_the_request_says_whether_its_article_is_urgent() -> None:
    event = article_event()
    batch = revise(revise_tables())
    batch.apply(event, NOON)
    (record,) = (one for one in batch.run_all(NOON) if one.topic is ARTICLES_CURRENT)
    request = index_request(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()), [], NOON)
    assert not request.urgent


def current_again(event: CurrentArticleEvent, **data: Any) -> bool:
    """Whether a current record of an urgent article is urgent, with these differences."""
    assert event.data.article is not None
    urgent = event.data.article.model_copy(update={"urgency": 1})
    value = event.model_copy(update={"data": event.data.model_copy(update={"article": urgent, **data})})
    record = ARTICLES_CURRENT.record(value)
    return index_request(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()), [], NOON).urgent


def test_its_place_in_a_story_is_not_urgent_and_an_end_of_an_embargo_is() -> None:
    batch = revise(revise_tables())
    batch.apply(article_event(), NOON)
    (record,) = (one for one in batch.run_all(NOON) if one.topic is ARTICLES_CURRENT)
    event = ARTICLES_CURRENT.decode(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()))
    assert current_again(event)
    assert not current_again(event, version=event.data.version + 1)
    assert current_again(event, version=event.data.version + 1, moved=True)
