from __future__ import annotations

import time

import pytest

from pipeline.errors import Reject
from pipeline.process.problems import Problem
from pipeline.push import auth, limits


def test_a_signature_is_forgotten_when_it_is_too_old_to_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    seen = limits.SeenSignatures()
    seen.add("a")
    with pytest.raises(Reject):
        seen.add("a")
    now = 2 * auth.SIGNATURE_AGE.total_seconds() + 1
    seen.add("a")


def test_memory_for_bodies_is_bounded_but_one_always_fits() -> None:
    memory = limits.BodyMemory(10)
    with memory.reserve(100), pytest.raises(Problem) as busy, memory.reserve(1):
        pass
    assert busy.value.status == 503
    assert memory.used == 0
    with memory.reserve(5), memory.reserve(5):
        assert memory.used == 10
