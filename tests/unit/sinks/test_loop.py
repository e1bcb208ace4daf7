"""The loop of every sink, over a consumer in memory: what is done in which order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import (
    InconsistentGroupProtocolError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnsupportedCodecError,
)

from pipeline.errors import Fatal
from pipeline.outcomes import Outcome
from pipeline.sinks.assignment import Assignment
from pipeline.topics import DEAD_LETTERS
from tests.unit.sinks.world import SETTINGS, FakeAhead, World


def test_written_then_dead_letters_then_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a", b"bad", b"b"]])
    world.loop.run()
    assert world.seen == ["topics", "open", "write", "send dead-letters", "commit 3", "close", "leave"]
    assert world.counted == {Outcome.INDEXED: 2, Outcome.DEAD_LETTERED: 1}
    assert [one.topic for one in world.producer.sent] == [DEAD_LETTERS.full_name(SETTINGS)]


def test_nothing_is_committed_where_a_dead_letter_is_not_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"bad"]])
    world.producer.fails = True
    with pytest.raises(Fatal, match="could not be delivered"):
        world.loop.run()
    assert world.seen == ["topics", "open", "write", "send dead-letters", "close", "leave"]


def test_a_kafka_without_metadata_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"bad"]])
    world.producer.metadata = False
    with pytest.raises(Fatal, match="could not be delivered"):
        world.loop.run()
    assert world.seen == ["topics", "open", "write", "close", "leave"]


def test_a_marker_after_the_last_record_leaves_no_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a", None], [None]])
    world.loop.run()
    assert [one for one in world.seen if one.startswith("commit")] == ["commit 2", "commit 3"]


def test_records_that_retention_deleted_are_said_and_leave_no_lag(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(monkeypatch, [[b"a"]])
    world.consumer.stored = OffsetAndMetadata(10, "first", -1)
    world.consumer.start = 15
    world.loop.run()
    assert "commit 16" in world.seen
    (said,) = [one for one in caplog.messages if "records_expired" in one]
    assert "records=5" in said


def test_a_topic_that_was_made_again_is_read_from_its_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(monkeypatch, [[b"a"], [b"b"]])
    world.consumer.stored = OffsetAndMetadata(10, str(UUID(int=1)), -1)
    world.loop.run()
    assert "seek 0" in world.seen
    assert world.consumer.stored == OffsetAndMetadata(1, world.consumer.id, -1)
    assert "topic_made_again" in caplog.text


def test_what_was_read_ahead_of_a_topic_that_was_made_again_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"], [b"b"], [b"c"]])

    class Ahead(FakeAhead):
        def cover(self, main: Any, polled: Any) -> None:
            super().cover(main, polled)
            world.consumer.id = str(UUID(int=3))

    monkeypatch.setattr(world.loop, "_ahead", Ahead(world))
    world.loop.run()
    steps = [one for one in world.seen if one in ("read ahead", "write", "seek 0", "forget")]
    assert steps[:5] == ["read ahead", "write", "seek 0", "forget", "read ahead"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnsupportedCodecError("Libraries for zstd compression codec not found"), "zstandard"),
        (InconsistentGroupProtocolError(), "another program uses the consumer group"),
        (TopicAuthorizationFailedError("articles.current"), "dateline grant"),
    ],
)
def test_what_waiting_does_not_help_stops_with_one_line(
    monkeypatch: pytest.MonkeyPatch, error: KafkaError, words: str
) -> None:
    world = World(monkeypatch, [[b"a"]])

    def poll(timeout_ms: int) -> Any:
        raise error

    monkeypatch.setattr(world.consumer, "poll", poll)
    with pytest.raises(Fatal, match=words):
        world.loop.run()


def test_which_partitions_are_mine_is_known_in_a_rebalance() -> None:
    assignment, mine = Assignment(), [TopicPartition("t", n) for n in range(3)]
    assignment.on_partitions_assigned(mine)
    assert assignment.mine == set(mine)
    assignment.on_partitions_revoked(mine[:1])
    assert (assignment.mine, assignment.ready) == (frozenset(mine[1:]), False)
    assignment.on_partitions_assigned([])
    assert (assignment.mine, assignment.ready) == (frozenset(mine[1:]), True)
