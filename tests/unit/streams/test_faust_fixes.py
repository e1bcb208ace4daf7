from __future__ import annotations

import pytest

from pipeline.errors import Fatal
from pipeline.streams.faust_fixes import SuspendDetector


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
