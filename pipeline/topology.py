"""The flow, drawn once, as plain data: every topic with its schema, key, retention and reader.

No topic name is written anywhere else. A stage is named like its consumer group and its metric label; it knows its
own `Stage` and never names its neighbours. An illegal graph fails on import.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from pipeline.settings import Settings
from schemas import events
from schemas.audit import AuditRecord
from schemas.dead_letter import DeadLetter
from schemas.flooding import CommentPost, FloodVerdict
from schemas.provider_key import ProviderKey
from schemas.push_answer import PushAnswer
from schemas.story import Band, Label, Membership, Pair, StoryRedirect
from schemas.subscription import Subscription
from schemas.transfer import ClaimSeen, Identity, Transfer
from schemas.trend import Mention, Trend
from schemas.visibility_timer import VisibilityTimer

DAY_MS = 24 * 3600 * 1000
HEADROOM = 64 * 1024
"""Bytes that a current record may be larger than the enriched one it stands for, and a dead letter (by its headers) than
the record it holds. Clients allow both."""


class Key(StrEnum):
    """What a topic's records are keyed by. Those with an article id are partitioned by it."""

    ARTICLE = "article id"
    COMMENT = "article id / comment id"
    REVISION = "article id / revision"
    SOURCE = "key of the record it holds"
    BAND = "hash that articles of one event share"
    AUTHOR = "hash of publisher and author"
    TERM = "hash of kind and name"
    CLAIM = "hash of publisher and name"
    OWN = "its own id"


class Cleanup(StrEnum):
    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True)
class Topic:
    """One topic. `name` is without the namespace: ask `full_name`."""

    name: str
    schema: type[BaseModel]
    key: Key
    cleanup: Cleanup
    retention_ms: int = 7 * DAY_MS
    holds_text: bool = False
    """Whether its records may hold the text of an article or a comment."""
    by_article: bool = False
    """Whether a record's key begins with its article's id, which also decides the partition."""

    def full_name(self, settings: Settings) -> str:
        """The topic's name on the broker."""
        return settings.named(self.name)

    def config(self, settings: Settings) -> dict[str, str]:
        """Topic configuration for the broker."""
        # what revise adds to a record must never make it one that can't be sent: its worker would never get past it
        growth = 2 * HEADROOM if self.key is Key.SOURCE else HEADROOM if self.cleanup is Cleanup.COMPACT else 0
        largest = settings.largest_record + growth
        common = {"max.message.bytes": str(largest), "cleanup.policy": self.cleanup.value}
        if settings.replication > 2:
            # an acknowledged record is on two machines, and one of three may be lost
            common["min.insync.replicas"] = "2"
        if self.cleanup is Cleanup.DELETE:
            return common | {"retention.ms": str(self.retention_ms)}
        # a kill reaches the log's last copy of a text when compaction has run: bound that moment
        return common | {"segment.ms": str(DAY_MS), "max.compaction.lag.ms": str(DAY_MS)}


@dataclass(frozen=True)
class Stage:
    """One step of the flow: reads `reads`, writes `writes`, sends what it refuses to dead-letters."""

    name: str
    reads: tuple[Topic, ...]
    writes: tuple[Topic, ...]

    def group(self, settings: Settings) -> str:
        """The consumer group whose lag tells how far this stage is behind."""
        return settings.named("worker" if self.name in WORKER_STAGES else self.name)


