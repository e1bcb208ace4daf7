from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import Consumer
from mode.utils.locks import Event

from pipeline.streams.faust_consumer import MUCH, POLL_EVERY, SafeConsumer
from pipeline.streams.watch import Watch


def test_a_client_that_lost_what_it_fetched_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is committed after it: what was taken from the client beside that is delivered again."""

    async def getmany(*_: object) -> None:
        raise KeyError("articles.raw", 3)

    happened: list[str] = []
    monkeypatch.setattr(Consumer, "_getmany", getmany)
    consumer: Any = object.__new__(SafeConsumer)
    consumer.app = SimpleNamespace(watch=Watch(happened.append, spare=lambda: happened.append("spared")))
    with pytest.raises(KeyError):
        asyncio.run(SafeConsumer._getmany(consumer, None, 1.0))
    spared, reason = happened
    assert spared == "spared", "it counts as no death of the records in progress"
    assert "articles.raw" in reason


@pytest.mark.parametrize(("found", "waits"), [(0, 1), (MUCH - 1, 1), (MUCH, 0)])
def test_polls_that_found_little_are_apart(monkeypatch: pytest.MonkeyPatch, found: int, waits: int) -> None:
    """And before the wait, as it asks which partitions are active after it."""
    happened: list[str] = []

    async def getmany(*_: object) -> dict[str, list[None]]:
        return {"one": [None] * (found // 2), "other": [None] * (found - found // 2)}

    async def wait_next_records(self: Any, seconds: float) -> object:
        happened.append("polls")
        return await self._getmany(None, seconds)

    async def sleep(seconds: float) -> None:
        happened.append("waits")
        assert 0 < seconds <= POLL_EVERY

    monkeypatch.setattr(Consumer, "_getmany", getmany)
    monkeypatch.setattr(Consumer, "_wait_next_records", wait_next_records)
    monkeypatch.setattr(SafeConsumer, "_states", lambda self: [])
    monkeypatch.setattr("pipeline.streams.faust_consumer.time.monotonic", lambda: 7.0)
    consumer: Any = object.__new__(SafeConsumer)
    consumer._next_poll = 0.0

    async def run() -> None:
        await consumer._wait_next_records(1.0)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        await consumer._wait_next_records(1.0)

    asyncio.run(run())
    assert happened == ["polls", *["waits"] * waits, "polls"]


_CASES = ("at once", "later", "suspended", "fails", "fails later", "stopped", "cancelled")


@pytest.mark.parametrize("case", _CASES)
def test_a_record_is_handed_over_as_by_faust(case: str) -> None:
    happened = _handed_over(SafeConsumer, case)
    assert happened == _handed_over(Consumer, case)
    assert happened[0] == "began"
    assert ("given up" in happened) == (case in ("suspended", "cancelled"))
    assert ("handed over" in happened) == (case in ("at once", "later", "stopped"))


def _handed_over(kind: type[Consumer], case: str) -> list[str]:
    happened: list[str] = []

    async def hand(room: asyncio.Event) -> str:
        happened.append("began")
        try:
            if case not in ("at once", "fails", "stopped"):
                await room.wait()
            if case.startswith("fails"):
                raise ValueError("no stream")
        except asyncio.CancelledError:
            happened.append("given up")
            raise
        happened.append("handed over")
        return "done"

    async def run() -> None:
        consumer: Any = object.__new__(kind)
        consumer._stopped, consumer._crashed, consumer._loop = Event(), Event(), asyncio.get_running_loop()
        room, suspend = asyncio.Event(), Event()
        if case == "stopped":
            consumer._stopped.set()
        waiting = asyncio.ensure_future(kind.wait_first(consumer, hand(room), suspend.wait()))
        for _ in range(3):
            await asyncio.sleep(0)
        if case == "cancelled":
            waiting.cancel()
        elif case == "suspended":
            suspend.set()
        else:
            room.set()
        try:
            found = await waiting
            happened.append(str(found.stopped))
        except (ValueError, asyncio.CancelledError) as e:
            happened.append(type(e).__name__)
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(run())
    return happened


def test_one_that_has_room_at_once_needs_no_task() -> None:
    async def hand() -> None:
        pass

    async def run() -> set[Any]:
        consumer: Any = object.__new__(SafeConsumer)
        consumer._stopped, consumer._crashed = Event(), Event()
        await SafeConsumer.wait_first(consumer, hand(), Event().wait())
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert not asyncio.run(run())
