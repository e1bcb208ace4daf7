"""Bulk requests, two in flight, with a verdict per item, retried until each item has a final outcome.

`begin` sends and does not wait, so that a batch's next part is prepared meanwhile; `finish` waits, and retries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline import telemetry
from pipeline.index import spans
from pipeline.index.elastic import ApiError, ConnectionTimeout, Elasticsearch, TransportError
from pipeline.index.requests import Document, Operation
from pipeline.index.retry import Verdict, judge, judge_request
from pipeline.sinks.delays import delay
from pipeline.sinks.sink import Wait
from pipeline.tracing import Tracer

MAX_REQUEST = 8 * 1024 * 1024
"""Bytes."""
IN_FLIGHT = 2
_WORTH_SPLITTING = 200
"""Records from which on a batch is divided among as many requests as are in flight."""
_LEAST = 50
"""Operations of a request, however slow it is."""
_SIGN = 30.0
"""Seconds of one batch, after which `wait` is called: less than the sink's loop gives it by far."""
_SLOW, _FAST = 4.0, 1.0
"""Seconds of a request: above, the next ones are smaller; below, larger."""
READERS_WAIT = ("articles", "comments")
"""Indices whose documents readers wait for."""
_CREATED = "201"
"""Status of a document that wasn't there before."""
_TOO_LARGE = "413"
"""Why a request has to be sent again in smaller ones."""

Chunk = list[tuple[Operation, list[bytes]]]
"""Operations of one request, each with its lines."""
Result = tuple[Operation, Verdict, str]
"""The operation, its outcome, and why."""
Why = tuple[Operation, str]
Begun = list[Future[list[Result]]]
"""Requests that were sent."""


@dataclass
class Settled:
    """Outcomes of operations: how many are indexed, how many were there already, how many are not wanted any more, and
    which were refused and why."""

    done: int = 0
    created: set[tuple[str, str]] = field(default_factory=set)
    """Index and id of those of `done` that weren't there before."""
    stale: int = 0
    superseded: int = 0
    refused: list[Why] = field(default_factory=list)


