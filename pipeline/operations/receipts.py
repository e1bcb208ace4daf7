"""Receipts of a kill or an erasure: every place where the text was, and whether or by when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENT_POSTS, DAY_MS, SAVED_SEARCHES, Cleanup, Topic
from pipeline.topology import drained, topics
from schemas import events

ARTICLE_EVENTS = frozenset(
    {
        events.RawArticleEvent,
        events.NormalizedArticleEvent,
        events.EnrichedArticleEvent,
        events.CurrentArticleEvent,
        events.SupersededArticleEvent,
    }
)
"""Schemas of the topics of articles alone."""

State = Literal["removed", "nothing there", "not yet", "still there", "gone by", "still in a copy"]
LEFT: frozenset[State] = frozenset({"not yet", "still there"})
"""What is left to do: a text is there, or a stage is behind that may still write one."""


@dataclass(frozen=True)
class Line:
    """One place of a receipt."""

    place: str
    state: State
    by: datetime | None = None
    """When the last copy will be gone, where it isn't yet."""
    count: int = 0
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "state": self.state,
            **({"by": self.by.isoformat(timespec="seconds")} if self.by else {}),
            **({"count": self.count} if self.count else {}),
            **({"note": self.note} if self.note else {}),
        }


def topic_lines(
    settings: Settings, wanted: Callable[[Topic], bool], now: datetime, there: frozenset[str]
) -> list[Line]:
    """The wanted topics, which hold a copy until their retention is over, or compaction has run. `there`: the topics that
    the broker has; topics of the previous version are named only where they exist."""
    lines = []
    older = [topic for topic in drained(settings) if topic.full_name(settings) in there]
    for topic in (*topics(settings), *older):
        if not wanted(topic):
            continue
        if topic.cleanup is Cleanup.DELETE:
            by, note = now + timedelta(milliseconds=topic.retention_ms), "retention"
        else:
            # the open segment is closed within a day, and compaction runs within a day of that
            by, note = now + timedelta(milliseconds=2 * DAY_MS), "compaction"
        lines.append(Line(f"topic {topic.full_name(settings)}", "gone by", by, note=note))
    return lines


def receiver_lines(settings: Settings) -> list[Line]:
    """Who was told of an article by saved searches has its headline and summary, if they keep them."""
    if not settings.saved_searches:
        return []
    note = "who was told of it is told of its withdrawal; what receivers keep is theirs to delete"
    return [Line("receivers of saved searches", "still in a copy", note=note)]


def saved_lines(settings: Settings, found: list[str], deleted: bool, now: datetime) -> list[Line]:
    """Saved searches that have somebody's name, by their ids: the receipt doesn't repeat it."""
    if not found:
        return [Line("saved searches", "nothing there")]
    if not deleted:
        note = f"they have the name: {', '.join(found[:20])}; see `dateline searches list`, and `--saved-searches` to delete them"  # fmt: skip
        return [Line("saved searches", "still in a copy", count=len(found), note=note)]
    by = now + timedelta(milliseconds=2 * DAY_MS)
    return [
        Line("saved searches", "removed", count=len(found)),
        Line(f"topic {SAVED_SEARCHES.full_name(settings)}", "gone by", by, note="compaction"),
    ]


def holds_article(topic: Topic) -> bool:
    """Whether a topic may hold the text of an article or of its comments. Those of the stories hold hashes only."""
    return topic.holds_text


def holds_comment(topic: Topic) -> bool:
    """Whether a topic may hold a comment, or the hash of its author's name. A raw article has the whole original
    page, with the comments on it."""
    if topic in (ARTICLES_RAW, COMMENT_POSTS):
        return True
    return topic.holds_text and topic.schema not in ARTICLE_EVENTS


def changelog_line(now: datetime) -> Line:
    """The worker's tables, whose changelogs are compacted like the current topics."""
    return Line("the worker's changelogs", "gone by", now + timedelta(milliseconds=2 * DAY_MS), note="compaction")


def utc_now() -> datetime:
    return datetime.now(UTC)
