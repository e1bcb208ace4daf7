"""The state of the pipeline at one moment, as `dateline status --json` and the flow `watch` report it.

A finding is something that is wrong, or worth knowing, with the command that helps. What a `Report` says is decided in
pipeline/operations/watch.
"""

from __future__ import annotations

from enum import StrEnum
from math import comb
from typing import Annotated

from pydantic import Field

from schemas.base import Instant, Model

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class Severity(StrEnum):
    """How bad a finding is."""

    INFO = "info"  # worth knowing; all is well
    WARNING = "warning"  # look at it today
    CRITICAL = "critical"  # readers or providers feel it: look at it now


class Kind(StrEnum):
    """What may be found."""

    KAFKA_AWAY = "kafka-away"
    KAFKA_PARTITIONS = "kafka-partitions"
    PARTITION_COUNT = "partition-count"
    ELASTICSEARCH_AWAY = "elasticsearch-away"
    ELASTICSEARCH_READ_ONLY = "elasticsearch-read-only"
    INDEX_HEALTH = "index-health"
    INDEX_MISSING = "index-missing"
    INDEX_LOST = "index-lost"
    KAFKA_LOST = "kafka-lost"
    PROCESS_AWAY = "process-away"
    PROCESS_NOT_READY = "process-not-ready"
    PROCESS_RESTARTS = "process-restarts"
    GROUP_SHARED = "group-shared"
    STAGE_STUCK = "stage-stuck"
    STAGE_BEHIND = "stage-behind"
    SLOW = "slow"
    PROVIDER_SILENT = "provider-silent"
    RECORDS_FAILED = "records-failed"
    REFUSALS = "refusals"
    DISK = "disk"
    CLOCKS = "clocks"
    UNSEEN = "unseen"


class Finding(Model):
    """One thing that is wrong. The same `kind` and `subject` in two reports are the same finding."""

    kind: Kind
    subject: str
    """Whose: a stage, a provider, a process, an index, a reason, a disk."""
    severity: Severity
    what: str
    """One sentence."""
    since: Instant | None = None
    """When it began, as far as that is known; else when it was first seen."""
    command: str = ""
    """The command that helps."""

    @property
    def key(self) -> str:
        return f"{self.kind.value}/{self.subject}"


class Engine(Model):
    up: bool
    error: str | None = None
    version: str | None = None
    clock_ahead: float | None = None
    """Seconds that its clock is ahead of this machine's, where it tells; below 0: behind."""


class Trend(StrEnum):
    """Whether a lag grows. `unknown` until two measurements are some time apart."""

    UNKNOWN = "unknown"
    STEADY = "steady"
    GROWING = "growing"
    FALLING = "falling"


class TopicState(Model):
    records: Count
    cleanup: str
    key: str
    partitions: Count = 0


class StageState(Model):
    """How far one stage is behind."""

    group: str
    lag: Count
    """Records that it has yet to finish."""
    started: bool
    """Whether it ever finished a record, or reads now."""
    members: Count
    """Processes that read for it."""
    strangers: tuple[str, ...] = ()
    """Client ids of programs that are not Dateline's and read under its consumer group."""
    finished: Count = 0
    """Sum of its committed offsets."""
    oldest: Instant | None = None
    """When the oldest record that it has yet to finish was written."""
    trend: Trend = Trend.UNKNOWN
    rate: float | None = None
    """Records a second that it finishes."""
    caught_up_in: Seconds | None = None
    """At this trend; None where it doesn't get there, or that isn't known yet."""


_LATE = 0.05
"""Share of articles that may be late."""
_CHANCE = 0.01
"""So seldom may a provider that meets the objective be taken for one that doesn't."""
_MANY = 20
"""From so many articles on the share itself is compared."""


def too_many(late: int, articles: int) -> bool:
    """Whether so many late ones show that more than 5 of 100 are late. Of few articles one or two may be so by chance: then
    by how seldom it would happen where 5 of 100 are late (one of one tells nothing; 2 of 3, 3 of 9 or 4 of 17 do)."""
    if articles >= _MANY:
        return late > articles * _LATE
    fewer = sum(comb(articles, n) * _LATE**n * (1 - _LATE) ** (articles - n) for n in range(late))
    return late > 0 and 1 - fewer < _CHANCE


