"""Spans of bulk requests. A request has documents of many traces, so each trace gets a span of its own of it, for each try."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.index.requests import Operation
from pipeline.index.retry import Verdict
from pipeline.tracing import Kind, Tracer, Value
from pipeline.tracing.context import sampled

_WELL = {Verdict.DONE, Verdict.STALE}


def answered(
    tracer: Tracer, results: Sequence[tuple[Operation, Verdict, str]], began: int, named: Callable[[str], str]
) -> None:
    """A request that began then (in ns) is answered, or failed: each operation with what came of it, and why."""
    for operation, verdict, detail in results:
        if operation.context is None or not sampled(operation.context):
            continue
        index = named(operation.index)
        attributes: dict[str, Value] = {
            "db.system.name": "elasticsearch",
            "db.operation.name": "bulk",
            "db.operation.batch.size": len(results),
            "db.collection.name": index,
            "dateline.document_id": operation.id,
            "dateline.operation": "delete" if operation.document is None else "index",
            "dateline.verdict": verdict.name.lower(),
        }
        if (status := detail.partition(" ")[0]).isdecimal():
            attributes["db.response.status_code"] = status
        span = tracer.start(f"bulk {index}", Kind.CLIENT, operation.context, attributes, at=began)
        if verdict not in _WELL:
            span.fail(verdict.name.lower(), detail)
        span.end()
