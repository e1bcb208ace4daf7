"""The loop of every sink, over a consumer in memory: what is done in which order, and how it waits."""

from __future__ import annotations

import signal
import time
from typing import Any
from uuid import UUID

import pytest
from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import (
    InconsistentGroupProtocolError,
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    TopicAuthorizationFailedError,
    UnsupportedCodecError,
)

from pipeline import outcomes
from pipeline.errors import Fatal, Reject, Retry
from pipeline.outcomes import Outcome
from pipeline.process.health import Probe, probe
from pipeline.process.stall import StallGuard
from pipeline.settings import Settings
from pipeline.sinks import loop as loops
from pipeline.sinks.assignment import Assignment
from pipeline.sinks.loop import SinkLoop
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from pipeline.topics import ARTICLES_CURRENT, DEAD_LETTERS
from pipeline.topology import INDEX
from tests.support.consumer import MemoryConsumer, MemoryProducer

SETTINGS = Settings(_env_file=None)


class FakeSink:
    """Rejects what holds `bad`; waits where it is told to."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen
        self.away = 0
        self.waits = 0
        self.wait: Wait = lambda seconds, why="": None

    def open(self, wait: Wait) -> None:
        self.seen.append("open")
        self.wait = wait
        if self.away:
            self.away -= 1
            raise Retry("away")

    def write(self, records: Records) -> WriteOutcome:
        outcome = WriteOutcome()
        for _ in range(self.waits):
            self.wait(0.01, "away")
        for record, _ in records:
            if record.value == b"bad":
                outcome.rejected.append((record, Reject("bad", "it is bad")))
            else:
                outcome.tally[Outcome.INDEXED] += 1
        self.seen.append("write")
        return outcome

    def close(self) -> None:
        self.seen.append("close")


class World:
    """A loop, its sink and what it did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, batches: Any) -> None:
        self.seen: list[str] = []
        self.sink = FakeSink(self.seen)
        self.loop = SinkLoop(SETTINGS, INDEX, self.sink)
        topic = ARTICLES_CURRENT.full_name(SETTINGS)
        self.consumer = MemoryConsumer(self.seen, topic, batches, self.loop.stop)
        self.producer = MemoryProducer(self.seen)
        self.counted: Any = None
        monkeypatch.setattr(loops, "ensure_topics", lambda settings: self.seen.append("topics"))
        monkeypatch.setattr(loops, "consumer", lambda *_, **__: self.consumer)
        monkeypatch.setattr(loops, "producer", lambda *_, **__: self.producer)
        monkeypatch.setattr(loops, "delay", lambda attempt: 0.01)
        monkeypatch.setattr(loops, "warn_of_strangers", lambda settings, group: None)
        monkeypatch.setattr(outcomes, "record", lambda stage, tally, seconds: setattr(self, "counted", tally))


class FakeAhead:
    """Notes what the loop asks of it."""

    def __init__(self, world: World) -> None:
        self._seen = world.seen

    def cover(self, main: Any, polled: Any) -> None:
        self._seen.append("read ahead")

    def cover_again(self, main: Any) -> None:
        self._seen.append("read ahead again")

    def waited(self, assigned: Any) -> None:
        self._seen.append("waited")

    def restart(self, tp: TopicPartition) -> None:
        self._seen.append("forget")

    def close(self) -> None:
        pass


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


def test_told_to_stop_while_its_target_is_away_at_the_start_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])
    world.sink.away = 2
    world.loop.stop()
    world.loop.run()
    assert world.seen == ["topics", "open", "close"]


@pytest.mark.parametrize("error", [KafkaConnectionError, NodeNotReadyError])
def test_a_heartbeat_that_finds_no_broker_is_a_reason_to_begin_again(
    monkeypatch: pytest.MonkeyPatch, error: type[KafkaError]
) -> None:
    world = World(monkeypatch, [[b"a"]])

    def poll(*_: object, **__: object) -> None:
        raise error("refused")

    monkeypatch.setattr(world.consumer, "poll", poll)
    with pytest.raises(Retry, match="Kafka went away"):
        world.loop.run()
    assert world.seen == ["topics", "open", "close", "leave"]


