"""When a sink is ready, and what it says where it isn't."""

from __future__ import annotations

import time

import pytest

from pipeline.process.health import NotReady
from pipeline.sinks.condition import LONGEST, Condition


def problem(condition: Condition, assigned: bool = True) -> str:
    try:
        condition.check(assigned)
    except NotReady as e:
        return str(e)
    return ""


def test_each_reason_goes_when_it_is_over() -> None:
    condition = Condition()
    assert problem(condition) == "starting"
    condition.works()
    assert problem(condition) == ""
    assert "has not assigned partitions" in problem(condition, assigned=False)
    condition.waits("the index is read-only")
    condition.kafka("Kafka does not answer")
    assert problem(condition) == "Kafka does not answer"
    condition.kafka()
    assert problem(condition) == "the index is read-only"
    condition.works()
    assert problem(condition) == ""


def test_a_loop_that_gives_no_sign_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    condition = Condition()
    condition.works()
    now += LONGEST + 1
    assert problem(condition) == "no progress for 61 s"
    condition.sign()
    assert problem(condition) == ""
