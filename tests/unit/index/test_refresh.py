"""Urgent documents are refreshed after their bulk, within a limit."""

from __future__ import annotations

from typing import Any, cast

import pytest
from elasticsearch import ConnectionTimeout

from pipeline.index.batch import write_batch
from pipeline.index.families import index_request
from pipeline.index.refresh import Refresher, is_urgent
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.article import Article
from tests.support.builders import NOON, article_event
from tests.support.memory import revise, revise_tables
from tests.unit.index.test_hidden import FakeBulk


class Client:
    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.now, self.seconds, self.error = 100.0, seconds, error
        self.refreshed: list[list[str]] = []
        self.indices = self

    def options(self, **_: object) -> Client:
        return self

    def refresh(self, index: list[str]) -> None:
        self.now += self.seconds
        if self.error:
            raise self.error
        self.refreshed.append(index)


def refresher(client: Client) -> Refresher:
    return Refresher(cast(Any, client), lambda alias: f"mine-{alias}", lambda: client.now)


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


def test_refreshes_take_no_more_than_a_tenth_of_the_time() -> None:
    client = Client(seconds=0.5)
    one = refresher(client)
    assert one.refresh({"articles"})
    client.now += 4.9
    assert not one.refresh({"articles"})
    client.now += 0.2
    assert one.refresh({"articles"})
    assert client.refreshed == [["mine-articles"]] * 2


def test_nothing_urgent_asks_for_nothing() -> None:
    client = Client()
    assert not refresher(client).refresh(set())
    assert client.refreshed == []


def test_a_refresh_that_fails_harms_nothing() -> None:
    client = Client(error=ConnectionTimeout("no answer"))
    one = refresher(client)
    assert not one.refresh({"articles"})


def test_the_request_says_whether_its_article_is_urgent() -> None:
    event = article_event()
    batch = revise(revise_tables())
    batch.apply(event, NOON)
    (record,) = (one for one in batch.run_all(NOON) if one.topic is ARTICLES_CURRENT)
    request = index_request(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()), [], NOON)
    assert not request.urgent
