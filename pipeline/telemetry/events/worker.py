"""What the stages log, and every process that reads Kafka or may have to exit."""

from __future__ import annotations

import logging

from pipeline.telemetry.event import Event

_D, _I, _W, _E, _C = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL

BATCH_DONE = Event("batch_done", _D, "A stage finished a batch.", ("stage", "outcomes", "seconds"))
RECORD_REFUSED = Event(
    "record_refused",
    _W,
    "A record or item became a dead letter: `dateline dead-letters list` and `show`.",
    ("stage", "reason", "detail", "where"),
)
RECORD_FAILED = Event(
    "record_failed",
    _E,
    "Our code failed on a record; it became a dead letter with the reason `failed`. Please report it.",
    ("stage", "key"),
)
FAILURES_GO_ON = Event(
    "failures_go_on",
    _E,
    "Our code fails on many records, all of one or two providers, and not on our own samples: they become dead letters, and the "
    "worker goes on. Please report it; replay them with the version that repairs it.",
    ("stage", "failed_on", "providers"),
)
SAMPLE_FAILED = Event("sample_failed", _E, "A stage failed on a record of our own, so the fault is ours.", ("stage",))
DEADLY_RECORD = Event(
    "deadly_record",
    _E,
    "A worker died twice with this record in progress, and so did a process that had it alone: it became a dead letter with the "
    "reason `failed`. Please report it.",
    ("stage", "topic", "offset"),
)
BATCH_FAILED = Event(
    "batch_failed", _E, "A batch could not be finished; the process exits and processes it again after the restart."
)
PROCESS_EXITS = Event(
    "process_exits",
    _C,
    "The process exits rather than lose a record; uncommitted records are reprocessed after the restart.",
    ("reason",),
)
NOT_READY = Event("not_ready", _D, "`/readyz` answers 503, as the process can't tell that it is ready.", ("problem",))
PARTITIONS_READY = Event(
    "partitions_ready", _I, "The worker has its partitions and tables, and processes.", ("partitions",)
)
RECORDS_DELETED = Event(
    "records_deleted",
    _E,
    "Kafka removed records by its retention before the worker read them: they are lost here. Send them again from their "
    "source, and keep the topic for longer or add workers.",
    ("topic", "partition", "first", "last"),
)
STATE_REMOVED = Event(
    "state_removed",
    _W,
    "A table of the worker's state folder is damaged; it was removed, and is rebuilt from Kafka.",
    ("table", "problem"),
)
CLOCK_JUMPED = Event(
    "clock_jumped",
    _W,
    "The machine's clock is that far ahead of the time that has passed, or of Kafka's when the worker was started. Until "
    "Kafka's clock shows the same, embargoes end by the time that has passed. Set the clock right.",
    ("seconds",),
)
REBALANCED_AGAIN = Event("rebalanced_again", _I, "Another rebalance came while tables were recovered.", ("during",))
ENRICHER_FAILED = Event(
    "enricher_failed",
    _E,
    "An enricher failed on an article or comment; its field is empty and named in `missing`. Please report it.",
    ("enricher", "event_id"),
)
PATCHES_DROPPED = Event(
    "patches_dropped",
    _W,
    "An article is too large with its partial updates: only what decides its visibility is applied.",
    ("article_id",),
)
