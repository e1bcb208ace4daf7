"""The rights of each process follow the flow."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pipeline.kafka.acls import grant, rights
from pipeline.settings import Settings
from pipeline.topics import (
    ALERT_DELIVERIES,
    ALERTS,
    ARTICLES_CURRENT,
    ARTICLES_INDEXED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    DEAD_LETTERS,
    KEYS,
    MOVED,
    SAVED_SEARCHES,
    SAVED_TOPICS,
    STATE_TOPICS,
    STORY_BANDS,
    TRANSFERS,
    Topic,
)


def may(form: str, process: str, operation: str) -> set[str]:
    settings = Settings(_env_file=None, stages=form, namespace="news")
    return {
        right.name.removeprefix("news-")
        for right in rights(settings)
        if (right.process, right.operation, right.kind, right.prefix) == (process, operation, "topic", False)
    }


def names(*topics: Topic) -> set[str]:
    return {topic.name for topic in topics}


@pytest.mark.parametrize("form", ["chained", "apart"])
def test_each_process_reads_and_writes_what_its_stages_do(form: str) -> None:
    reads, writes = may(form, "worker", "Read"), may(form, "worker", "Write")
    assert names(ARTICLES_RAW, TRANSFERS, STORY_BANDS) <= reads
    assert names(ARTICLES_CURRENT, TRANSFERS, STORY_BANDS, DEAD_LETTERS) <= writes
    assert not names(ARTICLES_RAW, *STATE_TOPICS) & writes
    assert not names(ARTICLES_CURRENT, KEYS) & reads
    assert names(MOVED) <= reads, "a topic of the version before is drained"
    assert not names(MOVED) & (writes | may(form, "worker", "Create")), "and made by nobody"
    assert (ARTICLES_NORMALIZED.name in writes) is (form == "apart")
    assert may(form, "indexer", "Write") == names(DEAD_LETTERS, ARTICLES_INDEXED)
    assert may(form, "search-api", "Read") == names(*SAVED_TOPICS)
    assert may(form, "search-api", "Write") == names(SAVED_SEARCHES)
    looked_at = may(form, "status-page", "Read")
    assert names(ARTICLES_RAW, ARTICLES_CURRENT, DEAD_LETTERS) <= looked_at
    assert not names(*STATE_TOPICS) & looked_at, "secrets are in some"
    assert not may(form, "status-page", "Write")
    assert may(form, "alerts", "Read") == names(ARTICLES_INDEXED, *SAVED_TOPICS)
    assert may(form, "alerts", "Write") == names(ALERTS, ALERT_DELIVERIES, DEAD_LETTERS)
    assert not names(*SAVED_TOPICS) & (may(form, "ingest-api", "Read") | may(form, "indexer", "Read"))
    assert names(ARTICLES_RAW) <= may(form, "ingest-api", "Write")
    assert not names(ARTICLES_CURRENT, TRANSFERS) & may(form, "ingest-api", "Write")


def test_each_right_can_be_granted() -> None:
    class Admin:
        def create_acls(self, acls: list[Any]) -> dict[str, Any]:
            granted.extend(acls)
            return {"succeeded": acls, "failed": []}

    granted: list[Any] = []
    wanted = rights(Settings(_env_file=None))
    grant(cast(Any, Admin()), wanted)
    assert len(granted) == len(wanted)
