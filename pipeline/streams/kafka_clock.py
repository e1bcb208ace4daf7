"""Kafka's own clock, asked before the worker begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pipeline.kafka.clients import producer
from pipeline.kafka.sending import Deliveries
from pipeline.settings import Settings
from pipeline.streams.clock import steady_time, system_time
from pipeline.topics import VISIBILITY_TIMERS
from schemas.visibility_timer import VisibilityTimer

_NOBODY = UUID(int=0)
_QUICK = 1.0
"""Seconds: an answer that took longer is old."""
_TRIES = 3


def kafka_time(settings: Settings, open_producer: Callable[[Settings], Any] = producer) -> datetime:
    """What Kafka's clock shows: the time that the broker gives to a record of a topic that has the broker's times. The record is
    a timer of no article, which changes nothing. Raises Retry where Kafka doesn't answer."""
    record = VISIBILITY_TIMERS.record(VisibilityTimer(article_id=_NOBODY, due=system_time()))
    sender = open_producer(settings)
    try:
        deliveries = Deliveries(settings, sender)
        for _ in range(_TRIES):  # the first answer has waited for the connection
            asked = steady_time()
            deliveries.send(VISIBILITY_TIMERS.full_name(settings), record.key, record.encoded())
            deliveries.wait()
            if steady_time() - asked < _QUICK:
                break
        return datetime.fromtimestamp(deliveries.stored[-1].timestamp / 1000, UTC)
    finally:
        sender.close(timeout=5)
