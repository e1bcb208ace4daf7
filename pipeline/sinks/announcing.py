"""What a sink has to say about the records that it wrote, for who follows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline import telemetry
from pipeline.bundles import bundle
from pipeline.errors import Retry
from pipeline.kafka.partitions import partition_of
from pipeline.kafka.sending import Deliveries
from pipeline.settings import Settings
from pipeline.sinks.delays import delay
from pipeline.sinks.sink import Wait
from pipeline.topics import Record


def announce(producer: Any, settings: Settings, records: Iterable[Record], wait: Wait) -> None:
    """Return when Kafka has all of them, however long it is away: the batch is committed only then. Some may be there
    twice. Those of one partition go together."""
    waiting = list(bundle(records, lambda key: partition_of(key.encode(), settings.partitions)))
    attempt = 0
    while waiting:
        deliveries = Deliveries(settings, producer)
        try:
            for record in waiting:
                deliveries.send(record.topic.full_name(settings), record.key, record.encoded(), headers=record.headers)
            deliveries.wait()
        except Retry as e:
            attempt += 1
            seconds = delay(attempt)
            telemetry.ANNOUNCEMENTS_WAIT(problem=e, seconds=seconds)
            # with Kafka's own word: where the process has no right to write there, nothing else says so
            wait(seconds, f"what was written can't be told: {e}")
        else:
            return
