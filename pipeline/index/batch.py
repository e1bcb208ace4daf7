"""One batch of records: to requests, to bulk operations in two phases, to the outcome of each record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from pipeline.errors import Reject
from pipeline.index.bulk import Bulk
from pipeline.index.families import index_request
from pipeline.index.hidden import HiddenVersions
from pipeline.index.requests import IndexRequest, Operation, latest, operations
from pipeline.outcomes import Outcome
from pipeline.sinks.sink import WriteOutcome
from pipeline.topics import ConsumedRecord, Headers


def write_batch(
    records: Iterable[tuple[ConsumedRecord, Headers]],
    bulk: Bulk,
    hidden: HiddenVersions | None = None,
    refresh: Callable[[Collection[str]], object] = lambda _: None,
) -> WriteOutcome:
    """Return when each record is indexed, found to be stale, or rejected, however long Elasticsearch is away. What a record
    of `hidden` supersedes is not written, also where that was noted during a wait. `refresh` is called with the aliases that
    have got urgent documents."""
    outcome = WriteOutcome()
    requests: list[IndexRequest] = []
    sources: dict[tuple[str, str], ConsumedRecord] = {}
    now = datetime.now(UTC)
    for record, headers in records:
        try:
            request = index_request(record, headers, now)
        except Reject as reject:
            outcome.rejected.append((record, reject))
            continue
        if hidden is not None and hidden.supersedes(record, request.version):
            outcome.tally[Outcome.SUPERSEDED] += 1
            continue
        requests.append(request)
        for index in (request.index, *request.remove_from):
            sources[(index, request.id)] = record

    def wanted(operation: Operation) -> bool:
        record = sources[(operation.index, operation.id)]
        return hidden is None or not hidden.supersedes(record, operation.version)

    for phase in operations(latest(requests)):
        left = [operation for operation in phase if wanted(operation)]  # the phase before may have waited
        settled = bulk.write(left, wanted)
        outcome.tally[Outcome.INDEXED] += settled.done
        outcome.tally[Outcome.STALE] += settled.stale
        outcome.tally[Outcome.SUPERSEDED] += len(phase) - len(left) + settled.superseded
        outcome.rejected.extend((sources[(op.index, op.id)], _rejection(op, why)) for op, why in settled.refused)
    refresh({request.index for request in requests if request.urgent})
    return outcome


def remove_hidden(records: Iterable[tuple[ConsumedRecord, Headers]], bulk: Bulk, hidden: HiddenVersions) -> None:
    """Note records that hide their item, ahead of their time, and remove now what they hide. Until each comes itself, its
    item is in no index; Elasticsearch remembers the removal's version (`index.gc_deletes`)."""
    requests: list[IndexRequest] = []
    now = datetime.now(UTC)
    for record, headers in records:
        if hidden.note(record):
            with suppress(Reject):  # it becomes a dead letter when it comes
                requests.append(index_request(record, headers, now))
    first, _ = operations(latest(requests))
    if removals := [operation for operation in first if operation.document is None]:
        bulk.write(removals)


def _rejection(operation: Operation, why: str) -> Reject:
    return Reject("not-indexable", f"{operation.index}: {why}")
