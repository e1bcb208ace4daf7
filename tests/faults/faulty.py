"""Faults that a test puts into a process of its own (tests/support/forking.py, FAULT)."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from pipeline.streams import made_again, tables, watch
from pipeline.streams.producer import Producer
from pipeline.streams.runner import Runner
from pipeline.topics import DEAD_LETTERS, Record
from tests.support.forking import FAULT

MARK = "Of this the worker dies."
SLOW = "With this it is not done for an hour."


def variable(fault: Callable[[], None]) -> dict[str, str]:
    """The variable of a process that has the fault."""
    return {FAULT: f"{fault.__module__}:{fault.__name__}"}


def dies_of_marked() -> None:
    """The process is killed when it sends what is made of a marked text: no other process finds that."""
    deliver = Producer.deliver

    async def dies(producer: Producer, records: Iterable[Record]) -> None:
        sent = list(records)
        if any(MARK.encode() in (one.encoded() or b"") for one in sent if one.topic is not DEAD_LETTERS):
            os.kill(os.getpid(), signal.SIGKILL)
        await deliver(producer, sent)

    _replace(Producer, "deliver", dies)


def dies_before_it_commits() -> None:
    """The process ends with code 9 once the first batch of revise has been sent."""
    whole = Runner.run_batch

    async def run_batch(runner: Runner, *batch: Any) -> None:
        await whole(runner, *batch)
        if runner.stage.name == "revise":
            os._exit(9)

    _replace(Runner, "run_batch", run_batch)


def never_done_with_marked() -> None:
    """A batch with a marked text stays in progress; a worker that is outside of its group exits soon."""
    deliver = Producer.deliver

    async def waits(producer: Producer, records: Iterable[Record]) -> None:
        sent = list(records)
        if any(SLOW.encode() in (one.encoded() or b"") for one in sent):
            await asyncio.sleep(3600)
        await deliver(producer, sent)

    _replace(Producer, "deliver", waits)
    leaves_soon()


def leaves_soon() -> None:
    """A worker that is outside of its group exits soon."""
    _replace(watch, "OUTSIDE", 5.0)


def looks_often() -> None:
    """Topics that were made again are noticed soon."""
    _replace(made_again, "EVERY", 2.0)


def expires_often() -> None:
    """Expired rows are searched for all the time."""
    _replace(tables, "EXPIRE_EVERY", 0.5)


def _replace(owner: Any, name: str, value: Any) -> None:
    assert hasattr(owner, name)
    setattr(owner, name, value)
