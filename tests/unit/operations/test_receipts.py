"""Where a receipt of an erasure says that copies may still be, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.operations.receipts import (
    Line,
    changelog_line,
    holds_article,
    holds_comment,
    receiver_lines,
    topic_lines,
)
from pipeline.settings import Settings
from pipeline.topology import topics

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
NOW = datetime(2026, 3, 14, tzinfo=UTC)
SHARED = {"dead-letters", "transfers"}


def names(wanted: Any) -> set[str]:
    return {topic.name for topic in topics(SETTINGS) if wanted(topic)}


def test_a_receipt_names_the_topics_that_may_hold_the_text() -> None:
    articles, comments = names(holds_article), names(holds_comment)
    assert {name for name in articles if not name.startswith(("articles.", "comments."))} == SHARED
    assert {name for name in comments if not name.startswith("comments.")} == SHARED | {
        "comment-posts",
        "articles.raw",  # pages as received, with the comments on them
    }
    assert {"articles.raw", "articles.current", "articles.history", "comments.raw", "comments.current"} <= articles


def test_a_receipt_says_by_when_a_topic_has_lost_its_last_copy() -> None:
    lines = {line.place: line for line in topic_lines(SETTINGS, holds_article, NOW, frozenset({"moved"}))}
    day = timedelta(days=1)
    assert (lines["topic articles.raw"].by, lines["topic articles.raw"].note) == (NOW + 7 * day, "retention")
    assert lines["topic dead-letters"].by == NOW + 30 * day
    assert (lines["topic articles.current"].by, lines["topic articles.current"].note) == (NOW + 2 * day, "compaction")
    assert "topic moved" in lines, "a topic of the version before may still hold a copy, where it is there"
    assert "topic articles.normalized" not in lines
    assert changelog_line(NOW).by == NOW + 2 * day
    assert Line("index comments", "still there", count=3, note="stubs stay").as_json() == {
        "place": "index comments", "state": "still there", "count": 3, "note": "stubs stay",
    }  # fmt: skip
    assert Line("topic x", "gone by", NOW).as_json()["by"] == "2026-03-14T00:00:00+00:00"


def test_receivers_of_saved_searches_are_named_where_there_may_be_any() -> None:
    assert receiver_lines(SETTINGS) == []
    (line,) = receiver_lines(SETTINGS.model_copy(update={"saved_searches": 10}))
    assert (line.state, "withdrawal" in line.note) == ("still in a copy", True)
