"""What became of what came, and of each step of a trace; records as they pass."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from pipeline.errors import Fatal
from pipeline.kafka.reading import partitions_of
from pipeline.operations import funnel
from pipeline.operations.funnel import assembled
from pipeline.operations.outcomes_of_steps import outcome
from pipeline.operations.tap import row, tap_topic
from pipeline.settings import load_settings
from pipeline.topics import ARTICLES_RAW
from schemas.funnel import Fate

SETTINGS = load_settings(_env_file=None, namespace="n", partitions=4)


def fate(name: str, count: int, why: str = "") -> Fate:
    return Fate(fate=name, why=why, count=count)


def counts(fates: tuple[Fate, ...]) -> dict[str, int]:
    return {f"{one.fate} {one.why}".strip(): one.count for one in fates}


def test_a_funnel_counts_each_item_once() -> None:
    refused = [(fate("refused", 2, "ingest: invalid"), False), (fate("refused", 1, "normalize: no-text"), True)]
    standing = [fate("indexed", 4, "articles, public"), fate("hidden", 1, "articles, embargoed"), fate("superseded", 1)]
    found = assembled(["a", "a", "b", *"cdefgh"], refused, standing)
    assert counts(found) == {
        "received": 11,
        "refused ingest: invalid": 2,
        "refused normalize: no-text": 1,
        "unchanged": 2,
        "indexed articles, public": 4,
        "hidden articles, embargoed": 1,
        "superseded": 1,
    }
    assert found[0].examples == ("a", "b", "c")


def test_a_funnel_of_nothing_and_one_with_more_in_the_index_than_in_the_topic() -> None:
    assert counts(assembled([], [], [])) == {"received": 0}
    assert "unchanged" not in counts(assembled([], [], [fate("indexed", 3)])), "the topic keeps them for a week only"


def test_a_funnel_that_was_cut_does_not_say_what_is_unchanged() -> None:
    found = assembled(["a", "b", "c"], [], [fate("indexed", 1)], complete=False)
    assert counts(found) == {"received": 3, "indexed": 1}


def test_reading_ends_where_there_is_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What there was time for is counted, and it is said that it isn't all."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def raw(*args: Any) -> Iterator[tuple[bytes, bytes]]:
        for number in range(5):
            yield b"k%d" % number, b'{"data": {"provider": "wire"}}'
            clock[0] += 1
            args[-1](number + 1, 5)

    monkeypatch.setattr(funnel, "_raw", raw)
    monkeypatch.setattr(funnel, "open_client", lambda *_, **__: contextlib.nullcontext())
    monkeypatch.setattr(funnel, "_refused", lambda *_: [])
    monkeypatch.setattr(funnel, "_standing", lambda *_: [])
    begin = datetime(2026, 3, 14, tzinfo=UTC)
    for seconds, count, complete in ((2.5, 3, False), (9.0, 5, True), (None, 5, True)):
        clock[0] = 0.0
        found = funnel.read_funnel(SETTINGS, "wire", begin, begin, seconds=seconds)
        assert (found.fates[0].count, found.complete) == (count, complete)


RAW = {"topic": "articles.raw", "partition": 1, "offset": 7, "event_id": "e"}
COMMITTED = {TopicPartition("n-articles.raw", 1): 8}


@pytest.mark.parametrize(
    ("others", "committed", "expected"),
    [
        ([], {}, "waiting"),
        ([], {TopicPartition("n-articles.raw", 1): 7}, "waiting"),
        ([], COMMITTED, "done"),
        ([{"topic": "articles.current", "event_id": "its own", "made_of": "e"}], COMMITTED, "current"),
        (
            [
                {"topic": "articles.current", "event_id": "before", "made_of": "e"},
                {"topic": "articles.history", "event_id": "e"},
            ],
            COMMITTED,
            "superseded",
        ),
        ([{"topic": "articles.history", "event_id": "e"}], COMMITTED, "superseded"),
        ([{"topic": "articles.current", "event_id": "e", "made_of": "other"}], COMMITTED, "done"),
        ([{"topic": "dead-letters", "refused_from": ["articles.raw", 1, 7]}], COMMITTED, "refused"),
        ([{"topic": "dead-letters", "refused_from": ["articles.raw", 1, 6]}], COMMITTED, "done"),
    ],
)
def test_the_outcome_of_a_step(others: list[dict[str, Any]], committed: Any, expected: str) -> None:
    assert outcome(RAW, [RAW, *others], committed, "n-articles.raw") == expected


def test_another_number_of_partitions_is_said_and_not_searched_in_vain() -> None:
    reader: Any = SimpleNamespace(partitions_for_topic=lambda _: {0, 1, 2})
    with pytest.raises(Fatal, match=r"n-articles.raw has 3 partitions, the settings say 4.*DATELINE_PARTITIONS=3"):
        partitions_of(reader, SETTINGS, [ARTICLES_RAW])
    none: Any = SimpleNamespace(partitions_for_topic=lambda _: None)
    assert partitions_of(none, SETTINGS, [ARTICLES_RAW]) == {}


def record(value: bytes | None, **more: Any) -> Any:
    fields = {"key": b"k", "partition": 1, "offset": 2, "timestamp": 1_773_476_400_000, "headers": []}
    return SimpleNamespace(value=value, **(fields | more))


def test_a_row_of_whatever_passes() -> None:
    event = {"type": "article.published", "data": {"provider": "wire", "headline": "Storm"}}
    seen = row(record(json.dumps(event).encode()))
    assert (seen["provider"], seen["type"], seen["headline"], seen["value"]) == (
        "wire",
        "article.published",
        "Storm",
        event,
    )
    for odd in (None, b"", b"\\xff\\xfe", b"[1]", b'{"data": [1]}', b'{"data": {"article": 3}}', b"null"):
        assert row(record(odd, key=None, timestamp=None, headers=None))["bytes"] == len(odd or b"")
    refused = row(record(b"{", headers=[("dateline-provider", b"wire"), ("dateline-reason", b"not-json")]))
    assert (refused["provider"], refused["type"]) == ("wire", "not-json")


def test_a_topic_by_its_name_and_none_with_secrets() -> None:
    assert tap_topic(SETTINGS, "articles.raw") is tap_topic(SETTINGS, "n-articles.raw")
    for name in ("keys", "push-answers", "nonsense"):
        with pytest.raises(Fatal, match=r"there are .*articles\.raw"):
            tap_topic(SETTINGS, name)


def test_history_is_counted_by_when_the_worker_got_it() -> None:
    """An old story that is sent today, and superseded, came today; what an older version indexed says only when it was received."""
    found = funnel._came_in(datetime(2026, 3, 14, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC))
    by_worker, older = found["bool"]["should"]
    assert list(by_worker["range"]) == ["processed.normalized"]
    assert older["bool"]["must_not"] == [{"exists": {"field": "processed.normalized"}}]
    assert [list(one["range"]) for one in older["bool"]["filter"]] == [["revision.received"]]
