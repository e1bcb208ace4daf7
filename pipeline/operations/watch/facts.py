"""All that was measured at one moment, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.index.families import ALIASES
from pipeline.operations.watch.index_state import Indices
from pipeline.operations.watch.kafka_state import KafkaState
from pipeline.operations.watch.memory import Sample, StageSample
from schemas.report import (
    Disk,
    Engine,
    Freshness,
    Latency,
    ProcessState,
    RefusalRate,
    Refusals,
    StageState,
)

_LATELY = timedelta(minutes=10)


@dataclass
class Facts:
    at: datetime
    namespace: str = ""
    partitions: int = 12
    kafka_engine: Engine = field(default_factory=lambda: Engine(up=True))
    elasticsearch_engine: Engine = field(default_factory=lambda: Engine(up=True))
    kafka: KafkaState = field(default_factory=KafkaState)
    index: Indices = field(default_factory=Indices)
    processes: tuple[ProcessState, ...] = ()
    latency: tuple[Latency, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    refusals: dict[str, Refusals] = field(default_factory=dict)
    refusal_rates: tuple[RefusalRate, ...] = ()
    disks: tuple[Disk, ...] = ()
    aliases: tuple[str, ...] = ALIASES
    unseen: tuple[str, ...] = ()
    """What of this machine could not be looked at, in words."""

    @property
    def stages(self) -> dict[str, StageState]:
        return self.kafka.stages

    @property
    def sample(self) -> tuple[Sample, ...]:
        """This measurement, as the last of the samples."""
        if not self.stages:
            return ()
        stages = {name: StageSample(lag=one.lag, finished=one.finished) for name, one in self.stages.items()}
        return (Sample(at=self.at, stages=stages),)

    def process_of(self, group: str) -> str:
        """The process that reads for a consumer group."""
        own = group.removeprefix(f"{self.namespace}-") if self.namespace else group
        return "indexer" if own == "index" else own

    def started_lately(self, process: ProcessState) -> bool:
        return process.started is not None and self.at - process.started < _LATELY