class Latency(Model):
    """Seconds from publish to searchable, of one provider's articles of the last hour; where these are fewer than 20, of its
    latest 20 of a day."""

    provider: str
    articles: Count
    late: Count = 0
    """Those that took longer than the objective."""
    late_last_hour: Count = 0
    """Those of them that became searchable in the last hour."""
    p50: Seconds
    p95: Seconds
    p99: Seconds
    objective: Seconds
    """95 of 100 have to stay below it."""

    @property
    def met(self) -> bool:
        """Whether the objective is met, as far as so many articles tell."""
        return not self.late_last_hour or not too_many(self.late, self.articles)


class Pulse(StrEnum):
    """Whether a provider sends as it usually does."""

    USUAL = "usual"
    SILENT = "silent"
    LEARNING = "learning"  # it isn't known for long enough


class Freshness(Model):
    """One provider against its own rhythm."""

    provider: str
    item: str
    """`articles` or `comments`."""
    last: Instant
    """When the last one was received."""
    pulse: Pulse
    expected: float | None = None
    """Items that it usually sends in a silence like this one, at these hours of the week."""
    alarm_at: float | None = None
    """With so many expected ones missing it counts as silent."""


class Refusals(Model):
    """Dead letters of one step."""

    refused: Count
    failed_last_hour: Count
    """Those that our own code failed on."""


class RefusalRate(Model):
    """Dead letters of one step and reason, against what is usual."""

    stage: str
    reason: str
    last_hour: Count
    usual: Count
    """In an hour with many: 95 of 100 hours of the last week had no more."""
    unusual: bool
    providers: tuple[str, ...] = ()
    """Whose they are, those with most first."""


class ProcessCondition(StrEnum):
    READY = "ready"
    NOT_READY = "not-ready"
    SILENT = "silent"  # it is there, and doesn't answer
    GONE = "gone"  # it ended, and nobody started it again


class ProcessState(Model):
    """One process of Dateline."""

    name: str
    condition: ProcessCondition
    problem: str | None = None
    address: str | None = None
    """Of its /healthz, /readyz and /metrics."""
    host: str | None = None
    pid: Count | None = None
    started: Instant | None = None
    starts_last_hour: Count = 0
    last_exit: str | None = None
    """Why it ended the last time."""
    clock_ahead: float | None = None
    """Seconds that its machine's clock is ahead of this one's; below 0: behind. None where it is this machine's, or not told."""


class IndexState(Model):
    """One family's indices."""

    health: str | None = None
    """green, yellow or red; None where it can't be asked."""
    documents: Count = 0
    read_only: bool = False


class Disk(Model):
    place: str
    """Whose disk: `elasticsearch NODE`, or a folder of this machine."""
    free: Count
    total: Count


class Report(Model):
    """The pipeline at one moment."""

    at: Instant
    namespace: str = ""
    ok: bool
    """Nothing is wrong: no warning, and nothing critical."""
    headline: str
    """One line: that all is well, or what is wrong."""
    findings: tuple[Finding, ...] = ()
    """The worst first."""
    kafka: Engine
    elasticsearch: Engine
    stages: dict[str, StageState] = Field(default_factory=dict)
    topics: dict[str, TopicState] = Field(default_factory=dict)
    documents: dict[str, int] = Field(default_factory=dict)
    """By alias."""
    indices: dict[str, IndexState] = Field(default_factory=dict)
    """By alias."""
    processes: tuple[ProcessState, ...] = ()
    latency: tuple[Latency, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    dead_letters: int = 0
    """Records in the topic."""
    refusals: dict[str, Refusals] = Field(default_factory=dict)
    """By the step that refused."""
    refusal_rates: tuple[RefusalRate, ...] = ()
    disks: tuple[Disk, ...] = ()

    def providers(self, others: int) -> list[tuple[Freshness, Latency | None]]:
        """The last item of each provider, with the latency of its articles: those that are silent, and so many others."""
        latency = {one.provider: one for one in self.latency}
        silent = [one for one in self.freshness if one.pulse is Pulse.SILENT]
        shown = [*silent, *[one for one in self.freshness if one.pulse is not Pulse.SILENT][:others]]
        return [(one, latency.get(one.provider) if one.item == "articles" else None) for one in shown]

    @property
    def exit_code(self) -> int:
        """0: all is well; 1: something to look at; 4: something critical."""
        return {None: 0, Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 4}[self.worst]

    @property
    def worst(self) -> Severity | None:
        """The worst severity; None without findings."""
        return next((one for one in reversed(Severity) if any(found.severity is one for found in self.findings)), None)
