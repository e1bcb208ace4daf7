"""Where the page has its facts from: the operations behind the commands, each within a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from pipeline.errors import Reject
from pipeline.operations import dead_letters
from pipeline.operations.dead_letters import Filter, StoredDeadLetter
from pipeline.operations.funnel import read_funnel
from pipeline.operations.outcomes_of_steps import explained
from pipeline.operations.trace import trace_item
from pipeline.operations.watch.measure import measure
from pipeline.settings import Settings
from schemas.funnel import Funnel
from schemas.report import Report

READING = 15.0
"""Seconds that Kafka is read for one page; what there was no time for is said on it."""


class Source(Protocol):
    """What the page can ask. Each raises as the operation does."""

    def status(self) -> Report: ...

    def trace(self, wanted: str) -> dict[str, Any]: ...

    def funnel(self, provider: str | None, begin: datetime, end: datetime) -> Funnel: ...

    def letters(self, wanted: Filter, size: int, *, handled: bool) -> dict[str, Any]: ...

    def letter(self, letter: str) -> StoredDeadLetter: ...

    def replayable(self, letter: StoredDeadLetter) -> Reject | None: ...


class Operations:
    """The pipeline of these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def status(self) -> Report:
        return measure(self._settings)

    def trace(self, wanted: str) -> dict[str, Any]:
        found = trace_item(self._settings, wanted, seconds=READING, quick=False)
        found["steps"] = explained(self._settings, found["steps"])
        return found

    def funnel(self, provider: str | None, begin: datetime, end: datetime) -> Funnel:
        return read_funnel(self._settings, provider, begin, end, seconds=READING)

    def letters(self, wanted: Filter, size: int, *, handled: bool) -> dict[str, Any]:
        return dead_letters.find(self._settings, wanted, size, handled=handled)

    def letter(self, letter: str) -> StoredDeadLetter:
        return dead_letters.read(self._settings, letter)

    def replayable(self, letter: StoredDeadLetter) -> Reject | None:
        return dead_letters.replayable(letter.header, self._settings)