class Pace:
    """How many operations a request may have: at most `most`, fewer while Elasticsearch is slow or says that it has too
    much to do. Pure."""

    def __init__(self, most: int) -> None:
        self._most = self.size = max(1, most)
        self._least = min(self._most, _LEAST)

    def answered(self, count: int, seconds: float, *, busy: bool = False) -> None:
        """A request of `count` operations was answered after so long; `busy`, with a refusal of some of them for now."""
        if busy or seconds > _SLOW:
            self.size = max(self._least, min(self.size, count) // 2)
        elif seconds < _FAST and count >= self.size:
            self.size = min(self._most, self.size * 2)

    def part(self, count: int) -> int:
        """Into parts of this size a batch of `count` records is divided: as many as are in flight, or more."""
        return min(self.size, -(-count // IN_FLIGHT)) if count >= _WORTH_SPLITTING else self.size


class Bulk:
    """Writes operations. `wait` is called between attempts; it raises to give up (on a stop). `named` maps an alias to the
    write target: the alias in this namespace, or, where `alias` is false, a physical index.

    `doubt` is called where documents are refused or an index is missing. It returns what is wrong with the indices: then
    nothing is refused, and it is tried again. None says that the documents themselves are at fault.
    """

    def __init__(
        self,
        client: Elasticsearch,
        named: Callable[[str], str],
        size: int,
        wait: Wait,
        alias: bool = True,
        doubt: Callable[[], str | None] = lambda: None,
        tracer: Tracer | None = None,
    ) -> None:
        self._doubt, self._tracer = doubt, tracer
        self._client, self._named, self._wait, self._alias = client, named, wait, alias
        self._size, self._pace = size, Pace(size)
        self._signed: float | None = None
        """When `wait` was called last, since the batch began."""
        self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bulk")

    def divide(self, count: int) -> int:
        """A batch of `count` records begins: how many of them to begin with at a time. While it takes long `wait` is called
        from time to time, so that the process isn't taken to hang."""
        self._signed = time.monotonic()
        return self._pace.part(count)

    def write(self, operations: list[Operation], wanted: Callable[[Operation], bool] = lambda _: True) -> Settled:
        """Return when every operation has a final outcome, however long Elasticsearch is away. What isn't `wanted` any
        more after a wait is left out."""
        return self.finish(self.begin(operations), wanted)

    def begin(self, operations: list[Operation]) -> Begun:
        """Send the operations."""
        return self._sent(operations, self._pace.size)

    def finish(self, begun: Begun, wanted: Callable[[Operation], bool] = lambda _: True) -> Settled:
        """Return when everything that was begun has a final outcome, as `write` does."""
        settled, attempt, largest = Settled(), 0, self._size
        while begun:
            results = self._gathered(begun)
            begun = []
            results[Verdict.REFUSED], doubted = self._believed(results, largest)
            settled.done += len(results[Verdict.DONE])
            settled.created |= {(one.index, one.id) for one, status in results[Verdict.DONE] if status == _CREATED}
            settled.stale += len(results[Verdict.STALE])
            settled.refused += results[Verdict.REFUSED]
            again = [*results[Verdict.LATER], *doubted]
            waiting = [operation for operation, _ in again]
            if waiting:
                attempt += 1
                troubles = [why for _, why in again if why != _TOO_LARGE]
                if len(troubles) < len(again):
                    largest = max(1, largest // 2)
                if troubles:
                    trouble, seconds = troubles[-1], delay(attempt)
                    telemetry.ELASTICSEARCH_WAIT(problem=trouble, documents=len(waiting), seconds=seconds)
                    self._signed = None if self._signed is None else time.monotonic() + seconds
                    self._wait(seconds, f"{len(waiting)} documents wait for Elasticsearch: {trouble}")
                    left = [operation for operation in waiting if wanted(operation)]
                    settled.superseded += len(waiting) - len(left)
                    waiting = left
                begun = self._sent(waiting, min(largest, self._pace.size))
        return settled

    def _gathered(self, begun: Begun) -> dict[Verdict, list[Why]]:
        """Each operation's verdict after one attempt."""
        results: dict[Verdict, list[Why]] = {verdict: [] for verdict in Verdict}
        for request in begun:
            for operation, verdict, detail in request.result():
                results[verdict].append((operation, detail))
            if self._signed is not None and (now := time.monotonic()) - self._signed > _SIGN:
                self._signed = now
                self._wait(0)
        return results

    def _sent(self, operations: list[Operation], most: int) -> Begun:
        send = self._send if self._tracer is None else self._traced
        return [self._pool.submit(send, chunk) for chunk in self._chunks(operations, most)]

    def _believed(self, results: dict[Verdict, list[Why]], most: int) -> tuple[list[Why], list[Why]]:
        """Which are refused for good, and which to try again: all of them where the indices are at fault. `most` is how
        many operations a request may have."""
        refused, missing = results[Verdict.REFUSED], results[Verdict.MISSING]
        if not refused and not missing:
            return [], []
        if (fault := self._doubt()) is None and refused:
            # what was wrong may have been repaired between the refusal and the question: the documents are at fault where
            # they are refused once more
            once_more = self._gathered(self._sent([operation for operation, _ in refused], most))
            refused = once_more.pop(Verdict.REFUSED)
            for verdict, found in once_more.items():
                results[verdict] += found
            fault = self._doubt() if refused else None
        if fault is not None:
            return [], [(operation, fault) for operation, _ in (*refused, *missing)]
        return refused, missing

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def _chunks(self, operations: list[Operation], most: int) -> list[Chunk]:
        chunks: list[Chunk] = []
        size = MAX_REQUEST
        for operation in operations:
            lines = operation.lines(self._named(operation.index), self._alias)
            length = sum(len(row) + 1 for row in lines)
            if not chunks or size + length > MAX_REQUEST or len(chunks[-1]) >= most:
                chunks.append([])
                size = 0
            chunks[-1].append((operation, lines))
            size += length
        return chunks

    def _traced(self, chunk: Chunk) -> list[Result]:
        began = time.time_ns()
        results = self._send(chunk)
        assert self._tracer is not None
        spans.answered(self._tracer, results, began, self._named)
        return results

    def _send(self, chunk: Chunk) -> list[Result]:
        operations = [operation for operation, _ in chunk]
        began = time.monotonic()
        try:
            rows: list[Any] = [row for _, lines in chunk for row in lines]
            # none of a pipeline that others have set as the default: the document would be another one
            answer = self._client.bulk(operations=rows, pipeline="_none")
            seconds = time.monotonic() - began
            _observe(operations, answer["items"], seconds)
            results = [_result(op, item) for op, item in zip(operations, answer["items"], strict=True)]
            busy = any(_status(item) == 429 for item in answer["items"])
            self._pace.answered(len(operations), seconds, busy=busy)
            return results
        except TransportError as e:
            _failed("away", began)
            if isinstance(e, ConnectionTimeout):
                self._pace.answered(len(operations), 0, busy=True)
            return [(operation, Verdict.LATER, type(e).__name__) for operation in operations]
        except ApiError as e:
            _failed("busy" if e.status_code == 429 else "refused", began)
            verdict = judge_request(e.status_code)
            if e.status_code == 429:
                self._pace.answered(len(operations), 0, busy=True)
            if e.status_code == 413:
                alone = Verdict.REFUSED if len(operations) == 1 else Verdict.LATER
                return [(operation, alone, _TOO_LARGE) for operation in operations]
            if verdict is Verdict.REFUSED and len(operations) > 1:
                # one operation spoils the request: find it by sending each alone
                return [result for pair in chunk for result in self._send([pair])]
            return [(operation, verdict, f"{e.status_code} {e.message}") for operation in operations]
        except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as e:
            # a maintenance page with status 200
            _failed("away", began)
            detail = f"the answer is not Elasticsearch's ({type(e).__name__}: {e})"
            return [(operation, Verdict.LATER, detail) for operation in operations]


def _failed(outcome: str, began: float) -> None:
    telemetry.BULK_SECONDS.labels(outcome).observe(time.monotonic() - began)


def _observe(operations: list[Operation], items: Iterable[Mapping[str, Any]], seconds: float) -> None:
    """Count a request that was answered, and how old what is new to readers is."""
    telemetry.BULK_SECONDS.labels("answered").observe(seconds)
    telemetry.BULK_DOCUMENTS.observe(len(operations))
    now = datetime.now(UTC)
    for operation, item in zip(operations, items, strict=False):
        if operation.index in READERS_WAIT and next(iter(item.values())).get("result") == "created":
            since = _since(operation.document or {}, now)
            if since is not None:
                telemetry.INDEXED_SECONDS.labels(operation.index).observe(max(0.0, (now - since).total_seconds()))


def _since(document: Document, now: datetime) -> datetime | None:
    """Since when readers wait for it: its receipt, or the end of its embargo, where that is later. None where it doesn't
    say."""
    received, shown = document.get("processed", {}).get("received"), document.get("shown_at")
    times = [time for time in (received, shown) if isinstance(time, datetime)]
    return min(now, max(times)) if times else None


def _status(item: Mapping[str, Any]) -> int:
    return int(next(iter(item.values())).get("status", 500))


def _result(operation: Operation, item: Mapping[str, Any]) -> Result:
    """The outcome of one operation, from its item of the response."""
    kind, result = next(iter(item.items()))
    if result["_id"] != operation.id:
        raise ValueError(f"it is about {result['_id']!r} in place of {operation.id!r}")
    error = result.get("error") or {}
    if not isinstance(error, dict):
        return operation, judge(kind, result), str(error) or str(result["status"])
    if result.get("result") == "noop":
        return operation, judge(kind, result), "an ingest pipeline dropped the document"
    reason, cause = str(error.get("reason", "")), error.get("caused_by", {}).get("reason")
    return operation, judge(kind, result), f"{reason}: {cause}" if cause else reason or str(result["status"])
