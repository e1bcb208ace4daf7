from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import Fatal, Reject
from pipeline.kafka.dead_letters import dead_letter, from_headers
from pipeline.operations import dead_letters
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT
from schemas.dead_letter import DeadLetter
from tests.support.builders import raw_article, raw_comment

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
NOW = datetime(2026, 3, 14, tzinfo=UTC)


def test_a_letter_of_a_compacted_topic_is_not_replayed() -> None:
    header = DeadLetter(stage="index", reason="x", detail="x", at=NOW, topic=ARTICLES_CURRENT.full_name(SETTINGS))
    reject = dead_letters.replayable(header, SETTINGS)
    assert reject is not None
    refusal = dead_letters._refusal("0-1", reject)
    assert (refusal["reason"], refusal["former_reason"]) == ("superseded-topic", "stood-then")
    assert "former_reason" not in dead_letters._refusal("0-1", Reject("truncated", "only its first bytes"))
    for wrong in ("first", "0-", "99-1", "-1"):
        with pytest.raises(Fatal, match="is not a dead letter's id"):
            dead_letters._location(wrong, SETTINGS)


@pytest.mark.parametrize(
    ("value", "provider"),
    [
        (raw_article("a").to_json(), raw_article("a").data.provider),
        (raw_comment("a", 0).to_json(), raw_comment("a", 0).data.provider),
        (b'{"data": {"article": {"provider": "w.example"}}}', "w.example"),
        (b'{"data": {"provider": "w.example", "article": 7, "body": "of another version"}}', "w.example"),
        *[(value, None) for value in (
            None, b"", b"no json", b"[]", b"7", b'{"data": 7}', b'{"data": {"provider": 7}}', b'{"data": {"provider": ""}}',
            b'{"data": {"provider": "w\\u001b[2J"}}', b'{"data": {"provider": "' + b"x" * 300 + b'"}}', b"\xff" * 20, b"[" * 100_000,
        )],
    ],
)  # fmt: skip
def test_the_provider_of_what_a_stage_refused_is_read_from_the_record(
    value: bytes | None, provider: str | None
) -> None:
    made = dead_letter("normalize", Reject("x", "x"), b"key", value, topic="articles.raw", partition=0, offset=0)
    assert from_headers(made.headers).provider == provider
    item = dead_letter("publish", Reject("x", "x"), None, value, source="notes.txt")
    assert from_headers(item.headers).provider is None, "an item is what its sender says it is"
