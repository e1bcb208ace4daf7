"""Sends a stage's records that are due: the end of an embargo, the moment that rights expire."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.stages.rows import Tables
from pipeline.stages.stage import Stage
from pipeline.streams.runner import Delivery

SEND_AGAIN = 10.0
"""Seconds after which a record that had no effect is sent again."""


class Timer:
    """The clock of one stage. Late is possible, early is not."""

    def __init__(self, stage: Stage, tables: Tables, delivery: Delivery, partition: Callable[[str], int]) -> None:
        assert stage.due is not None
        self._due, self._tables, self._delivery, self._partition = stage.due, tables, delivery, partition
        self._sent: dict[bytes, float] = {}

    async def tick(self, mine: set[int]) -> None:
        """Send every record that is due in the partitions that are `mine`."""
        now, clock = datetime.now(UTC), time.monotonic()
        self._sent = {key: at for key, at in self._sent.items() if clock - at < SEND_AGAIN}
        records = [
            record
            for record in self._due(self._tables, now)
            if record.key is not None and record.key not in self._sent and self._partition(record.key.decode()) in mine
        ]
        if records:
            await self._delivery.deliver(records)
        self._sent.update((record.key or b"", clock) for record in records)
