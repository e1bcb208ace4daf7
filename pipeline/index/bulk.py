"""Bulk requests, two in flight, with a verdict per item, retried until each item has a final outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline import telemetry
from pipeline.index.requests import Operation
from pipeline.index.retry import Verdict, judge, judge_request
from pipeline.sinks.delays import delay

MAX_REQUEST = 8 * 1024 * 1024
"""Bytes."""
IN_FLIGHT = 2

Chunk = list[tuple[Operation, list[bytes]]]
"""Operations of one request, each with its lines."""
Result = tuple[Operation, Verdict, str]
"""The operation, its outcome, and why."""


@dataclass
class Settled:
    """Outcomes of operations: how many are indexed, how many were there already, and which were refused and why."""

    done: int = 0
    stale: int = 0
    refused: list[tuple[Operation, str]] = field(default_factory=list)


class Bulk:
    """Writes operations. `wait(seconds)` is called between attempts; it raises to give up (on a stop). `named` maps
    an alias to the write target: the alias in this namespace, or, where `alias` is false, a physical index."""

    def __init__(
        self,
        client: Elasticsearch,
        named: Callable[[str], str],
        size: int,
        wait: Callable[[float], None],
        alias: bool = True,
    ) -> None:
        self._client, self._named, self._size, self._wait, self._alias = client, named, size, wait, alias
        self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bulk")

    def write(self, operations: list[Operation]) -> Settled:
        """Return when every operation has a final outcome, however long Elasticsearch is away."""
        settled, waiting, attempt, largest = Settled(), operations, 0, self._size
        while waiting:
            chunks = self._chunks(waiting, largest)
            again: list[Operation] = []
            trouble = ""
            running = [self._pool.submit(self._send, chunk) for chunk in chunks[:IN_FLIGHT]]
            upcoming = iter(chunks[IN_FLIGHT:])
            while running:
                later, problem = self._settle(running.pop(0).result(), settled)
                again.extend(later)
                trouble = problem or trouble
                if (chunk := next(upcoming, None)) is not None:
                    running.append(self._pool.submit(self._send, chunk))
            waiting = again
            if waiting:
                attempt += 1
                if trouble == "413":
                    largest = max(1, largest // 2)
                    continue
                seconds = delay(attempt)
                telemetry.ELASTICSEARCH_WAIT(problem=trouble, documents=len(waiting), seconds=seconds)
                self._wait(seconds)
        return settled

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

    def _send(self, chunk: Chunk) -> list[Result]:
        operations = [operation for operation, _ in chunk]
        try:
            rows: list[Any] = [row for _, lines in chunk for row in lines]
            answer = self._client.bulk(operations=rows)
        except TransportError as e:
            return [(operation, Verdict.LATER, type(e).__name__) for operation in operations]
        except ApiError as e:
            verdict = judge_request(e.status_code)
            if e.status_code == 413:
                alone = Verdict.REFUSED if len(operations) == 1 else Verdict.LATER
                return [(operation, alone, "413") for operation in operations]
            if verdict is Verdict.REFUSED and len(operations) > 1:
                # one operation spoils the request: find it by sending each alone
                return [result for pair in chunk for result in self._send([pair])]
            return [(operation, verdict, f"{e.status_code} {e.message}") for operation in operations]
        return [_result(op, item) for op, item in zip(operations, answer["items"], strict=True)]

    def _settle(self, results: list[Result], settled: Settled) -> tuple[list[Operation], str]:
        again: list[Operation] = []
        trouble = ""
        for operation, verdict, detail in results:
            if verdict is Verdict.DONE:
                settled.done += 1
            elif verdict is Verdict.STALE:
                settled.stale += 1
            elif verdict is Verdict.LATER:
                again.append(operation)
                trouble = detail
            else:
                settled.refused.append((operation, detail))
        return again, trouble


def _result(operation: Operation, item: Mapping[str, Any]) -> Result:
    """The outcome of one operation, from its item of the response."""
    kind, result = next(iter(item.items()))
    error = result.get("error") or {}
    if not isinstance(error, dict):
        return operation, judge(kind, result), str(error) or str(result["status"])
    reason, cause = str(error.get("reason", "")), error.get("caused_by", {}).get("reason")
    return operation, judge(kind, result), f"{reason}: {cause}" if cause else reason or str(result["status"])
