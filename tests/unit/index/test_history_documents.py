"""A superseded revision in the index, as the funnel counts it."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.index import projections
from pipeline.topics import ARTICLES_HISTORY, ARTICLES_RAW
from pipeline.topology import worker_stages
from tests.support.broker import Broker, Worker
from tests.support.builders import raw_article
from tests.support.memory import settings_with


def test_it_says_when_the_worker_got_it() -> None:
    """Its own time may be of any day: the funnel of today would not find what came today and is old."""
    broker = Broker(settings_with(partitions=1))
    before = datetime.now(UTC)
    for at in (0, 1):
        broker.append(ARTICLES_RAW.record(raw_article("a", at=at, text=f"Text {at}.")))
    Worker(broker, worker_stages(broker.settings)).run()
    (superseded,) = broker.records(ARTICLES_HISTORY)
    document = projections.revision(superseded, (), before).document
    assert document is not None
    assert document["revision"]["received"] < before
    assert document["processed"]["normalized"] >= before
