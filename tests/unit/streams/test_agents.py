"""What comes from Faust: records with their times, and batches of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.stages.stage import Pause
from pipeline.streams import agents
from pipeline.streams.agents import add_agent, batches, consumed
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


def test_a_pause_is_as_long_as_the_batch_took_and_never_longer_than_it_may_be() -> None:
    pause = Pause(times=3, longest=1)
    assert pause.seconds(1, most=500, took=0.01) == pytest.approx(0.03)
    assert pause.seconds(499, most=500, took=60) == 1
    assert pause.seconds(500, most=500, took=60) == 0, "more waits already"


@pytest.mark.parametrize("pause", [None, Pause(times=3, longest=1)])
def test_a_stage_that_pauses_has_acknowledged_its_batch_before(
    monkeypatch: pytest.MonkeyPatch, pause: Pause | None
) -> None:
    happened: list[str] = []
    agent = _agent(happened, pause)

    async def sleep(seconds: float) -> None:
        assert 0 <= seconds <= 1
        happened.append("pauses")

    class Stream:
        async def noack_take(self, most: int, within: float) -> AsyncIterator[list[Any]]:
            for n in (1, 2):
                happened.append("takes")
                yield [_event(n, happened)]

    monkeypatch.setattr("pipeline.streams.agents.asyncio.sleep", sleep)
    asyncio.run(agent(Stream()))
    once = ["takes", "runs", "acknowledges", *(["pauses"] if pause else [])]
    assert happened == once * 2


def _agent(happened: list[str], pause: Pause | None) -> Any:
    """What Faust would run."""
    made: list[Any] = []
    app: Any = SimpleNamespace(
        topic=lambda *_, **__: None, agent=lambda *_, **__: made.append, consumer_generation_id=1
    )

    async def run(events: list[Any]) -> None:
        happened.append("runs")

    async def check(offsets: object) -> None: ...

    guard: Any = SimpleNamespace(check=check)
    watch: Any = SimpleNamespace(batch=lambda *_: nullcontext())
    add_agent(app, Settings(_env_file=None), "stage", ("t",), guard, watch, run, pause=pause)
    return made[0]


def _event(offset: int, happened: list[str]) -> Any:
    message = SimpleNamespace(topic="t", partition=0, offset=offset, generation_id=1)
    return SimpleNamespace(message=message, ack=lambda: happened.append("acknowledges"))
