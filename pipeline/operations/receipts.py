"""Where a text was, and that it is gone from there, or by when it will be: for a kill and for an erasure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pipeline.settings import Settings
from pipeline.topics import DAY_MS, Cleanup, Topic
from pipeline.topology import drained, topics

State = Literal["removed", "nothing there", "still there", "gone by", "still in a copy"]


@dataclass(frozen=True)
class Line:
    """One place of a receipt."""

    place: str
    state: State
    by: datetime | None = None
    """The last moment of the last copy, where it isn't gone yet."""
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


def topic_lines(settings: Settings, wanted: Callable[[Topic], bool], now: datetime) -> list[Line]:
    """Topics that may hold a copy: until their retention is over, or compaction has run."""
    lines = []
    for topic in (*topics(settings), *drained(settings)):
        if not wanted(topic):
            continue
        if topic.cleanup is Cleanup.DELETE:
            by, note = now + timedelta(milliseconds=topic.retention_ms), "retention"
        else:
            # the open segment is closed within a day, and compaction runs within a day of that
            by, note = now + timedelta(milliseconds=2 * DAY_MS), "compaction"
        lines.append(Line(f"topic {topic.full_name(settings)}", "gone by", by, note=note))
    return lines


def of_article(topic: Topic) -> bool:
    """Whether a topic may hold an article's or its comments' text."""
    return topic.holds_text


def changelog_line(now: datetime) -> Line:
    """The worker's tables, whose changelogs are compacted like the current topics."""
    return Line("the worker's changelogs", "gone by", now + timedelta(milliseconds=2 * DAY_MS), note="compaction")


def utc_now() -> datetime:
    return datetime.now(UTC)
