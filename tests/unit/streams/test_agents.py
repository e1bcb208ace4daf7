"""What comes from Faust: records with their times, and batches of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from pipeline.streams import agents
from pipeline.streams.agents import batches, consumed
from pipeline.topics import ARTICLES_RAW
from tests.support.builders import raw_article

FAR = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("timestamp", [FAR.timestamp(), 0, None, -0.001, -1e9, 9e12, -9e12, 1e300, float("nan")])
def test_no_timestamp_stops_the_worker_or_makes_a_far_future_believed(timestamp: float | None) -> None:
    event = raw_article("a").model_copy(update={"time": FAR})
    made = ARTICLES_RAW.record(event)
    message = SimpleNamespace(
        topic="t", partition=0, offset=1, key=made.key, value=made.encoded(), timestamp=timestamp, headers=None
    )
    before = datetime.now(UTC)
    record = consumed(message, {"t": ARTICLES_RAW})
    assert record.timestamp is not None
    assert before <= record.timestamp <= datetime.now(UTC)
    assert ARTICLES_RAW.decode(record).time == record.timestamp


def test_a_brokers_time_is_kept() -> None:
    at = datetime.now(UTC) - timedelta(days=2)
    made = ARTICLES_RAW.record(raw_article("a"))
    message = SimpleNamespace(
        topic="t", partition=0, offset=1, key=made.key, value=made.encoded(), timestamp=at.timestamp(), headers=None
    )
    received = consumed(message, {"t": ARTICLES_RAW}).timestamp
    assert received is not None
    assert abs(received - at) < timedelta(milliseconds=1)


def test_headers_are_kept_in_their_order_and_number() -> None:
    made = ARTICLES_RAW.record(raw_article("a"))
    headers = (("traceparent", b"one"), ("traceparent", b""), ("other", b"x"))
    message = SimpleNamespace(
        topic="t", partition=0, offset=1, key=made.key, value=made.encoded(), timestamp=1.0, headers=headers
    )
    assert consumed(message, {"t": ARTICLES_RAW}).headers == headers


def test_a_batch_is_bounded_by_what_it_holds_and_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "LARGEST", 10)

    def split(*values: bytes | None, limit: int = 100, weight: int = 1) -> list[list[bytes | None]]:
        events = [SimpleNamespace(message=SimpleNamespace(value=value)) for value in values]
        return [[e.message.value for e in batch] for batch in batches(events, limit, lambda message: weight)]

    assert split(b"1234", b"567890", b"1", None) == [[b"1234", b"567890"], [b"1", None]]
    assert split(b"1", b"much too large", b"2") == [[b"1"], [b"much too large"], [b"2"]]
    assert split(b"1", b"2", b"3", limit=2) == [[b"1", b"2"], [b"3"]]
    assert split(b"1", b"2", limit=2, weight=9) == [[b"1"], [b"2"]]
