"""The worker's own producer: idempotent, acknowledged by all replicas, in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer

from pipeline.kafka.clients import kafka_servers
from pipeline.kafka.partitions import partition_of_record
from pipeline.kafka.security import client_options
from pipeline.settings import Settings
from pipeline.topics import HEADROOM, STATE_ROOM, Record


class Connection:
    """What all stages of a worker send by: while a request is on its way to a broker, what they send meanwhile becomes one
    request. Connects on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Any = None
        self._starting = asyncio.Lock()
        self._rows: list[tuple[asyncio.Future[Any], dict[str, Any]]] = []
        """Rows that the producer doesn't have yet."""
        self._sending: asyncio.Task[None] | None = None

    def send_row(self, changelog: str, partition: int | None, key: bytes, value: bytes | None) -> asyncio.Future[Any]:
        """Send a table's row soon, in the order of the calls: those of one batch are in one request. The future has the
        metadata of the record once Kafka has acknowledged it, or what the send raised."""
        loop = asyncio.get_running_loop()
        acknowledged: asyncio.Future[Any] = loop.create_future()
        self._rows.append((acknowledged, {"topic": changelog, "partition": partition, "key": key, "value": value}))
        if self._sending is None or self._sending.done():
            self._sending = loop.create_task(self._send_rows())
        return acknowledged

    async def _send_rows(self) -> None:
        while self._rows:
            rows, self._rows = self._rows, []
            for acknowledged, row in rows:
                try:
                    sent = await (await self.producer()).send(**row)
                except Exception as e:  # whoever waits for the row raises it
                    _set(acknowledged, e)
                else:
                    sent.add_done_callback(partial(_pass_on, acknowledged))

    async def producer(self) -> Any:
        """Connected."""
        if self._producer is not None:
            return self._producer
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=kafka_servers(self._settings),
                    client_id="dateline-stages",
                    enable_idempotence=True,
                    acks="all",
                    compression_type=self._settings.codec,
                    linger_ms=0,
                    max_batch_size=min(512 * 1024, self._settings.largest_record // 2),
                    max_request_size=self._settings.largest_record + max(2 * HEADROOM, STATE_ROOM),
                    request_timeout_ms=15_000,
                    **client_options(self._settings),
                )
                await producer.start()
                self._producer = producer
        return self._producer


class Producer:
    """Sends records of one stage and waits for all of them."""

    def __init__(self, settings: Settings, connection: Connection, check: Callable[[], None]) -> None:
        """`check` raises where nothing may be written any more. It is called before each delivery."""
        self._settings, self._connection, self.check = settings, connection, check

    async def deliver(self, records: Iterable[Record]) -> None:
        """Return when Kafka has acknowledged every record. Raises where one fails: nothing may be committed then."""
        producer = await self._connection.producer()
        self.check()
        futures = [
            await producer.send(
                record.topic.full_name(self._settings),
                value=record.encoded(),
                key=record.key,
                partition=partition_of_record(record, self._settings.partitions),
                headers=list(record.headers),
            )
            for record in records
        ]
        if futures:
            await asyncio.gather(*futures)


def _pass_on(to: asyncio.Future[Any], done: asyncio.Future[Any]) -> None:
    try:
        result = done.result()
    except asyncio.CancelledError:
        to.cancel()
    except Exception as e:  # whoever waits for it raises it
        _set(to, e)
    else:
        _set(to, result)


def _set(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():  # nobody waits any more
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
