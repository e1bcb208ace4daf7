"""Every topic as plain data: name, schema, key, retention, whether it holds text. No topic name is written anywhere else.

A record that is to be sent is a `Record`, one that was read is a `ConsumedRecord` (records.py). Pure: no Kafka client is imported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from pipeline.records import DAY_MS as DAY_MS
from pipeline.records import HEADROOM as HEADROOM
from pipeline.records import STATE_ROOM as STATE_ROOM
from pipeline.records import Cleanup as Cleanup
from pipeline.records import ConsumedRecord as ConsumedRecord
from pipeline.records import Headers as Headers
from pipeline.records import Record as Record
from pipeline.records import Topic as Topic
from pipeline.records import check_size as check_size
from pipeline.records import encode as encode
from schemas import events
from schemas.audit import AuditRecord
from schemas.dead_letter import DeadLetter
from schemas.flooding import CommentPost, FloodVerdict
from schemas.provider_key import ProviderKey
from schemas.push_answer import PushAnswer
from schemas.saved_search import Alert, Delivery, IndexEvent, SavedSearch
from schemas.story import Band, Label, Membership, Pair, StoryRedirect
from schemas.subscription import Subscription
from schemas.transfer import ClaimSeen, Identity, Transfer
from schemas.trend import Mention, Trend
from schemas.visibility_timer import VisibilityTimer


def _of_event(event: Any) -> str:
    return str(event.data.article_id)


def _of_article(record: Any) -> str:
    return str(record.article_id)


def _text(name: str, schema: type[BaseModel], *, from_senders: bool = False) -> Topic:
    """A topic of an article's or a comment's events."""
    return Topic(name, schema, _of_event, holds_text=True, by_article=True, from_senders=from_senders)


def _signal(name: str, schema: type[BaseModel], *, contract: str = "") -> Topic:
    """A topic of facts about an article, without text, that one stage sends another."""
    return Topic(name, schema, _of_article, contract=contract, bundled=True)


ARTICLES_RAW = _text("articles.raw", events.RawArticleEvent, from_senders=True)
COMMENTS_RAW = _text("comments.raw", events.RawCommentEvent, from_senders=True)
ARTICLES_NORMALIZED = _text("articles.normalized", events.NormalizedArticleEvent)
COMMENTS_NORMALIZED = _text("comments.normalized", events.NormalizedCommentEvent)
ARTICLES_ENRICHED = _text("articles.enriched", events.EnrichedArticleEvent)
COMMENTS_ENRICHED = _text("comments.enriched", events.EnrichedCommentEvent)
ARTICLES_CURRENT = Topic(
    "articles.current",
    events.CurrentArticleEvent,
    _of_event,
    cleanup=Cleanup.COMPACT,
    holds_text=True,
    by_article=True,
)
COMMENTS_CURRENT = Topic(
    "comments.current",
    events.CurrentCommentEvent,
    lambda event: f"{event.data.article_id}/{event.data.comment_id}",
    keyed_by="article id / comment id",
    cleanup=Cleanup.COMPACT,
    holds_text=True,
    by_article=True,
    composite=True,
)
ARTICLES_HISTORY = Topic(
    "articles.history",
    events.SupersededArticleEvent,
    lambda event: f"{event.data.article_id}/{event.data.revision_key}",
    keyed_by="article id / revision",
    cleanup=Cleanup.COMPACT,
    holds_text=True,
    by_article=True,
    composite=True,
)
VISIBILITY_TIMERS = Topic(
    "visibility-timers", VisibilityTimer, _of_article, by_article=True, contract="release.v1", brokers_time=True
)
TRANSFERS = Topic("transfers", Transfer, _of_article, holds_text=True, by_article=True, contract="moved.v1")

STORY_BANDS = Topic(
    "story-bands", Band, lambda band: str(band.keys[0]), keyed_by="hash that articles of one event share", bundled=True
)
STORY_PAIRS = _signal("story-pairs", Pair)
STORY_LABELS = _signal("story-labels", Label)
STORY_MEMBERS = _signal("story-members", Membership)
STORIES = Topic(
    "stories",
    StoryRedirect,
    lambda story: str(story.story_id),
    keyed_by="story id",
    cleanup=Cleanup.COMPACT,
    contract="story.v1",
)
CLAIMS = Topic("claims", ClaimSeen, lambda seen: str(seen.claim), keyed_by="hash of publisher and claim", bundled=True)
IDENTITIES = _signal("identities", Identity, contract="identity.v1")
COMMENT_POSTS = Topic(
    "comment-posts", CommentPost, lambda post: str(post.author), keyed_by="hash of publisher and author", bundled=True
)
COMMENT_VERDICTS = _signal("comment-verdicts", FloodVerdict)
MENTIONS = Topic("mentions", Mention, lambda mention: str(mention.term), keyed_by="hash of kind and name", bundled=True)
TRENDS = Topic(
    "trends", Trend, lambda trend: f"{trend.term}/{int(trend.hour.timestamp()) // 3600}", keyed_by="term / hour"
)
DEAD_LETTERS = Topic(
    "dead-letters",
    DeadLetter,
    lambda _: "",
    keyed_by="key of the record it holds",
    retention_ms=30 * DAY_MS,
    holds_text=True,
    by_article=True,
)
AUDIT = Topic("audit", AuditRecord, lambda entry: str(entry.id), keyed_by="its own id", retention_ms=365 * DAY_MS)

KEYS = Topic(
    "keys",
    ProviderKey,
    lambda key: str(key.key_id),
    keyed_by="its own id",
    cleanup=Cleanup.COMPACT,
    contract="provider-key.v1",
)
FEEDS = Topic(
    "feeds",
    Subscription,
    lambda feed: str(feed.feed_id),
    keyed_by="its own id",
    cleanup=Cleanup.COMPACT,
    contract="subscription.v1",
)
PUSH_ANSWERS = Topic(
    "push-answers",
    PushAnswer,
    lambda answer: f"{answer.provider}/{answer.idempotency_key}",
    keyed_by="provider / idempotency key",
    retention_ms=DAY_MS,
)
ARTICLES_INDEXED = _signal("articles.indexed", IndexEvent)
"""What the index has and what it has no more, by the indexer; read by the process `alerts`."""
SAVED_SEARCHES = Topic(
    "searches.saved",
    SavedSearch,
    lambda search: str(search.search_id),
    keyed_by="its own id",
    cleanup=Cleanup.COMPACT,
    contract="saved-search.v1",
)
ALERTS = Topic(
    "alerts",
    Alert,
    lambda alert: f"{alert.search_id}/{alert.article_id}",
    keyed_by="search id / article id",
    retention_ms=30 * DAY_MS,
)
ALERT_DELIVERIES = Topic(
    "alert-deliveries",
    Delivery,
    lambda delivery: f"{delivery.search_id}/{delivery.article_id}",
    keyed_by="search id / article id",
    retention_ms=30 * DAY_MS,
    contract="alert-delivery.v1",
)
SAVED_TOPICS = (SAVED_SEARCHES, ALERTS, ALERT_DELIVERIES)
"""Saved searches, and what was found and told for them."""
STATE_TOPICS = (KEYS, FEEDS, PUSH_ANSWERS, ARTICLES_INDEXED, *SAVED_TOPICS)
"""State of the ingest API, the feeds and saved searches. Not part of the flow: a process reads the whole topic
(pipeline/kafka/compacted.py), or, of ARTICLES_INDEXED, what is new."""

MOVED = Topic("moved", Transfer, _of_article, holds_text=True, by_article=True, contract="moved.v1")
RELEASES = _signal("releases", VisibilityTimer)
ARTICLES_MERGED = replace(ARTICLES_NORMALIZED, name="articles.merged")
"""Topics of the version before, which are read to their ends where they are there, and never written."""

CONTRACTS: dict[str, type[BaseModel]] = {
    topic.contract: topic.schema for topic in list(globals().values()) if isinstance(topic, Topic)
}
"""The schema of every topic's records by its name. A breaking change gets a new name with the next version."""
