"""What the indexer logs of Kafka, of its indices and of its waiting, and what is wrong with topics."""

from __future__ import annotations

import logging

from pipeline.telemetry.event import Event

_I, _W, _E = logging.INFO, logging.WARNING, logging.ERROR

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
