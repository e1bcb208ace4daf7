"""What a worker sends by: rows of tables in their order, and what becomes of each."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.streams.faust_fixes import DurableTable
from pipeline.streams.producer import Connection


class Kafka:
    """A producer that acknowledges when it is told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[asyncio.Future[str]] = []

    async def send(self, **row: Any) -> asyncio.Future[str]:
        if row["value"] == b"too large":
            raise ValueError("too large")
        self.sent.append(row)
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]


def connected() -> tuple[Connection, Kafka]:
    connection, kafka = Connection(Settings(_env_file=None)), Kafka()
    connection._producer = kafka
    return connection, kafka


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_rows_are_sent_in_their_order_and_each_is_awaited_by_itself() -> None:
    async def run() -> None:
        connection, kafka = connected()
        rows = [connection.send_row("log", n, b"k", b"%d" % n) for n in range(3)]
        await _turns()
        rows.append(connection.send_row("log", 3, b"k", None))
        await _turns()
        assert [row["value"] for row in kafka.sent] == [b"0", b"1", b"2", None]
        assert [row["partition"] for row in kafka.sent] == [0, 1, 2, 3]
        kafka.answers[1].set_result("metadata")
        await _turns()
        assert [row.done() for row in rows] == [False, True, False, False]
        assert await rows[1] == "metadata"
        kafka.answers[0].set_exception(TimeoutError())
        kafka.answers[2].cancel()
        await _turns()
        with pytest.raises(TimeoutError):
            await rows[0]
        assert rows[2].cancelled()
        assert not rows[3].done()

    asyncio.run(run())


def test_a_row_that_cant_be_sent_is_raised_to_who_waits_for_it() -> None:
    async def run() -> None:
        connection, kafka = connected()
        refused, other = connection.send_row("log", 0, b"a", b"too large"), connection.send_row("log", 0, b"b", b"1")
        await _turns()
        with pytest.raises(ValueError, match="too large"):
            await refused
        kafka.answers[0].set_result("metadata")
        assert await other == "metadata"

    asyncio.run(run())


def test_a_kafka_that_cant_be_reached_is_raised_to_all_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: Connection) -> None:
        raise ConnectionError

    async def run() -> None:
        monkeypatch.setattr(Connection, "producer", away)
        connection = Connection(Settings(_env_file=None))
        rows = [connection.send_row("log", n, b"k", b"1") for n in range(2)]
        answers = await asyncio.gather(*rows, return_exceptions=True)
        assert [type(one) for one in answers] == [ConnectionError] * 2

    asyncio.run(run())


def test_a_table_waits_for_rows_and_for_deletions() -> None:
    async def run() -> None:
        connection, kafka = connected()
        table: Any = DurableTable.__new__(DurableTable)
        table.connection, table.unacknowledged, table._data = connection, [], {}
        table.partition_for_key = lambda key: 7
        table._changelog_topic = type("T", (), {"get_topic_name": lambda self: "log"})()
        table.on_key_set(b"k", b"v")
        table.on_key_del(b"k")
        waiting = asyncio.ensure_future(table.acknowledged(60))
        await _turns()
        assert [(row["topic"], row["partition"], row["value"]) for row in kafka.sent] == [
            ("log", 7, b"v"),
            ("log", 7, None),
        ]
        kafka.answers[1].set_result("metadata")
        await _turns()
        assert not waiting.done(), "one is not acknowledged"
        kafka.answers[0].set_result("metadata")
        await waiting

    asyncio.run(run())
