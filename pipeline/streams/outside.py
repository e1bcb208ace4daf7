"""What the runner needs of the outside: where records go, and where tables are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pipeline.stages.rows import Tables
from pipeline.topics import Record


class Delivery(Protocol):
    """Where records go."""

    async def deliver(self, records: Iterable[Record]) -> None:
        """Return when all are acknowledged. Raises where one isn't: nothing may be acknowledged then."""

    def check(self) -> None:
        """Raise where nothing may be written any more, as another worker may have these partitions."""


class Store(Protocol):
    """Where a stage's tables are."""

    tables: Tables

    async def flushed(self) -> None:
        """Return when every write so far is delivered to the changelogs. Raises where one isn't."""
