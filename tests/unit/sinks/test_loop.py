"""The loop of every sink, over a consumer in memory: what is done in which order, and how it waits."""

from __future__ import annotations

import time
from typing import Any

import pytest
from kafka import TopicPartition

from pipeline import outcomes
from pipeline.errors import Fatal, Reject, Retry
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.sinks import loop as loops
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
        self.wait: Wait = lambda seconds: None

    def open(self, wait: Wait) -> None:
        self.seen.append("open")
        self.wait = wait
        if self.away:
            self.away -= 1
            raise Retry("away")

    def write(self, records: Records) -> WriteOutcome:
        outcome = WriteOutcome()
        for _ in range(self.waits):
            self.wait(0.01)
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

    def __init__(self, monkeypatch: pytest.MonkeyPatch, batches: list[list[bytes]]) -> None:
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
        monkeypatch.setattr(outcomes, "record", lambda stage, tally, seconds: setattr(self, "counted", tally))


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
