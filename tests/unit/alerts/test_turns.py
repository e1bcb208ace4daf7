"""Which process tells whom and when: by partitions, in turns, with threads that slow receivers share."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest

from pipeline.alerts import delivering
from pipeline.alerts.process import AlertLoop
from pipeline.process.health import NotReady
from tests.support.waiting import PATIENCE
from tests.unit.alerts.memory import SETTINGS, Index, Topics, hook, match, save, search
from tests.unit.alerts.receiver import Receiver, World, deliver, process
from tests.unit.alerts.receiver import world as world

A, B = UUID(int=0xA), UUID(int=0xB)
ONE = UUID(int=1)


def test_each_process_tells_those_that_it_has(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    own = {n for n in range(12) if process(topics, index, receiver, frozenset({n})).due().count(ONE)}
    assert len(own) == 1
    assert process(topics, index, receiver, frozenset()).due() == []
    moved: list[frozenset[int]] = [frozenset(set(range(12)) - own)]
    one = process(topics, index, receiver)
    one._partitions = lambda: moved[0]
    assert ONE not in one.due()
    moved[0] = frozenset(range(12))
    assert ONE in one.due(), "it was given to this process"


def test_a_search_has_a_turn_and_then_others_have_theirs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "_TURN", 2)
    topics, index, receiver = world
    match(topics, index, *(index.put(UUID(int=100 + n), 1, "A ferry") for n in range(5)))
    assert [deliver(*world) for _ in range(4)] == [0.0, 0.0, None, None]
    assert len({article for *_, article in receiver.got}) == len(receiver.got) == 5


def test_slow_receivers_of_one_leave_threads_to_others() -> None:
    topics, index = Topics(), Index()
    slow = [search(n, "ferry", owner="slow", webhook=hook(f"https://h{n}.example")) for n in range(10, 15)]
    same = [search(n, "ferry", owner=f"owner {n}", webhook=hook("https://same.example/x")) for n in range(20, 25)]
    others = [search(n, "ferry", owner=f"owner {n}", webhook=hook(f"https://h{n}.example")) for n in range(30, 33)]
    save(topics, *slow, *same, *others)
    match(topics, index, index.put(A, 1, "A ferry"))
    one = process(topics, index, Receiver(topics))
    first = [search_id.int // 10 for search_id in one.due()]
    assert sorted(first) == [1, 1, 2, 2, 3, 3, 3]
    assert one.due() == []
    one.finished(next(iter(one._busy)), None)
    assert len(one.due()) == 1, "the next of them"


def test_a_partition_that_is_gone_is_told_by_another(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    one = process(topics, index, receiver)
    every: list[frozenset[int]] = [frozenset(range(12))]
    one._partitions = lambda: every[0]
    post = one._post

    def lost(url: str, body: bytes, headers: dict[str, str]) -> int:
        every[0] = frozenset()
        return post(url, body, headers)

    one._post = lost
    assert one.due() == [ONE]
    again = one.deliver(ONE)
    assert len(receiver.got) == 1
    assert again == delivering._LOOK_AGAIN, "it may be back before anybody asked what is due"
    one.finished(ONE, again)
    assert one.due() == []
    one._post, every[0] = post, frozenset(range(12))
    assert one.due() == [ONE], "it came back"
    one.deliver(ONE)
    assert len(receiver.got) == 2


def test_the_thread_survives_what_nobody_foresaw(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    monkeypatch.setattr(delivering, "_EVERY", 0.001)
    monkeypatch.setattr(delivering, "_AFTER_FAILURE", 0.001)
    one = process(topics, index, receiver)
    due, failures = one.due, [RuntimeError("odd")]

    def sometimes() -> list[UUID]:
        if failures:
            raise failures.pop()
        return due()

    told = threading.Event()

    def post(*_: object) -> int:
        told.set()
        return 200

    one.due = sometimes  # type: ignore[method-assign]
    one._post = post
    thread = threading.Thread(target=one.run)
    thread.start()
    assert told.wait(PATIENCE)
    one.stop()
    thread.join(PATIENCE)
    assert "webhook_failed" in caplog.text


def test_ready_says_that_the_thread_has_ended() -> None:
    loop = AlertLoop(SETTINGS.model_copy(update={"elasticsearch_url": "http://127.0.0.1:1"}))
    loop._deliverer.stop()
    with pytest.raises(NotReady, match="starting"):
        assert loop.ready
    loop._telling.start()
    loop._telling.join(PATIENCE)
    with pytest.raises(NotReady, match="webhooks"):
        assert loop.ready
