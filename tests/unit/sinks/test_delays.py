"""How long a sink waits."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pipeline.sinks.delays import Gathering
from tests.unit.sinks.world import World


def test_a_small_batch_is_followed_by_a_moment_and_nothing_else_is() -> None:
    gathering = Gathering()
    assert gathering.seconds() == 0
    gathering.polled(3)
    assert 0 < gathering.seconds() <= 0.05
    gathering.polled(2000)
    assert gathering.seconds() == 0, "a backlog is not waited for"
    gathering.polled(0)
    assert gathering.seconds() == 0, "the first record after a pause goes out at once"


def test_the_moment_is_as_long_as_the_last_batch_took() -> None:
    gathering = Gathering()
    gathering.polled(3)
    shortest = gathering.seconds()
    gathering.written(0.1)
    assert gathering.seconds() == 0.1
    gathering.written(0.001)
    assert gathering.seconds() == shortest
    gathering.written(20)
    assert gathering.seconds() == 0.15


def test_the_loop_waits_between_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [[b"a"], [b"b"], [b"c"] * 500, [b"d"]])
    waited: list[float] = []

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> Any:
            waited.append(timeout or 0)

    world.loop._stopping = Stopping()
    world.loop.run()
    assert [bool(seconds) for seconds in waited] == [False, True, True, False, True]
