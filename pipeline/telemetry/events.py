"""Every event that is logged, with its level, its meaning and its fields. A new one is a line here."""

from __future__ import annotations

import logging

from pipeline.telemetry.event import Event
from pipeline.telemetry.metrics import EVENTS_TOTAL

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
COMMIT_REJECTED = Event(
    "commit_rejected",
    _W,
    "A commit was rejected after a rebalance; the partition's new owner reprocesses the batch.",
)
COMMIT_DELAYED = Event(
    "commit_delayed", _W, "A commit failed for now; it is tried again with the next one.", ("error",)
)
RECORDS_EXPIRED = Event(
    "records_expired",
    _E,
    "Records were deleted by retention before the indexer read them: they are not indexed, and can't be any more. Raise the "
    "topic's retention.ms above the longest time that the indexer may be away.",
    ("topic", "partition", "records"),
)
OFFSETS_AHEAD = Event(
    "offsets_ahead",
    _W,
    "A topic ends before the offset that was committed: Kafka lost its end, or is another one. It is read from its start.",
    ("topic", "partition", "offset", "end"),
)
TOPIC_MADE_AGAIN = Event(
    "topic_made_again",
    _W,
    "A topic was deleted and made again while it was read up to `offset`. The new one is read from its start.",
    ("topic", "partition", "offset"),
)
TABLE_EMPTY = Event(
    "table_empty",
    _E,
    "The changelog of `revise-articles`, `revise-comments` or `match` never had a record, though its stage has processed "
    "`records`: the topic was deleted, or Kafka's data is lost. Unless a new version brought the table, what the stage knew is "
    "gone: publish the stories again. Of other tables it isn't known whether they ever had rows, so nothing is said.",
    ("topic", "records"),
)
TOPIC_ALTERED = Event(
    "topic_altered",
    _W,
    "A topic had other limits than the settings ask for: it was made by other means, or a setting was changed. They were "
    "altered.",
    ("topic", "before", "now"),
)
RETENTION_SHORT = Event(
    "retention_short",
    _I,
    "A topic keeps its records for a shorter time than Dateline would. That is left as it is.",
    ("topic", "retention_ms", "usual_ms"),
)
GROUP_SHARED = Event(
    "group_shared",
    _E,
    "Other programs are members of Dateline's consumer group: what Kafka gives them is not indexed. Give them another group.",
    ("group", "members"),
)
INDEX_MADE = Event(
    "index_made",
    _W,
    "An index that was not there was made while others are: it is empty. `dateline reindex` fills it from Kafka, where it "
    "had documents before.",
    ("index",),
)
INDEX_OLD_ANALYSIS = Event(
    "index_old_analysis",
    _W,
    "An index was made before the analysis that a new one has: other forms and spellings of a word don't find its documents "
    "until `dateline reindex` is run. Everything else goes on as before.",
    ("index",),
)
INDICES_EMPTY = Event(
    "indices_empty",
    _E,
    "All indices are new, but the indexer has read Kafka before: another Elasticsearch, or its data is lost. What was "
    "indexed before is missing until `dateline reindex` is run.",
    ("records",),
)
KAFKA_EMPTY = Event(
    "kafka_empty",
    _E,
    "The index has articles, but Kafka has none of their records: another Kafka, or its data is lost. What it knew of "
    "kills and embargoes is gone, and a reindex would empty the index.",
    ("documents",),
)
ELASTICSEARCH_WAIT = Event(
    "elasticsearch_wait",
    _W,
    "Elasticsearch is away or busy; the indexer waits and tries again.",
    ("problem", "documents", "seconds"),
)
INSTALL_DELAYED = Event(
    "install_delayed",
    _W,
    "The indexer can't install its templates and indices yet; it waits and tries again.",
    ("problem", "seconds"),
)
STOPPED_WAITING = Event(
    "stopped_waiting", _I, "The indexer was stopped while it waited; uncommitted records are reprocessed."
)
STATE_UNREADABLE = Event(
    "state_unreadable",
    _W,
    "A compacted topic has a record that can't be read; the value before it stays.",
    ("topic", "key", "faults"),
)
ITEM_FAILED = Event(
    "item_failed",
    _E,
    "Our code failed on an item, which is refused with the reason `failed`. Please report it.",
    ("source",),
)
FEED_FAILED = Event(
    "feed_failed", _E, "Our code failed on a feed; it is polled again when it is next due. Please report it.", ("feed",)
)
FEED_PROBLEM = Event(
    "feed_problem",
    _W,
    "A feed could not be polled, or not as it should be: `dateline feeds list`.",
    ("feed", "problem"),
)
FEEDS_POLLED = Event("feeds_polled", _I, "A round of polling is over.", ("feeds", "events", "refused"))
ROBOTS_REFUSED = Event("robots_refused", _I, "A site's robots.txt forbids the full text of an item.", ("host", "url"))
FULL_TEXT_MISSING = Event(
    "full_text_missing", _W, "The page of an item could not be fetched; its feed's text is used.", ("url", "problem")
)
PAGES_WAIT = Event(
    "pages_wait", _I, "Pages of a feed would have taken too long: its next poll goes on with them.", ("feed", "items")
)
HUB_REFUSED = Event(
    "hub_refused", _W, "A feed's WebSub hub does not deliver it; it is polled instead.", ("feed", "problem")
)
SEARCH_FAILED = Event(
    "search_failed",
    _W,
    "A search could not be answered: Elasticsearch is away, or refuses the search API.",
    ("path", "problem"),
)
STATUS_PASSWORD_WRONG = Event(
    "status_password_wrong", _W, "Somebody gave a wrong password to the operators' page.", ("client",)
)
STATUS_PAGE_FAILED = Event(
    "status_page_failed",
    _E,
    "Our code failed on a page for operators; the commands say the same without it. Please report it.",
    ("path", "problem"),
)
HUB_UNSIGNED = Event("hub_unsigned", _W, "A WebSub delivery has a wrong signature; it is dropped.", ("feed",))
BATCH_PUBLISHED = Event(
    "batch_published",
    _I,
    "A batch of a backfill can be searched; what was refused of it is in the run's report, and in `dead-letters`.",
    ("parts", "articles", "comments", "refused"),
)
RUN_LOST = Event(
    "run_lost",
    _W,
    "The process of a flow's run is gone. Its run ends as Crashed, or as Cancelled, so that the next one can go on.",
    ("run", "place", "verdict"),
)
ROUND_FAILED = Event(
    "round_failed",
    _W,
    "`flows serve` can't look after the runs for now: the Prefect server is away, or busy.",
    ("problem",),
)
SERVER_AWAY = Event(
    "server_away",
    _W,
    "The Prefect server has been away for some time; the flows are served again once it answers.",
    ("problem",),
)
FINDING = Event(
    "finding",
    _W,
    "The flow `watch` has found something wrong: `dateline status` has the command that helps.",
    ("kind", "subject", "severity", "what"),
)
NOTIFICATION_FAILED = Event(
    "notification_failed",
    _W,
    "A channel could not be told what began to be wrong, or is over. It is tried again with the next run of `watch`.",
    ("problem",),
)
DOCUMENTS_EXPIRED = Event(
    "documents_expired", _I, "What was older than it may be was removed from the indices.", ("trends", "dead_letters")
)
ENGINE_ENDED = Event(
    "engine_ended",
    _W,
    "A local engine ended and is started again after a delay, or was killed as it did not stop in time.",
    ("engine", "problem"),
)
ENGINES_FAILED = Event("engines_failed", _E, "The local engines can't be started.", ("problem",))
ANNOUNCEMENTS_WAIT = Event(
    "announcements_wait",
    _W,
    "The indexer can't tell the process `alerts` what it wrote (`articles.indexed`): it waits, and indexes nothing meanwhile. "
    "Where it says TopicAuthorizationFailedError: `dateline grant rights`.",
    ("problem", "seconds"),
)
ALERTS_WAIT = Event(
    "alerts_wait",
    _W,
    "Kafka or Elasticsearch doesn't answer the process `alerts`; it tries again, and nothing is lost.",
    ("problem",),
)
SAVED_SEARCH_REFUSED = Event(
    "saved_search_refused",
    _W,
    "A saved search can't be asked, so nothing is found for it: Elasticsearch refuses it, or another version saved it.",
    ("search", "problem"),
)
WEBHOOK_GIVEN_UP = Event(
    "webhook_given_up",
    _W,
    "The webhook of a saved search answered 410, or never well for days: nothing is posted to it until its owner sets it again.",
    ("search", "problem"),
)
WEBHOOK_FAILED = Event(
    "webhook_failed",
    _E,
    "Our code failed on the webhook of a saved search; it is tried again. Please report it.",
    ("search",),
)
DELIVERIES_WAIT = Event(
    "deliveries_wait",
    _W,
    "Webhooks can't be told, as Kafka or Elasticsearch doesn't answer; they are told later.",
    ("problem",),
)
SPANS_LOST = Event(
    "spans_lost",
    _W,
    "Spans of traces are dropped, as the collector is away, refuses them, or is too slow. Nothing else is: the pipeline never "
    "waits for it. Said once, until all are sent again (`dateline_spans_total` has how many).",
    ("problem",),
)
SPANS_SENT_AGAIN = Event("spans_sent_again", _I, "The collector takes spans again.")

EVENTS = tuple(value for value in list(globals().values()) if isinstance(value, Event))
"""Every event, in the order of this file."""
for _event in EVENTS:
    EVENTS_TOTAL.labels(_event.name)  # from 0 on, so that the first one is an increase
del _event
