"""How the loop of a sink waits: for its target, for Kafka, until it is told to stop; and what it says meanwhile."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
)

from pipeline.errors import Retry
from pipeline.process.health import Probe, probe
from pipeline.process.stall import StallGuard
from pipeline.settings import Settings
from pipeline.sinks import loop as loops
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from tests.unit.sinks.world import FakeAhead, World


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
