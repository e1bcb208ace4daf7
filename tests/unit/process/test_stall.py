from __future__ import annotations

import threading

from pipeline.process.stall import StallGuard
from tests.support.waiting import PATIENCE


def test_a_call_that_does_not_come_back_is_noticed_and_a_quick_one_is_not() -> None:
    left: list[str] = []
    noticed = threading.Event()

    def leave(reason: str) -> None:
        left.append(reason)
        noticed.set()

    guard = StallGuard(leave)
    with guard.watching("commit", PATIENCE):
        pass
    with guard.watching("poll", 0.1):
        assert noticed.wait(PATIENCE)
    assert left == ["poll did not return in time"]
