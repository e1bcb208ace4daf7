"""What a sink has to say about the records that it wrote, for who follows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.errors import Retry
from pipeline.kafka.sending import Deliveries
from pipeline.settings import Settings
from pipeline.sinks.delays import delay
from pipeline.sinks.sink import Wait
from pipeline.topics import Record


def announce(producer: Any, settings: Settings, records: Iterable[Record], wait: Wait) -> None:
    """Return when Kafka has all of them, however long it is away: the batch is committed only then. Some may be there
    twice."""
    records, attempt = list(records), 0
    while records:
        deliveries = Deliveries(settings, producer)
        try:
            for record in records:
                deliveries.send(record.topic.full_name(settings), record.key, record.encoded())
            deliveries.wait()
        except Retry:
            attempt += 1
            wait(delay(attempt), "Kafka does not answer")
        else:
            return
