"""How a stage is declared: its inputs with the functions chained in front, its outputs, its tables. Pure.

A stage is data and functions. It knows topics, not its neighbours, and no client library; pipeline/streams runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.stages.rows import Tables
from pipeline.topics import Record, Topic


@dataclass(frozen=True)
class Config:
    """What the functions of a stage are made from, once per worker."""

    settings: Settings
    partition_of: Callable[[str], int]
    """Kafka's partition of a key, for records that are grouped by partition."""


Function = Callable[[Any], Any]
SideOutput = Callable[[Any], Iterable[Record]]


@dataclass(frozen=True)
class Step:
    """A pure function from event to event that is chained in front of a stage. It may raise Reject."""

    name: str
    make: Callable[[Config], Function]
    side_outputs: Callable[[Config], tuple[SideOutput, ...]] = lambda config: ()
    """Make records for other stages from each event that the function returns."""

    def bind(self, config: Config) -> BoundStep:
        return BoundStep(self.name, self.make(config), self.side_outputs(config))


@dataclass(frozen=True)
class BoundStep:
    """A step with its configuration."""

    name: str
    function: Function
    side_outputs: tuple[SideOutput, ...] = ()

    def __call__(self, value: Any) -> tuple[Any, list[Record]]:
        """The event that the function returns, and the records for other stages. Raises Reject."""
        made = self.function(value)
        return made, [record for side_output in self.side_outputs for record in side_output(made)]


class Batch:
    """What a stage makes of some records: created for a batch, given its values in order, then asked for the results.

    The runner calls `read` and `apply`, then `prepare`, delivers `before`, then saves by `checkpoint`, then delivers `hiding` and `after`, then calls
    `confirm`. A process may die between any two of them: the batch is done again then, so doing it twice has to have the effect of doing it once.
    """

    def read(self, values: Iterable[Any]) -> Iterator[None]:
        """Long reading before these values are applied, in pieces: between two of them the runner lets heartbeats go out."""
        return iter(())

    def apply(self, value: Any, now: datetime) -> Outcome:
        """Apply one value. Raises Reject for one that can't be applied: it becomes a dead letter."""
        raise NotImplementedError

    def prepare(self, now: datetime) -> Iterator[None]:
        """Long work before `before`, in pieces: between two of them the runner lets heartbeats go out."""
        return iter(())

    def before(self, now: datetime) -> Iterable[Record]:
        """Records that are delivered before the state is saved: history, and what other stages need."""
        return ()

    def checkpoint(self) -> None:
        """Write the state to the stage's tables. Nothing is written before this is called."""

    def hiding(self) -> Iterable[Record]:
        """Current records that must be delivered before any of `after`: what goes from readers with something else goes
        first, and wherever the process dies none of it stays without the other."""
        return ()

    def after(self) -> Iterable[Record]:
        """Records that may only be delivered once the state is saved: current records."""
        return ()

    def confirm(self) -> bool:
        """Everything is delivered. Returns whether anything more was written to the tables."""
        return False

    def run_all(self, now: datetime) -> list[Record]:
        """All of it at once, for callers without delivery to wait for."""
        for _ in self.prepare(now):
            pass
        before = list(self.before(now))
        self.checkpoint()
        after = [*self.hiding(), *self.after()]
        self.confirm()
        return [*before, *after]


class Forward(Batch):
    """A stage without a state: each value goes on to the output topic of its kind."""

    def __init__(self, outputs: Iterable[Topic]) -> None:
        self._topics: dict[type[BaseModel], Topic] = {topic.schema: topic for topic in outputs}
        self._records: list[Record] = []

    def apply(self, value: Any, now: datetime) -> Outcome:
        self._records.append(self._topics[type(value)].record(value))
        return Outcome.FORWARDED

    def before(self, now: datetime) -> list[Record]:
        return self._records


@dataclass(frozen=True)
class Due:
    """Records that a stage is sent at a time: one for each row of a table, until the row is changed or deleted."""

    table: str
    """Its rows' names are the records' keys."""
    at: Callable[[bytes], datetime]
    """When, by the row."""
    record: Callable[[str, datetime], Record]


@dataclass(frozen=True)
class Pause:
    """What a stage waits after a batch, so that the next one is larger: what a batch costs besides its records (deliveries,
    rows, commits) is less for each of them then. While there is little to do a batch takes some milliseconds, and what comes
    next waits for hardly longer."""

    times: float
    """So many times as long as the batch took,"""
    longest: float
    """and this many seconds at most."""

    def seconds(self, records: int, most: int, took: float) -> float:
        """After a batch of so many records, of `most` that it may have, which took so many seconds."""
        return 0.0 if records >= most else min(self.longest, self.times * took)


Inputs = Mapping[Topic, tuple[Step, ...]]
"""Topics that a stage reads, with the functions that are applied to each record before the stage processes it."""


@dataclass(frozen=True)
class Stage:
    """One step of the flow. Its name is its metric label; records that it refuses go to dead-letters."""

    name: str
    inputs: Inputs
    outputs: tuple[Topic, ...]
    """Topics that it alone writes."""
    reduce: Callable[[Config], Callable[[Tables], Batch]] | None = None
    """Makes the factory of batches. None where the stage is a process of its own, outside of the worker."""
    tables: Mapping[str, timedelta | None] = field(default_factory=dict)
    """Its tables by name, and the time after its newest entry when a row expires; None: never."""
    due: Due | None = None
    """Records that are due at a time: end of an embargo, expiry."""
    side_outputs: tuple[Topic, ...] = ()
    """Topics of the side outputs of its steps. Their readers are joins, so several stages may write them."""
    drains: Inputs = field(default_factory=dict)
    """Topics of the previous version or of the other form: read to their ends where they exist."""
    pause: Pause | None = None
    """After a batch, where nobody waits for what the stage makes."""

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def reads(self) -> tuple[Topic, ...]:
        return tuple(self.inputs)

    @property
    def writes(self) -> tuple[Topic, ...]:
        return (*self.outputs, *self.side_outputs)
