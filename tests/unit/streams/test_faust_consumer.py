from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import Consumer

from pipeline.streams.faust_consumer import SafeConsumer
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
