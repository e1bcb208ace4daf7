"""Every metric of every process, with its meaning. A new one is a line here, and its name in METRICS."""

from __future__ import annotations

from typing import TypeAlias

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_COUNTS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)

EVENTS_TOTAL = Counter("dateline_events", "Log events by name", ["event"])
RECORDS = Counter("dateline_records", "Records by stage and outcome", ["stage", "outcome"])
REFUSED = Counter("dateline_refused_records", "Dead letters by stage and reason", ["stage", "reason"])
DELETED = Counter(
    "dateline_deleted_records", "Offsets that retention removed before the worker read them, by topic", ["topic"]
)
LAG = Gauge(
    "dateline_lag",
    "Offsets from the last that was finished to the topic's end, in the partitions that this process reads, as of its last "
    "fetch",
    ["topic"],
)
IN_PROGRESS = Gauge(
    "dateline_records_in_progress", "Offsets that the worker has taken and not finished, by topic", ["topic"]
)
PARTITIONS = Gauge("dateline_partitions", "Partitions that the consumer group has given to this process", ["topic"])
BATCH_SECONDS = Histogram(
    "dateline_batch_seconds",
    "Seconds from taking a batch to its acknowledgement, by stage",
    ["stage"],
    buckets=_SECONDS,
)
BATCH_RECORDS = Histogram("dateline_batch_records", "Records of a batch, by stage", ["stage"], buckets=_COUNTS)
TABLE_ROWS = Gauge("dateline_table_rows", "Rows of a table of the worker; an estimate with rocksdb", ["table"])
TABLE_BYTES = Gauge("dateline_table_bytes", "Bytes of a table's files, with rocksdb", ["table"])
BULK_SECONDS = Histogram(
    "dateline_bulk_seconds",
    "Seconds of a bulk request to Elasticsearch: answered, busy (429), refused (other errors), away (no answer, or not "
    "Elasticsearch's)",
    ["outcome"],
    buckets=_SECONDS,
)
BULK_DOCUMENTS = Histogram("dateline_bulk_documents", "Operations of a bulk request", buckets=_COUNTS)
INDEXED_SECONDS = Histogram(
    "dateline_indexed_seconds",
    "Seconds from an item's receipt, or the end of its embargo, until Elasticsearch has it for readers for the first time; "
    "it can be searched within a second more",
    ["index"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800),
)
FORESEEN = Gauge("dateline_foreseen_items", "Items of the backlog that the indexer knows to be hidden later")
PUSH_REQUESTS = Counter(
    "dateline_push_requests", "Requests to the ingest API by provider and status", ["provider", "status"]
)
HTTP_SECONDS = Histogram(
    "dateline_http_seconds",
    "Seconds of a request to an HTTP API, by the route that it matched (other: none) and status",
    ["route", "status"],
    buckets=_SECONDS,
)
SAVED_SEARCHES = Gauge("dateline_saved_searches", "Saved searches that new articles are compared with")
ALERTS_STORED = Counter(
    "dateline_alerts", "What was found for saved searches: matched, updated, withdrawn; too_broad isn't told", ["kind"]
)
ALERT_SECONDS = Histogram(
    "dateline_alert_seconds",
    "Seconds of a batch of index events: until its articles can be searched and are known (articles), until few saved searches "
    "are left (prefilter), until Elasticsearch has confirmed them (confirm)",
    ["step"],
    buckets=_SECONDS,
)
WEBHOOKS = Counter("dateline_webhook_attempts", "Attempts to post an alert, and what came of them", ["state"])
SPANS = Counter(
    "dateline_spans",
    "Spans of traces: exported, failed (the collector did not take them), dropped (the queue was full)",
    ["outcome"],
)
READY = Gauge("dateline_ready", "What /readyz answered last: 1 for ready, 0 for not, NaN before it was asked")
READY.set(float("nan"))
BUILD = Gauge("dateline_build_info", "1, with the version and what process this is", ["version", "process"])
Metric: TypeAlias = Counter | Gauge | Histogram
METRICS: tuple[Metric, ...] = (
    EVENTS_TOTAL, RECORDS, REFUSED, DELETED, LAG, IN_PROGRESS, PARTITIONS, BATCH_SECONDS, BATCH_RECORDS, TABLE_ROWS, TABLE_BYTES,
    BULK_SECONDS, BULK_DOCUMENTS, INDEXED_SECONDS, FORESEEN, PUSH_REQUESTS, HTTP_SECONDS, SAVED_SEARCHES, ALERTS_STORED,
    ALERT_SECONDS, WEBHOOKS, SPANS, READY, BUILD,
)  # fmt: skip
"""Every metric of every process."""


def exposed_name(metric: Metric) -> str:
    """Its name on `/metrics`."""
    return f"{metric._name}_total" if isinstance(metric, Counter) else metric._name
