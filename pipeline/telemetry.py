"""Everything that is logged and counted, in one list: docs/telemetry.md is made from it, and a test compares the two.

A log line is an event of this list with its fields: `commit_delayed error=TimeoutError`, as text or as JSON. Each event is
counted under its name too (`dateline_events_total`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from prometheus_client import Counter, Histogram

_log = logging.getLogger("dateline")


@dataclass(frozen=True)
class Event:
    """Something that happens and is worth a log line."""

    name: str
    level: int
    meaning: str
    """What happened, and what to do about it where there is something to do."""
    fields: tuple[str, ...] = ()

    def __call__(self, error: BaseException | None = None, **fields: object) -> None:
        """Log it with these fields, and count it. With `error` its traceback is logged too."""
        assert fields.keys() == set(self.fields), f"{self.name} has the fields {self.fields}, not {tuple(fields)}"
        EVENTS_TOTAL.labels(self.name).inc()
        if _log.isEnabledFor(self.level):
            shown = " ".join(f"{name}={_shown(value)}" for name, value in fields.items())
            extra = {"event": self.name, "fields": fields}
            _log.log(self.level, f"{self.name} {shown}".rstrip().replace("%", "%%"), exc_info=error, extra=extra)


def _shown(value: object) -> str:
    text = str(value)[:500]
    return f'"{text}"' if " " in text or not text else text


EVENTS_TOTAL = Counter("dateline_events", "Events of this page's list, by name", ["event"])
RECORDS = Counter("dateline_records", "Records by stage and outcome", ["stage", "outcome"])
REFUSED = Counter("dateline_refused_records", "Dead letters by stage and reason", ["stage", "reason"])
BATCH_SECONDS = Histogram(
    "dateline_batch_seconds",
    "Seconds from taking a batch to its acknowledgement, by stage",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
PUSH_REQUESTS = Counter(
    "dateline_push_requests", "Requests to the ingest API by provider and status", ["provider", "status"]
)
METRICS = (EVENTS_TOTAL, RECORDS, REFUSED, BATCH_SECONDS, PUSH_REQUESTS)
"""Every metric of every process."""

_D, _I, _W, _E, _C = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL

BATCH_DONE = Event("batch_done", _D, "A stage finished a batch.", ("stage", "outcomes", "seconds"))
RECORD_REFUSED = Event(
    "record_refused",
    _W,
    "A record became a dead letter: `dateline dead-letters show`.",
    ("stage", "reason", "detail", "where"),
)
RECORD_FAILED = Event(
    "record_failed",
    _E,
    "Our code failed on a record; it became a dead letter with the reason `failed`. Please report it.",
    ("stage", "key"),
)
BATCH_FAILED = Event("batch_failed", _E, "A batch could not be finished; the process exits, and does it again.", ())
PROCESS_EXITS = Event(
    "process_exits",
    _C,
    "The process exits rather than lose a record; uncommitted records are reprocessed after the restart.",
    ("reason",),
)
PARTITIONS_READY = Event(
    "partitions_ready", _I, "The worker has its partitions and tables, and processes.", ("partitions",)
)
REBALANCED_AGAIN = Event("rebalanced_again", _I, "Another rebalance came while tables were recovered.", ("during",))
ENRICHER_FAILED = Event(
    "enricher_failed",
    _E,
    "An enricher failed on an article or comment; its field is empty and named in `missing`.",
    ("enricher", "event_id"),
)
PATCHES_DROPPED = Event(
    "patches_dropped",
    _W,
    "An article is too large with its partial updates; they stay in history only.",
    ("article_id",),
)
COMMIT_REJECTED = Event(
    "commit_rejected",
    _W,
    "A commit was rejected after a rebalance; the partition's new owner reprocesses the batch.",
    (),
)
COMMIT_DELAYED = Event(
    "commit_delayed", _W, "A commit failed for now; it is tried again with the next one.", ("error",)
)
ELASTICSEARCH_WAIT = Event(
    "elasticsearch_wait",
    _W,
    "Elasticsearch is away or busy; the indexer waits and tries again.",
    ("trouble", "documents", "seconds"),
)
STOPPED_WAITING = Event(
    "stopped_waiting", _I, "The indexer was stopped while it waited; uncommitted records are reprocessed.", ()
)
STATE_UNREADABLE = Event(
    "state_unreadable",
    _W,
    "A compacted topic holds a record that can't be read; it is passed over.",
    ("topic", "key", "faults"),
)
ITEM_FAILED = Event(
    "item_failed", _E, "Our code failed on an item; it was refused with the reason `failed`.", ("source",)
)
FEED_FAILED = Event("feed_failed", _E, "Our code failed on a feed; it is polled again at its next turn.", ("feed",))
FEED_PROBLEM = Event("feed_problem", _W, "A feed could not be polled.", ("feed", "problem"))
FEEDS_POLLED = Event("feeds_polled", _I, "A round of polling is over.", ("feeds", "events", "refused"))
ROBOTS_REFUSED = Event("robots_refused", _I, "A site's robots.txt forbids the full text of an item.", ("host", "url"))
FULL_TEXT_MISSING = Event(
    "full_text_missing", _W, "The page of an item could not be fetched; its feed's text is used.", ("url", "problem")
)
HUB_REFUSED = Event(
    "hub_refused", _W, "A feed's WebSub hub does not deliver it; it is polled instead.", ("feed", "problem")
)
HUB_UNSIGNED = Event("hub_unsigned", _W, "A WebSub delivery is not signed by its hub; it is dropped.", ("feed",))
ITEM_REFUSED = Event(
    "item_refused", _W, "An item of a backfill was refused; it is in dead-letters.", ("source", "reason")
)
FOLDER_PUBLISHED = Event("folder_published", _I, "A backfill published an item.", ("articles", "comments"))
ENGINE_RESTARTED = Event(
    "engine_restarted", _W, "A child process ended and is started again after a delay.", ("name", "code", "seconds")
)
ENGINES_FAILED = Event("engines_failed", _E, "The local engines can't be started.", ("problem",))

EVENTS = tuple(value for value in list(globals().values()) if isinstance(value, Event))
"""Every event, in the order of this file."""


def markdown() -> str:
    """docs/telemetry.md: every event and every metric with its meaning."""
    lines = [
        "# Logs and metrics",
        "",
        "Made from `pipeline/telemetry.py` by `python -m pipeline.telemetry`; a test compares the two.",
        "",
        "## Log events",
        "",
        "`DATELINE_LOG_FORMAT=json` has the name as `event` and the fields as `fields`.",
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
        "On `/metrics` of each process.",
        "",
        "| metric | labels | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{metric._name}{'_total' if metric._type == 'counter' else ''}` | {', '.join(metric._labelnames)} | {metric._documentation} |"
        for metric in METRICS
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201