ARTICLES_RAW = Topic(
    "articles.raw", events.RawArticleEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
ARTICLES_NORMALIZED = Topic(
    "articles.normalized", events.NormalizedArticleEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
ARTICLES_ENRICHED = Topic(
    "articles.enriched", events.EnrichedArticleEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
ARTICLES_CURRENT = Topic(
    "articles.current", events.CurrentArticleEvent, Key.ARTICLE, Cleanup.COMPACT, holds_text=True, by_article=True
)
ARTICLES_HISTORY = Topic(
    "articles.history", events.SupersededArticleEvent, Key.REVISION, Cleanup.COMPACT, holds_text=True, by_article=True
)
COMMENTS_RAW = Topic(
    "comments.raw", events.RawCommentEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
COMMENTS_NORMALIZED = Topic(
    "comments.normalized", events.NormalizedCommentEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
COMMENTS_ENRICHED = Topic(
    "comments.enriched", events.EnrichedCommentEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
COMMENTS_CURRENT = Topic(
    "comments.current", events.CurrentCommentEvent, Key.COMMENT, Cleanup.COMPACT, holds_text=True, by_article=True
)
VISIBILITY_TIMERS = Topic("releases", VisibilityTimer, Key.ARTICLE, Cleanup.DELETE, by_article=True)
STORY_BANDS = Topic("story-bands", Band, Key.BAND, Cleanup.DELETE)
STORY_PAIRS = Topic("story-pairs", Pair, Key.ARTICLE, Cleanup.DELETE, by_article=True)
STORY_LABELS = Topic("story-labels", Label, Key.ARTICLE, Cleanup.DELETE, by_article=True)
STORY_MEMBERS = Topic("story-members", Membership, Key.ARTICLE, Cleanup.DELETE, by_article=True)
STORIES = Topic("stories", StoryRedirect, Key.OWN, Cleanup.COMPACT)
CLAIMS = Topic("claims", ClaimSeen, Key.CLAIM, Cleanup.DELETE)
IDENTITIES = Topic("identities", Identity, Key.ARTICLE, Cleanup.DELETE, by_article=True)
ARTICLES_MERGED = Topic(
    "articles.merged", events.NormalizedArticleEvent, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True
)
TRANSFERS = Topic("moved", Transfer, Key.ARTICLE, Cleanup.DELETE, holds_text=True, by_article=True)
COMMENT_POSTS = Topic("comment-posts", CommentPost, Key.AUTHOR, Cleanup.DELETE)
COMMENT_VERDICTS = Topic("comment-verdicts", FloodVerdict, Key.ARTICLE, Cleanup.DELETE, by_article=True)
MENTIONS = Topic("mentions", Mention, Key.TERM, Cleanup.DELETE)
TRENDS = Topic("trends", Trend, Key.OWN, Cleanup.DELETE)
DEAD_LETTERS = Topic("dead-letters", DeadLetter, Key.SOURCE, Cleanup.DELETE, 30 * DAY_MS, holds_text=True)

AUDIT = Topic("audit", AuditRecord, Key.OWN, Cleanup.DELETE, 365 * DAY_MS)

KEYS = Topic("keys", ProviderKey, Key.OWN, Cleanup.COMPACT)
FEEDS = Topic("feeds", Subscription, Key.OWN, Cleanup.COMPACT)
PUSH_ANSWERS = Topic("push-answers", PushAnswer, Key.OWN, Cleanup.DELETE, DAY_MS)

STATE_TOPICS = (KEYS, FEEDS, PUSH_ANSWERS)
"""What doors remember. Not part of the flow: whoever needs one reads the whole of it (pipeline/kafka/compacted.py)."""

TOPICS = (
    ARTICLES_RAW,
    COMMENTS_RAW,
    ARTICLES_NORMALIZED,
    COMMENTS_NORMALIZED,
    ARTICLES_ENRICHED,
    COMMENTS_ENRICHED,
    STORY_BANDS,
    STORY_PAIRS,
    STORY_LABELS,
    STORY_MEMBERS,
    COMMENT_POSTS,
    COMMENT_VERDICTS,
    CLAIMS,
    IDENTITIES,
    TRANSFERS,
    ARTICLES_MERGED,
    VISIBILITY_TIMERS,
    MENTIONS,
    ARTICLES_CURRENT,
    COMMENTS_CURRENT,
    ARTICLES_HISTORY,
    STORIES,
    TRENDS,
    DEAD_LETTERS,
    AUDIT,
)

PUBLISH = Stage("publish", (), (ARTICLES_RAW, COMMENTS_RAW))
NORMALIZE = Stage("normalize", (ARTICLES_RAW, COMMENTS_RAW), (ARTICLES_NORMALIZED, COMMENTS_NORMALIZED))
ENRICH = Stage(
    "enrich",
    (ARTICLES_NORMALIZED, COMMENTS_NORMALIZED, ARTICLES_MERGED),
    (ARTICLES_ENRICHED, COMMENTS_ENRICHED, STORY_BANDS, COMMENT_POSTS),
)
MATCH = Stage("match", (STORY_BANDS,), (STORY_PAIRS,))
JOIN = Stage("join", (STORY_PAIRS, STORY_LABELS), (STORY_LABELS, STORY_MEMBERS, STORIES))
FLOODING = Stage("flooding", (COMMENT_POSTS,), (COMMENT_VERDICTS,))
REVISE = Stage(
    "revise",
    (ARTICLES_ENRICHED, COMMENTS_ENRICHED, VISIBILITY_TIMERS, STORY_MEMBERS, COMMENT_VERDICTS, IDENTITIES, TRANSFERS),
    (
        ARTICLES_CURRENT,
        COMMENTS_CURRENT,
        ARTICLES_HISTORY,
        VISIBILITY_TIMERS,
        MENTIONS,
        CLAIMS,
        TRANSFERS,
        ARTICLES_MERGED,
    ),
)
IDENTIFY = Stage("identify", (CLAIMS,), (IDENTITIES,))
TREND = Stage("trend", (MENTIONS,), (TRENDS,))
INDEX = Stage("index", (ARTICLES_CURRENT, COMMENTS_CURRENT, ARTICLES_HISTORY, STORIES, TRENDS, DEAD_LETTERS, AUDIT), ())

STAGES = (PUBLISH, NORMALIZE, ENRICH, MATCH, JOIN, FLOODING, IDENTIFY, REVISE, TREND, INDEX)
WORKER_STAGES = frozenset({"normalize", "enrich", "match", "join", "flooding", "identify", "revise", "trend"})


def check_graph(topics: tuple[Topic, ...], stages: tuple[Stage, ...]) -> None:
    """Refuse a flow that would lose records or let two stages write one topic. Raises ValueError naming the fault."""
    names = [topic.name for topic in topics]
    if len(set(names)) != len(names):
        raise ValueError("two topics share a name")
    writers: dict[str, str] = {}
    read: set[str] = set()
    for stage in stages:
        for topic in (*stage.reads, *stage.writes):
            if topic not in topics:
                raise ValueError(f"stage {stage.name} uses {topic.name}, which is not listed")
        for topic in stage.writes:
            if topic.name in writers:
                raise ValueError(f"{topic.name} has two writers, {writers[topic.name]} and {stage.name}")
            writers[topic.name] = stage.name
        read.update(topic.name for topic in stage.reads)
        for topic in stage.reads:
            if topic.cleanup is Cleanup.COMPACT and stage.writes:
                raise ValueError(f"stage {stage.name} reads {topic.name}, which only sinks may read")
    for topic in topics:
        if topic.name not in read:
            raise ValueError(f"nobody reads {topic.name}")
        if topic.name not in writers and topic not in (DEAD_LETTERS, AUDIT):  # every stage; operators' commands
            raise ValueError(f"nobody writes {topic.name}")


check_graph(TOPICS, STAGES)
