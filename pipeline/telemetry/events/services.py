"""What is logged by ingest, feeds, search, the operators' page, flows, alerts, traces and the local engines."""

from __future__ import annotations

import logging

from pipeline.telemetry.event import Event

_I, _W, _E = logging.INFO, logging.WARNING, logging.ERROR

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
