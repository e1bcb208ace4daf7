"""The worker's own producer: idempotent, acknowledged by all replicas, in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaProducer

from pipeline.kafka.security import client_options
from pipeline.records import Outgoing
from pipeline.settings import Settings
from pipeline.topology import HEADROOM


class Sender:
    """Sends records and waits for all of them. Connects on first use."""

    def __init__(self, settings: Settings, servers: str, stage: str, may_send: Callable[[], None]) -> None:
        """`may_send` raises where nothing may be sent any more: whoever writes beside this sender asks it too."""
        self._settings, self._servers, self._stage, self.may_send = settings, servers, stage, may_send
        self._producer: Any = None
        self._starting = asyncio.Lock()

    async def deliver(self, records: Iterable[Outgoing]) -> None:
        """Return when Kafka has acknowledged every record. Raises where one fails: nothing may be committed then."""
        producer = await self._started()
        self.may_send()
        futures = [
            await producer.send(
                record.topic.full_name(self._settings),
                value=record.value,
                key=record.key,
                partition=record.partition,
                headers=record.headers,
            )
            for record in records
        ]
        if futures:
            await asyncio.gather(*futures)

    async def stop(self) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def _started(self) -> Any:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers,
                    client_id=f"dateline-{self._stage}",
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=0,
                    max_batch_size=min(512 * 1024, self._settings.largest_record // 2),
                    max_request_size=self._settings.largest_record + 2 * HEADROOM,
                    request_timeout_ms=15_000,
                    **client_options(self._settings),
                )
                await producer.start()
                self._producer = producer
        return self._producer
