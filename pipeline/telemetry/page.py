"""docs/telemetry.md, made from the lists."""

from __future__ import annotations

import logging

from pipeline.telemetry.events import EVENTS
from pipeline.telemetry.metrics import METRICS, exposed_name

_TRACES = [
    "",
    "## Traces",
    "",
    "Off by default; `DATELINE_TRACES=otlp` sends spans by OTLP over HTTP (settings.md, howto/operator.md). `service.name` is",
    "`dateline-` and the process: `ingest-api`, `worker`, `indexer`, `alerts`, `operator` (commands and flows).",
    "",
    "| span | kind | process | from, to |",
    "|---|---|---|---|",
    "| `POST /v1/items` and so on | server | ingest API | a request, in the trace of its `traceparent` or in one of its own |",
    "| `send articles.raw` | producer | ingest API, commands, flows | an event is published, until Kafka has it; or an item becomes a dead letter |",
    "| `process articles.raw` | consumer | worker | a record, until all that comes of it is in Kafka. One for each stage and record, of stories and trends too |",
    "| `normalize`, `enrich`, `revise` | internal | worker | the steps inside of it |",
    "| `process articles.current` | consumer | indexer | a record, until its batch is settled |",
    "| `bulk articles` | client | indexer | one try of a bulk request, as far as it is about this record |",
    "| `process articles.indexed` | consumer | `alerts` | what the indexer says of an article, until its alerts are stored |",
    "",
    "Attributes have the names of OpenTelemetry's conventions for messaging, HTTP, databases and CloudEvents; of our own are",
    "`dateline.provider`, `dateline.article_id`, `dateline.comment_id`, `dateline.stage`, `dateline.step`, `dateline.outcome`,",
    "`dateline.operation`, `dateline.document_id` and `dateline.verdict`. No text of an article or a comment is in a span, but for what an error quotes. What is refused is an",
    "error with its reason as `error.type`; what our code fails on has the traceback too.",
    "",
    "An event's `traceparent` names the span that published it, and stays as it is (CloudEvents' distributed tracing extension); the",
    "header `traceparent` of each Kafka record names the span that wrote it. A bundle has one header for each of its values, in their",
    "order. A producer of others may write either. A batch that is processed again after a failure has its spans twice, the first",
    "with an error. Reindexing has none, and neither have timers: what the end of an embargo shows begins a trace of its own.",
]


def markdown() -> str:
    """docs/telemetry.md: every event and every metric with its meaning."""
    lines = [
        "# Logs, metrics and traces",
        "",
        "Made from `pipeline/telemetry` by `python -m pipeline.telemetry > docs/telemetry.md`; a test compares the two.",
        "",
        "## Log events",
        "",
        "A line is the event's name and its fields: `12:00:01 WARNING commit_delayed error=TimeoutError`.",
        "With `DATELINE_LOG_FORMAT=json` the name is in `event`, the fields are in `fields`, and a traceback is in `error`.",
        "Lines of libraries, from WARNING on, have no event. Passwords in addresses and providers' keys are shown as `***`.",
        "",
        "| event | level | fields | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{event.name}` | {logging.getLevelName(event.level)} | {', '.join(event.fields)} | {event.meaning} |"
        for event in EVENTS
    ]
    lines += [
        "",
        "## Metrics",
        "",
        "On `/metrics` of each process, with those that the Prometheus client adds about the process itself.",
        "",
        "docker/prometheus has rules and alerts on them, docker/grafana a dashboard. A histogram has `_bucket`, `_sum` and `_count`.",
        "",
        "| metric | kind | labels | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{exposed_name(metric)}` | {metric._type} | {', '.join(metric._labelnames)} | {metric._documentation}. |"
        for metric in METRICS
    ]
    return "\n".join([*lines, *_TRACES]) + "\n"
