"""Raw events through the real runner over a broker in memory, and what comes of them."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.kafka.dead_letters import from_headers
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_HISTORY,
    ARTICLES_RAW,
    COMMENTS_CURRENT,
    COMMENTS_RAW,
    DEAD_LETTERS,
    Record,
)
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.support.broker import Broker
from tests.support.builders import minutes
from tests.support.index import Indices
from tests.support.memory import settings_with

Event = RawArticleEvent | RawCommentEvent
FORMS = pytest.mark.parametrize("form", ["chained", "apart"])
"""The stages chained in one pass, and apart with topics between them."""


def broker_with(form: str, events: list[Event], **options: Any) -> Broker:
    broker = Broker(settings_with(stages=form, partitions=3, **options))
    for event in events:
        broker.append((ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW).record(event))
    return broker


def documents(broker: Broker) -> dict[str, Any]:
    """What an index has that reads the topics: the sink's own decisions, over everything that was ever sent."""
    indices = Indices()
    for topic in (ARTICLES_HISTORY, ARTICLES_CURRENT, COMMENTS_CURRENT):
        records = [Record(topic, record.key, record.value) for record in broker.records(topic)]
        indices.take(records, minutes(0))
    return indices.all()


def letters(broker: Broker) -> list[tuple[str, str]]:
    found = [from_headers(record.headers) for record in broker.records(DEAD_LETTERS)]
    return sorted((letter.stage, letter.reason) for letter in found)
