from __future__ import annotations

import asyncio

import pytest
from faust.transport.drivers.aiokafka import Consumer

from pipeline.streams import faust_consumer
from pipeline.streams.faust_consumer import SafeConsumer


def test_a_client_that_lost_what_it_fetched_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is committed after it: what was taken from the client beside that is delivered again."""

    async def getmany(*_: object) -> None:
        raise KeyError("articles.raw", 3)

    reasons: list[str] = []
    monkeypatch.setattr(Consumer, "_getmany", getmany)
    monkeypatch.setattr(faust_consumer, "exit_process", reasons.append)
    with pytest.raises(KeyError):
        asyncio.run(SafeConsumer._getmany(object.__new__(SafeConsumer), None, 1.0))
    (reason,) = reasons
    assert "articles.raw" in reason
