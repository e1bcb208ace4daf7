"""Keeps a record that a worker dies of from stopping its partition for good."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from pipeline.errors import Fatal, Retry
from pipeline.streams import probe
from pipeline.streams.journal import Journal
from pipeline.streams.runner import Runner
from pipeline.topics import ConsumedRecord

DEATHS = 2
"""Processes that died with the same records in progress, after which each of these is tried in another process first."""
_NO_FAULT = (Fatal, Retry, KafkaError, TimeoutError, asyncio.CancelledError)
"""What a batch ends with that has nothing to do with its records: an engine is away, or the worker is stopped."""
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
"""But these are about a record."""


def seconds(journal: Journal) -> float | None:
    """After how many seconds the next batch hangs, where that isn't as usual: trying records elsewhere takes its time."""
    return 3600.0 if journal.deaths >= DEATHS else None


async def run_batch(runner: Runner, journal: Journal, records: Sequence[ConsumedRecord]) -> None:
    """Process the batch, with a note of it beside the tables. Raises what the runner raises."""
    deadly: set[int] = set()
    suspects = journal.suspects(records)
    if suspects and journal.deaths >= DEATHS:
        found = await probe.deadly(runner.stage, [records[n] for n in suspects])
        deadly = {suspects[n] for n in found}
    journal.begin(records)
    try:
        await runner.run_batch(records, deadly)
    except _NO_FAULT as e:
        if not isinstance(e, _TOO_LARGE):
            journal.done(records)
        raise
    journal.done(records)
