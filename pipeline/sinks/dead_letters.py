"""Dead letters for records that a sink can't write."""

from __future__ import annotations

from typing import Any

from kafka.errors import KafkaError

from pipeline.errors import Fatal
from pipeline.kafka.dead_letters import dead_letter
from pipeline.settings import Settings
from pipeline.sinks.sink import Rejected
from pipeline.topics import DEAD_LETTERS
from pipeline.tracing.context import carried


def send_dead_letters(producer: Any, settings: Settings, stage: str, rejected: Rejected) -> None:
    """Return when all are acknowledged, so that the batch can be committed. Raises Fatal where they can't be delivered.

    A dead letter that can't be written itself stays where it is, in its topic: it is logged, not sent round again.
    """
    name, waiting = DEAD_LETTERS.full_name(settings), []
    try:
        for record, reject in rejected:
            dead = dead_letter(
                stage,
                reject,
                record.key,
                record.value,
                topic=record.topic.full_name(settings),
                partition=record.partition,
                offset=record.offset,
            )
            if record.topic is not DEAD_LETTERS:
                # it waits for the topic's metadata, and raises where there are none
                headers = [*dead.headers, *carried(record.headers)]
                waiting.append(producer.send(name, value=dead.encoded(), key=dead.key, headers=headers))
        for future in waiting:
            future.get(timeout=60)
    except KafkaError as e:
        raise Fatal(f"a dead letter could not be delivered ({e}); the batch is processed again after a restart") from e