def test_a_signal_ends_a_long_request_of_the_start_and_waits_for_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])

    def slow(*_: object) -> None:
        world.seen.append("open")
        signal.raise_signal(signal.SIGTERM)
        world.seen.append("the rest of the installation")

    before = signal.signal(signal.SIGTERM, world.loop.signalled)
    try:
        monkeypatch.setattr(world.sink, "open", slow)
        world.loop.run()
        assert world.seen == ["topics", "open", "close"]

        world = World(monkeypatch, [[b"a"], [b"b"]])
        signal.signal(signal.SIGTERM, world.loop.signalled)
        write = world.sink.write

        def signalled(records: Any) -> Any:
            signal.raise_signal(signal.SIGTERM)
            return write(records)

        monkeypatch.setattr(world.sink, "write", signalled)
        world.loop.run()
        assert world.seen == ["topics", "open", "write", "commit 1", "close", "leave"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_while_the_sink_waits_partitions_are_paused_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"], [b"b"]])
    world.sink.waits = 3
    world.loop.run()
    assert [one for one in world.seen if one.startswith("commit")] == ["commit 1", "commit 2"]
    assert world.consumer.polls_while_paused >= 3
    assert not world.consumer.paused()


def test_told_to_stop_while_it_waits_it_commits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])
    world.sink.waits = 1
    paused = world.consumer.pause

    def pause(*partitions: TopicPartition) -> None:
        paused(*partitions)
        world.loop.stop()
        time.sleep(0.02)

    monkeypatch.setattr(world.consumer, "pause", pause)
    world.sink.waits = 2
    world.loop.run()
    assert world.seen == ["topics", "open", "close", "leave"]


def test_a_target_that_is_away_at_first_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])
    world.sink.away = 2
    world.loop.run()
    assert world.seen[:5] == ["topics", "open", "open", "open", "write"]


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


def test_after_each_wait_in_a_write_what_came_meanwhile_is_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])

    class Ahead(FakeAhead):
        def cover_again(self, main: Any) -> None:
            super().cover_again(main)
            world.sink.wait(0.01, "Kafka is away")  # does not begin again

    monkeypatch.setattr(world.loop, "_ahead", Ahead(world))
    world.sink.waits = 2
    world.loop.run()
    waits = ["waited", "read ahead again", "waited"] * 2
    assert [one for one in world.seen if one in ("read ahead", "write", *waits)] == ["read ahead", *waits, "write"]


def test_readiness_says_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])
    answers: list[Probe] = []
    world.sink.waits = 1
    poll = world.consumer.poll

    def ask(timeout_ms: int, max_records: int | None = None) -> Any:
        answers.append(probe("/readyz", lambda: world.loop.ready))
        return poll(timeout_ms, max_records)

    monkeypatch.setattr(world.consumer, "poll", ask)
    world.loop.run()
    assert (503, b"not ready: away\n", "text/plain") in answers
    assert answers[-1].status == 200


def test_readiness_says_that_kafka_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [])
    monkeypatch.setattr(loops, "_ASK", 0.0)
    rounds = 0

    def done() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            assert probe("/readyz", lambda: world.loop.ready).body.startswith(b"not ready: Kafka does not answer")
            world.consumer.away = False
        elif rounds == 3:
            assert probe("/readyz", lambda: world.loop.ready).status == 200
            world.loop.stop()
        else:
            world.consumer.away = True

    monkeypatch.setattr(world.consumer, "_done", done)
    world.loop.run()
    assert rounds == 3


def test_a_write_that_hangs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    world = World(monkeypatch, [[b"a"]])
    monkeypatch.setattr(loops, "_WRITTEN", 0.1)
    world.loop._stalls = StallGuard(found.append)
    write = world.sink.write

    def hang(records: Records) -> WriteOutcome:
        while not found:
            time.sleep(0.05)
        return write(records)

    monkeypatch.setattr(world.sink, "write", hang)
    world.loop.run()
    assert found == ["writing a batch did not return in time"]


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


def test_what_was_told_late_is_told_and_it_is_ready_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"]])
    said: list[str] = []

    def announce(producer: Any, settings: Settings, records: Any, wait: Wait) -> None:
        wait(0.01, "it can't be told")
        said.append(world.loop._condition._waiting)

    monkeypatch.setattr(loops, "announce", announce)
    world.loop.run()
    assert said == ["it can't be told"]
    assert world.loop._condition.check(assigned=True)


def test_which_partitions_are_mine_is_known_in_a_rebalance() -> None:
    assignment, mine = Assignment(), [TopicPartition("t", n) for n in range(3)]
    assignment.on_partitions_assigned(mine)
    assert assignment.mine == set(mine)
    assignment.on_partitions_revoked(mine[:1])
    assert (assignment.mine, assignment.ready) == (frozenset(mine[1:]), False)
    assignment.on_partitions_assigned([])
    assert (assignment.mine, assignment.ready) == (frozenset(mine[1:]), True)
