"""One batch of records: to requests, to bulk operations in two phases, to the outcome of each record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pipeline.errors import Reject
from pipeline.index.bulk import Bulk, Settled
from pipeline.index.hidden import HiddenVersions
from pipeline.index.projections import index_request
from pipeline.index.requests import IndexRequest, Operation, latest, operations
from pipeline.outcomes import Outcome
from pipeline.sinks.sink import WriteOutcome
from pipeline.topics import ARTICLES_INDEXED, ConsumedRecord, Headers
from pipeline.tracing.context import carried, context
from schemas.current import Status
from schemas.saved_search import IndexEvent

_BACKLOG = timedelta(days=1)
"""How old a record may be that is taken to be news because the index didn't have its article: older ones are of an index that
is filled again."""


def write_batch(
    records: Iterable[tuple[ConsumedRecord, Headers]],
    bulk: Bulk,
    hidden: HiddenVersions | None = None,
    refresh: Callable[[Collection[str]], object] = lambda _: None,
    announce: bool = False,
) -> WriteOutcome:
    """Return when each record is indexed, found to be stale, or rejected, however long Elasticsearch is away. What a record
    of `hidden` supersedes is not written, also where that was noted during a wait. `refresh` is called with the aliases that
    have got urgent documents, or lost some.

    A part of the batch is prepared while the one before is on its way. Which of them Elasticsearch gets first doesn't
    matter, as versions decide; what a later part hides is noted before the first is sent. With `announce`, what the index has
    of each article is told, also where it had it already: an attempt before may have ended before it said so.
    """
    outcome, batch = WriteOutcome(), list(records)
    size = bulk.divide(len(batch))
    hidden = hidden if hidden is not None else HiddenVersions()
    for record, _ in batch[size:]:
        hidden.note(record)
    before: _Part | None = None
    urgent: set[str] = set()
    parts: list[_Part] = []
    for at in range(0, len(batch), size):
        part = _Part(batch[at : at + size], bulk, hidden, outcome)
        urgent |= part.urgent
        parts += [part] if announce else []
        if before is not None:
            before.finish()
        before = part
    if before is not None:
        before.finish()
    refresh(urgent)
    refused = {(record.topic, record.partition, record.offset) for record, _ in outcome.rejected}
    now = datetime.now(UTC)
    for part in parts:
        for record, event in part.events(now):
            if (record.topic, record.partition, record.offset) not in refused:
                told = ARTICLES_INDEXED.record(event)
                outcome.announced.append(replace(told, headers=carried(record.headers)) if record.headers else told)
    return outcome


class _Part:
    """Some records of a batch. Their first phase is sent at once; `finish` returns when both are done."""

    def __init__(
        self,
        records: Iterable[tuple[ConsumedRecord, Headers]],
        bulk: Bulk,
        hidden: HiddenVersions,
        outcome: WriteOutcome,
    ) -> None:
        self._bulk, self._hidden, self._outcome = bulk, hidden, outcome
        self._sources: dict[tuple[str, str], ConsumedRecord] = {}
        requests = list(self._requests(records))
        self.urgent = {index for request in requests for index in request.awaited}
        self._latest = latest(requests)
        self._created: set[tuple[str, str]] = set()
        first, self._second = operations(self._latest)
        self._begun = bulk.begin(first)

    def finish(self) -> None:
        """Return when every record has a final outcome."""
        self._settle(self._bulk.finish(self._begun, self._wanted))
        left = [operation for operation in self._second if self._wanted(operation)]  # the phase before may have waited
        self._outcome.tally[Outcome.SUPERSEDED] += len(self._second) - len(left)
        self._settle(self._bulk.finish(self._bulk.begin(left), self._wanted))

    def events(self, now: datetime) -> Iterator[tuple[ConsumedRecord, IndexEvent]]:
        """What is to be said of the articles, of each that is written or was written before."""
        for request in self._latest:
            if request.key[0] == "articles":
                place = (request.index, request.id)
                yield self._sources[place], _event(request, now if place in self._created else None)

    def _requests(self, records: Iterable[tuple[ConsumedRecord, Headers]]) -> Iterator[IndexRequest]:
        now = datetime.now(UTC)
        for record, headers in records:
            try:
                request = index_request(record, headers, now)
            except Reject as reject:
                self._outcome.rejected.append((record, reject))
                continue
            if record.headers:
                request = replace(request, context=context(record.headers))
            if self._hidden.supersedes(record, request.version):
                self._outcome.tally[Outcome.SUPERSEDED] += 1
                continue
            for index in (request.index, *request.remove_from):
                self._sources[(index, request.id)] = record
            yield request

    def _wanted(self, operation: Operation) -> bool:
        return not self._hidden.supersedes(self._sources[(operation.index, operation.id)], operation.version)

    def _settle(self, settled: Settled) -> None:
        tally = self._outcome.tally
        tally[Outcome.INDEXED] += settled.done
        self._created |= settled.created
        tally[Outcome.STALE] += settled.stale
        tally[Outcome.SUPERSEDED] += settled.superseded
        self._outcome.rejected += [
            (self._sources[(op.index, op.id)], Reject("not-indexable", f"{op.index}: {why}"))
            for op, why in settled.refused
        ]


def _event(request: IndexRequest, created: datetime | None) -> IndexEvent:
    """`created`: when it was written to an index that didn't have it."""
    status, public = request.document.get("status") or Status.MERGED.value, request.index == "articles"
    revised = request.document.get("processed", {}).get("revised")
    new = public and created is not None and isinstance(revised, datetime) and created - revised < _BACKLOG
    return IndexEvent(
        article_id=UUID(request.id), version=request.version or 0, public=public, status=status,
        since=created if new else None,
    )  # fmt: skip


def remove_hidden(records: Iterable[tuple[ConsumedRecord, Headers]], bulk: Bulk, hidden: HiddenVersions) -> set[str]:
    """Note records that hide their item, ahead of their time, and remove now what they hide. Until each comes itself, its
    item is in no index; Elasticsearch remembers the removal's version (`index.gc_deletes`). Returns the aliases to refresh."""
    requests: list[IndexRequest] = []
    now = datetime.now(UTC)
    for record, headers in records:
        if hidden.note(record):
            with suppress(Reject):  # it becomes a dead letter when it comes
                requests.append(index_request(record, headers, now))
    first, _ = operations(latest(requests))
    if removals := [operation for operation in first if operation.document is None]:
        bulk.write(removals)
    return {index for request in requests for index in request.awaited}
