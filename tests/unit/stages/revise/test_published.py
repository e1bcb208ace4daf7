"""The time of publication of an article that says only when it was modified."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from schemas.enriched import EnrichedArticle
from schemas.events import EnrichedArticleEvent
from schemas.identity import Moment
from tests.support.builders import article_event, id_of, minutes
from tests.support.index import Indices
from tests.support.memory import revise, revise_tables


def dated(at: float, published: datetime | None = None) -> EnrichedArticleEvent:
    """A revision as normalize makes it of an item that has `published`, or only a modification time."""
    event = article_event(at=at, text=f"As of {at}.")
    assert isinstance(event.data, EnrichedArticle)
    first = Moment(utc=published) if published else Moment(utc=minutes(at), derived=True)
    article = event.data.article.model_copy(update={"modified": Moment(utc=minutes(at)), "published": first})
    return event.model_copy(update={"data": event.data.model_copy(update={"article": article})})


def shown(events: Any, size: int = 1) -> Any:
    tables, index = revise_tables(), Indices()
    arriving = list(events)
    while arriving:
        batch = revise(tables)
        for event in arriving[:size]:
            batch.apply(event, minutes(100))
        arriving = arriving[size:]
        index.take(batch.run_all(minutes(100)), minutes(100))
    return index.current[str(id_of("story"))].article


@pytest.mark.parametrize("order", list(itertools.permutations((0, 10, 20))))
@pytest.mark.parametrize("size", [1, 3])
def test_the_first_time_that_was_seen_stays_in_every_order(order: tuple[int, ...], size: int) -> None:
    article = shown((dated(at) for at in order), size)
    assert article.paragraphs == ("As of 20.",)
    assert article.modified.utc == minutes(20)
    assert article.published == Moment(utc=minutes(0), derived=True)


def test_a_time_that_the_item_says_is_not_derived() -> None:
    article = shown([dated(0), dated(10, published=minutes(-60)), dated(5)])
    assert article.published == Moment(utc=minutes(-60))
    again = shown([dated(10, published=minutes(-60)), dated(20)])
    assert (again.published.utc, again.published.derived) == (minutes(10), True)
