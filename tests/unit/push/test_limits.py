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
    seen.add("a", b"DELETE /v1/items/1")
    seen.add("a", b"DELETE /v1/items/2")
    with pytest.raises(Reject):
        seen.add("a", b"DELETE /v1/items/1")
    now = 2 * auth.SIGNATURE_AGE.total_seconds() + 1
    seen.add("a", b"DELETE /v1/items/1")


def test_memory_for_bodies_is_bounded_but_one_always_fits() -> None:
    memory = limits.BodyMemory(10)
    with memory.reserve("a", 100), pytest.raises(Problem) as busy, memory.reserve("b", 1):
        pass
    assert busy.value.status == 503
    assert memory.used == 0
    with memory.reserve("a", 5), memory.reserve("b", 5):
        assert memory.used == 10


def test_one_sender_has_a_quarter_of_the_memory_and_its_share_of_the_requests() -> None:
    memory, requests = limits.BodyMemory(12), limits.InProgress(2)
    with memory.reserve("a", 2), pytest.raises(Problem) as greedy, memory.reserve("a", 2):
        pass
    assert greedy.value.status == 429
    with memory.reserve("a", 3), memory.reserve("b", 3), memory.reserve("c", 3):
        assert memory.used == 9
    with requests.enter("a"), requests.enter("a"), requests.enter("b"):
        with pytest.raises(Problem) as many, requests.enter("a"):
            pass
        assert (many.value.status, many.value.retry_after) == (429, 1)
    with requests.enter("a"), requests.enter("a"):
        pass
