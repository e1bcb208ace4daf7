from __future__ import annotations

import asyncio
import threading

import pytest

from pipeline.errors import Fatal
from pipeline.process.health import NotReady
from pipeline.streams import watch
from pipeline.streams.watch import Watch
from tests.support.waiting import PATIENCE


class Worker:
    """A consumer, its clock, and what its watch said."""

    def __init__(self) -> None:
        self.inside, self.waiting, self.count, self.now = True, False, 0, 100.0
        self.exits: list[str] = []
        self.spared = 0
        self.watch = Watch(self.exits.append, lambda: self.now, self.spare)

    def spare(self) -> None:
        self.spared += 1

    def in_group(self) -> bool:
        return self.inside

    def behind(self) -> bool:
        return self.waiting

    def finished(self) -> int:
        return self.count

    def run(self, seconds: float, processing: bool = True) -> None:
        for _ in range(int(seconds)):
            self.now += 1
            self.watch.look(self, processing)


def test_a_rebalance_is_waited_for_and_a_member_that_does_not_come_back_exits() -> None:
    worker = Worker()
    worker.run(5)
    worker.watch.require_ready()
    worker.inside = False
    worker.run(watch.OUTSIDE - 1)
    assert worker.exits == []
    with pytest.raises(NotReady, match="outside of its consumer group"):
        worker.watch.require_ready()
    worker.inside = True
    worker.run(1)
    worker.watch.require_ready()
    worker.inside = False
    worker.run(watch.OUTSIDE + 1)
    assert worker.exits[0].startswith("outside of the consumer group for 61 s")
    assert worker.spared == 1, "it counts as no death of the records in progress"


def test_what_blocks_the_event_loop_is_not_spared() -> None:
    """While nobody looks the worker may fall out of its group: that may be the fault of a record, and it rejoins after it."""
    worker = Worker()
    worker.run(5)
    worker.now += watch.BLOCKED - 1
    worker.inside = False
    worker.run(watch.OUTSIDE - 3)
    assert (worker.exits, worker.spared) == ([], 0)
    worker.inside = True
    worker.run(5)
    worker.watch.require_ready()


def test_records_that_wait_while_nothing_is_processed_make_it_exit() -> None:
    worker = Worker()
    worker.waiting = True
    for _ in range(10):  # slow, but it goes on
        worker.run(watch.IDLE - 1)
        worker.count += 1
    with worker.watch.batch("revise"):  # has a limit of its own
        worker.run(watch.IDLE * 2)
    worker.run(watch.IDLE * 2, processing=False)  # the tables are being recovered
    worker.waiting = False
    worker.run(watch.IDLE * 2)
    assert worker.exits == []
    worker.waiting = True
    worker.run(watch.IDLE + 1)
    assert worker.exits == ["records wait, and none was processed for 181 s"]
    assert worker.spared == 1


def test_a_batch_in_progress_for_long_makes_it_not_ready() -> None:
    worker = Worker()
    with worker.watch.batch("revise"):
        worker.run(watch.SLOW)
        worker.watch.require_ready()
        worker.run(2)
        with pytest.raises(NotReady, match="a batch of revise has been in progress for 62 s"):
            worker.watch.require_ready()
    worker.watch.require_ready()


@pytest.mark.parametrize("limit", ["BATCH", "BLOCKED"])
def test_a_batch_or_an_event_loop_that_hangs_makes_it_exit(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(watch, limit, 0.2)
    monkeypatch.setattr(watch, "_INTERVAL", 0.01)
    exits: list[str] = []
    noticed = threading.Event()

    def leave(reason: str) -> None:
        exits.append(reason)
        noticed.set()

    watched = Watch(leave)

    async def batch() -> None:
        with watched.batch("revise"):
            await asyncio.to_thread(noticed.wait, PATIENCE)

    async def blocked() -> None:
        task = asyncio.create_task(watched.run(Worker, lambda: True))
        await asyncio.sleep(0.05)
        noticed.wait(PATIENCE)
        task.cancel()

    asyncio.run(batch() if limit == "BATCH" else blocked())
    assert exits == ["a batch of revise did not return in time" if limit == "BATCH" else "the event loop did not return in time"]  # fmt: skip


def test_a_rebalance_waits_for_batches_and_those_that_outlast_it_send_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watch(lambda reason: None)

    async def scenario() -> None:
        ended = asyncio.Event()

        async def batch(name: str) -> None:
            with watched.batch(name):
                await ended.wait()
                watched.check(name)

        first = asyncio.create_task(batch("revise"))
        await asyncio.sleep(0)
        revoking = asyncio.create_task(watched.finish_batches())
        await asyncio.sleep(0.1)
        assert not revoking.done()
        ended.set()
        await asyncio.gather(first, revoking)

        ended.clear()
        monkeypatch.setattr(watch, "REVOKED", 0.05)
        second = asyncio.create_task(batch("revise"))
        await asyncio.sleep(0)
        await watched.finish_batches()
        watched.reassigned()
        ended.set()
        with pytest.raises(Fatal, match="a batch of revise was still in progress"):
            await second
        with watched.batch("revise"):
            watched.check("revise")

    asyncio.run(scenario())
