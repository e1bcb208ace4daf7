"""A Faust agent that processes batches, and acknowledges what is processed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import faust
from faust.types import TP

from pipeline.settings import MIB, Settings
from pipeline.stages.stage import Pause
from pipeline.streams.faust_fixes import exit_on_error
from pipeline.streams.gaps import OffsetGuard
from pipeline.streams.isolation import Turns
from pipeline.streams.watch import Watch
from pipeline.topics import ConsumedRecord, Topic

LARGEST = 64 * MIB
"""Bytes of a batch's records; what is made of them takes several times as many of memory."""
_LOG_APPEND_TIME = 1
"""Kafka's mark of a time that is the broker's and not the producer's."""
_EPOCH = datetime.fromtimestamp(0, UTC)


def add_agent(
    app: faust.App,
    settings: Settings,
    name: str,
    topics: tuple[str, ...],
    guard: OffsetGuard,
    watch: Watch,
    run: Callable[[list[Any]], Any],
    *,
    split: Callable[[list[Any]], Iterable[list[Any]]] = lambda events: [events],
    seconds: Callable[[], float | None] = lambda: None,
    turns: Turns | None = None,
    pause: Pause | None = None,
) -> None:
    """An agent that has a batch processed and only then acknowledges it; on any failure the process exits. Records that
    were handed out before a rebalance are left out: what was not committed is handed out again after it. `split` makes
    several batches of what came; each is processed and acknowledged by itself. After each time that
    something came it waits for its `pause`."""
    source = app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    any_app: Any = app
    turns = turns or Turns()

    async def once(events: list[Any]) -> None:
        async with turns.batch() as careful:
            generation = any_app.consumer_generation_id
            events = [event for event in events if event.message.generation_id == generation]
            if not events:
                return
            with watch.batch(name, seconds()):
                await guard.check((TP(e.message.topic, e.message.partition), e.message.offset) for e in events)
                await run(events)
                for event in events:
                    event.ack()
                if careful:  # the next batch may be deadly: this one isn't to be done again after it
                    # one that was on its way already doesn't count
                    await any_app.consumer.commit() or await any_app.consumer.commit()

    async def agent(stream: Any) -> None:
        async for events in stream.noack_take(settings.batch_size, within=settings.batch_wait):
            began = time.monotonic()
            for batch in split(events):
                await exit_on_error(turns.sparing(once(batch)))
            if pause is not None:
                await asyncio.sleep(pause.seconds(len(events), settings.batch_size, time.monotonic() - began))

    app.agent(source, name=name)(agent)


def batches(events: list[Any], limit: int, weight: Callable[[Any], int]) -> Iterator[list[Any]]:
    """The events in their order, so that a batch's messages weigh `limit` and have LARGEST bytes together at most, or it is
    one message: so that each ends in seconds, and fits into memory."""
    batch: list[Any] = []
    total = size = 0
    for event in events:
        own, length = weight(event.message), len(event.message.value or b"")
        if batch and (total + own > limit or size + length > LARGEST):
            yield batch
            batch, total, size = [], 0, 0
        batch.append(event)
        total += own
        size += length
    yield batch


def consumed(message: Any, topics: dict[str, Topic]) -> ConsumedRecord:
    """A Faust message as a record, undecoded."""
    return ConsumedRecord(
        topics[message.topic],
        message.partition,
        message.offset,
        message.key,
        message.value,
        message.headers or (),
        timestamp=_received(message.timestamp, datetime.now(UTC)),
    )


def brokers_time(messages: Iterable[Any]) -> datetime | None:
    """The latest time that the broker itself gave one of these messages."""
    times = [message.timestamp or 0 for message in messages if message.timestamp_type == _LOG_APPEND_TIME]
    return _time(max(times)) if times else None


def _received(seconds: float | None, now: datetime) -> datetime:
    """When the broker got a record: `now` where that isn't known, or is no time of a broker. In a topic with other timestamps
    than the broker's a sender may have written anything."""
    at = _time(seconds)
    return min(at, now) if at is not None else now


def _time(seconds: float | None) -> datetime | None:
    try:
        at = datetime.fromtimestamp(seconds or 0, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return at if at > _EPOCH else None
