"""A sink's loop over a consumer in memory, and what it did."""

from __future__ import annotations

from typing import Any

import pytest
from kafka import TopicPartition

from pipeline import outcomes
from pipeline.errors import Reject, Retry
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.sinks import loop as loops
from pipeline.sinks.loop import SinkLoop
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from pipeline.topics import ARTICLES_CURRENT
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
