"""When a record was received, whatever its timestamp says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from pipeline.streams.agents import consumed
from pipeline.topics import ARTICLES_RAW
from tests.support.builders import raw_article

FAR = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("timestamp", [FAR.timestamp(), 0, None, -0.001, -1e9, 9e12, -9e12, 1e300, float("nan")])
def test_no_timestamp_stops_the_worker_or_makes_a_far_future_believed(timestamp: float | None) -> None:
    event = raw_article("a").model_copy(update={"time": FAR})
    made = ARTICLES_RAW.record(event)
    message = SimpleNamespace(topic="t", partition=0, offset=1, key=made.key, value=made.encoded(), timestamp=timestamp)
    before = datetime.now(UTC)
    record = consumed(message, {"t": ARTICLES_RAW})
    assert record.timestamp is not None
    assert before <= record.timestamp <= datetime.now(UTC)
    assert ARTICLES_RAW.decode(record).time == record.timestamp


def test_a_brokers_time_is_kept() -> None:
    at = datetime.now(UTC) - timedelta(days=2)
    made = ARTICLES_RAW.record(raw_article("a"))
    message = SimpleNamespace(
        topic="t", partition=0, offset=1, key=made.key, value=made.encoded(), timestamp=at.timestamp()
    )
    received = consumed(message, {"t": ARTICLES_RAW}).timestamp
    assert received is not None
    assert abs(received - at) < timedelta(milliseconds=1)
