"""Carries a pure stage (normalize, enrich): a batch in, the batch out, and only then the acknowledgement."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from faust.types import EventT

from pipeline import outcomes
from pipeline.errors import Reject
from pipeline.kafka.dead_letters import letter
from pipeline.outcomes import Outcome
from pipeline.records import ConsumedRecord, Outgoing, Sent, check_key, check_size, decode
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, Stage, Topic

BREATH = 0.02
"""Seconds of work after which the event loop gets its turn, so that heartbeats go out."""


@dataclass(frozen=True)
class Route:
    """What a stage does with the records of one topic."""

    source: Topic
    transform: Callable[[Any], Any]
    target: Topic
    beside: Callable[[Any], list[Sent]] | None = None
    """What else is sent of the event that `transform` made."""


def incoming(event: EventT[Any], topics: dict[str, Topic]) -> ConsumedRecord:
    """A Faust event's record as it came over the wire."""
    message: Any = event.message
    return ConsumedRecord(topics[message.topic], message.partition, message.offset, message.key, message.value)


def refuse(stage: Stage, record: ConsumedRecord, reject: Reject, settings: Settings) -> Outgoing:
    """The dead letter for `record`."""
    dead = letter(
        stage.name,
        reject,
        record.key,
        record.value,
        topic=record.topic.full_name(settings),
        partition=record.partition,
        offset=record.offset,
    )
    return Outgoing(DEAD_LETTERS, record.partition, dead.key, dead.value, dead.headers)


def transform(stage: Stage, route: Route, record: ConsumedRecord, settings: Settings) -> tuple[list[Outgoing], Outcome]:
    """One record through its pure function: the records to send, or its dead letter. Never raises for bad input."""
    try:
        event: Any = decode(route.source.schema, record)
        check_key(record, event.data.article_id)
        made = route.transform(event)
        value = check_size(made.to_json(), settings.largest_record)
        beside = [sent.outgoing(settings) for sent in route.beside(made)] if route.beside else []
    except Reject as reject:
        return [refuse(stage, record, reject, settings)], Outcome.DEAD_LETTERED
    except Exception as e:
        # not foreseen: the record is kept and named, its partition goes on
        outcomes.log.exception("%s failed on %s", stage.name, record.key)
        failure = Reject("failed", f"{type(e).__name__}: {e}")
        return [refuse(stage, record, failure, settings)], Outcome.DEAD_LETTERED
    return [Outgoing(route.target, record.partition, record.key, value), *beside], Outcome.FORWARDED


async def carry(
    stage: Stage,
    routes: dict[str, Route],
    events: Sequence[EventT[Any]],
    settings: Settings,
    deliver: Callable[[list[Outgoing]], Any],
) -> None:
    """Process one batch and return when all that came from it is delivered. The caller acknowledges."""
    started = breath = time.monotonic()
    tally: Counter[Outcome] = Counter()
    out: list[Outgoing] = []
    topics = {name: route.source for name, route in routes.items()}
    for event in events:
        record = incoming(event, topics)
        outgoing, outcome = transform(stage, routes[event.message.topic], record, settings)
        out.extend(outgoing)
        tally[outcome] += 1
        if time.monotonic() - breath > BREATH:
            await asyncio.sleep(0)
            breath = time.monotonic()
    await deliver(out)
    outcomes.record(stage.name, tally, time.monotonic() - started)
