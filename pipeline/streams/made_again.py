"""Notices that a topic was deleted and made again under a running worker.

The client's position stays, and is valid once the new topic has as many records: those before it would be passed over in
silence. The worker commits the beginnings of such a topic and exits; who continues reads it from its start. A table's
changelog that is deleted takes the table's rows with it: nothing brings them back, so it is said, and said again by the next
worker that starts (lost_tables.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError as AIOKafkaError
from kafka.errors import KafkaError

from pipeline.errors import Fatal, Retry
from pipeline.kafka.clients import admin_client
from pipeline.settings import Settings

EVERY = 15.0
"""Seconds between two looks."""
Ids = Mapping[str, str]
"""Of topics by name; a topic of the same name that is made later has another. None before Kafka 2.8."""


class TopicIds:
    """Watches the topics of one worker."""

    def __init__(
        self,
        read: Callable[[], Ids],
        start_again: Callable[[Collection[str]], Awaitable[None]],
        changelogs: Collection[str] = (),
    ) -> None:
        """`start_again` commits the beginnings of topics that stages read; `changelogs`: those of their tables."""
        self._read, self._start_again, self._changelogs = read, start_again, frozenset(changelogs)
        self._known: dict[str, str] = {}

    async def run(self) -> None:
        """Watch until cancelled. Raises Fatal where a topic was made again."""
        while True:
            with suppress(Retry, KafkaError, AIOKafkaError, TimeoutError):  # Kafka is away: the next look may succeed
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        found = await asyncio.to_thread(self._read)
        again = sorted(name for name, now in found.items() if self._known.setdefault(name, now) != now)
        if sources := [name for name in again if name not in self._changelogs]:
            await self._start_again(sources)
            raise Fatal(f"{', '.join(sources)}: deleted and made again while it was read; it is read from its start")
        if again:
            raise Fatal(f"{', '.join(again)}: a table's changelog was deleted and made again; the rows in it are lost")


def topic_ids(settings: Settings, names: Collection[str]) -> dict[str, str]:
    """The ids of those topics that are there. Raises Retry and KafkaError."""
    admin = admin_client(settings)
    try:
        described: list[dict[str, Any]] = admin.describe_topics(sorted(names))
    finally:
        admin.close()
    return {one["name"]: str(one["topic_id"]) for one in described if not one["error_code"] and _is_known(one)}


def _is_known(described: Mapping[str, Any]) -> bool:
    return bool(str(described.get("topic_id") or "").strip("0-"))
