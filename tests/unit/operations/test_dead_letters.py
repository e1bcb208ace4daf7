from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import Fatal, Reject
from pipeline.operations import dead_letters
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT
from schemas.dead_letter import DeadLetter

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
NOW = datetime(2026, 3, 14, tzinfo=UTC)


def test_a_letter_of_a_compacted_topic_is_not_replayed() -> None:
    header = DeadLetter(stage="index", reason="x", detail="x", at=NOW, topic=ARTICLES_CURRENT.full_name(SETTINGS))
    reject = dead_letters._replayable(header, SETTINGS)
    assert reject is not None
    refusal = dead_letters._refusal("0-1", reject)
    assert (refusal["reason"], refusal["former_reason"]) == ("superseded-topic", "stood-then")
    assert "former_reason" not in dead_letters._refusal("0-1", Reject("truncated", "only its first bytes"))
    for wrong in ("first", "0-", "99-1", "-1"):
        with pytest.raises(Fatal, match="is not a dead letter's id"):
            dead_letters._location(wrong, SETTINGS)
