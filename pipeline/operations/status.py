"""How far each stage is behind, and how many documents there are: what other operations wait for. All else that can be
measured is in pipeline/operations/watch."""

from __future__ import annotations

from pipeline.index.client import open_client
from pipeline.index.families import ALIASES
from pipeline.operations.watch.kafka_state import describe, end_offsets, stage_states
from pipeline.settings import Settings


def documents(settings: Settings) -> dict[str, int]:
    """How many documents each alias has; without those that aren't there yet, or whose shards are starting. Raises
    Retry where Elasticsearch doesn't answer, Fatal where it doesn't accept the credentials."""
    with open_client(settings, timeout=5) as client:
        counts = {}
        for alias in ALIASES:
            answer = client.options(ignore_status=[404, 503]).count(index=settings.named(alias))
            if "count" in answer:
                counts[alias] = int(answer["count"])
        return counts


def lags(settings: Settings) -> dict[str, int]:
    """Records that each stage has yet to finish. Raises Retry, and KafkaError."""
    found = stage_states(settings, end_offsets(settings, describe(settings)))
    return {name: stage.lag for name, stage in found.items()}


def lag(settings: Settings) -> int:
    """Records that some stage has yet to finish, over all stages."""
    return sum(lags(settings).values())
