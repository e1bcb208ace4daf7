from __future__ import annotations

import threading
import time

import pytest

from pipeline.errors import Fatal
from pipeline.process.stall import StallGuard
from pipeline.streams.faust_fixes import SuspendDetector


def test_a_call_that_does_not_come_back_is_noticed_and_a_quick_one_is_not() -> None:
    left: list[str] = []
    noticed = threading.Event()

    def leave(reason: str) -> None:
        left.append(reason)
        noticed.set()

    guard = StallGuard(leave)
    with guard.watching("commit", 5):
        pass
    with guard.watching("poll", 0.1):
        assert noticed.wait(5)
    time.sleep(0.01)
    assert left == ["poll did not return in time"]


def test_a_worker_that_stood_still_sends_nothing_until_it_has_its_partitions_anew() -> None:
    now = [100.0]
    pulse = SuspendDetector(6.0, lambda: now[0])
    for _ in range(50):
        now[0] += 0.5
        pulse.tick()
    pulse.check()
    now[0] += 6.5  # nobody beat
    with pytest.raises(Fatal, match="suspended for 6 s"):
        pulse.check()
    pulse.tick()
    now[0] += 0.5
    with pytest.raises(Fatal):
        pulse.check()  # that it beats again changes nothing
    pulse.reset()
    pulse.check()
