"""Keeps a record that a worker dies of from stopping its partition for good.

After two deaths with the same records in progress each is given to another process first (probe.py). Where that finds nothing,
as the fault is in the tables or in what is sent, the records are processed in ever smaller parts, each with a note of its own
and committed before the next; one that the worker dies of alone becomes a dead letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from pipeline import telemetry
from pipeline.errors import Fatal, Retry
from pipeline.streams import probe
from pipeline.streams.journal import Journal
from pipeline.streams.runner import Runner
from pipeline.topics import ConsumedRecord

DEATHS = 2
"""Processes that died with the same records in progress, after which each of these is tried in another process first."""
PART = 50
"""Records that are tried at a time, at most: all may hang there, and the batch has its limit too."""
_SECONDS = 3600.0
_NO_FAULT = (Fatal, Retry, KafkaError, TimeoutError, asyncio.CancelledError)
"""What a batch ends with that has nothing to do with its records: an engine is away, or the worker is stopped."""
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
"""But these are about a record."""


def seconds(journal: Journal) -> float | None:
    """After how many seconds the next batch hangs, where that isn't as usual: trying records elsewhere takes its time."""
    return _SECONDS if journal.deaths >= DEATHS else None


def parts(journal: Journal, records: Sequence[ConsumedRecord]) -> Iterator[list[int]]:
    """Places of the records that are to be processed together; usually of all. A partition's records stay in their order."""
    suspects = journal.suspects(records)
    if not suspects or journal.deaths < DEATHS:
        yield list(range(len(records)))
        return
    first = {(records[n].topic, records[n].partition): n for n in reversed(suspects)}
    known = set(suspects)
    before = [n for n, one in enumerate(records) if n not in known and n < first.get((one.topic, one.partition), 0)]
    size = min(PART, len(suspects)) if journal.deaths == DEATHS else min(PART, (len(suspects) + 1) // 2)
    after = sorted(set(range(len(records))) - known - set(before))
    yield from (
        part for part in (before, *(suspects[n : n + size] for n in range(0, len(suspects), size)), after) if part
    )


async def run_batch(runner: Runner, journal: Journal, records: Sequence[ConsumedRecord]) -> None:
    """Process the batch, with a note of it beside the tables. Raises what the runner raises."""
    deadly: set[int] = set()
    suspects = journal.suspects(records)
    if suspects and journal.deaths >= DEATHS:
        found = await probe.deadly(runner.stage, [records[n] for n in suspects])
        deadly = {suspects[n] for n in found}
        if not deadly and journal.deaths > DEATHS and len(records) == 1 and journal.had_only(records[0]):
            telemetry.DEADLY_RECORD(stage=runner.stage.name, topic=records[0].topic.name, offset=records[0].offset)
            deadly = {0}
    journal.begin(records)
    try:
        await runner.run_batch(records, deadly)
    except BaseException as e:  # whatever it is, the journal has to know; raised again
        if _no_fault(e):
            journal.spare()
        raise
    journal.done(records)


class Turns:
    """The stages of one worker. After a death one batch at a time is in progress: if the process dies again, the note that it
    leaves is of the records that are at fault, and of no other stage's."""

    def __init__(self) -> None:
        self.journals: list[Journal] = []
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[bool]:
        """Around a batch, which may have to wait for its turn. Whether it is to be committed before the next."""
        if any(journal.deaths for journal in self.journals):
            async with self._turn:
                yield True
        else:
            yield False

    async def sparing(self, work: Awaitable[None]) -> None:
        """Await `work`. Where it fails and no record is at fault, neither are those that other stages have in progress."""
        try:
            await work
        except BaseException as e:  # likewise
            if _no_fault(e):
                self.spare()
            raise

    def spare(self) -> None:
        """The process is about to end, and no record that any stage has in progress is at fault."""
        for journal in self.journals:
            journal.spare()


def _no_fault(error: BaseException) -> bool:
    return isinstance(error, _NO_FAULT) and not isinstance(error, _TOO_LARGE)
