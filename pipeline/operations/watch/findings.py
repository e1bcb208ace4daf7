"""What is wrong, by the measurements, and the command that helps. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipeline.escaping import printable
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.lag import is_stuck
from pipeline.operations.watch.memory import Memory, Sample
from schemas.report import (
    Disk,
    Engine,
    Finding,
    Kind,
    ProcessCondition,
    ProcessState,
    Pulse,
    Severity,
    StageState,
    Trend,
)

BEHIND = timedelta(seconds=60)
"""A stage whose oldest record waits for longer is behind."""
BLIND = timedelta(minutes=5)
"""While a stage is behind by more, a provider's silence is not the provider's."""
LOOP = 3
"""Starts within an hour, from which on a process is restarting in a loop."""
_ARTICLES = 20
"""Below so many a latency tells nothing."""
_GB = 1024**3
_LOG = "the process's log, or `dateline run`"
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def findings(facts: Facts, memory: Memory) -> tuple[Finding, ...]:
    """The worst first. Of one that was there the last time, `since` is when it was first seen."""
    found = [
        *_engines(facts),
        *_groups(facts),
        *_processes(facts),
        *_stages(facts, (*memory.samples, *facts.sample)),
        *_index(facts),
        *_disks(facts),
        *_records(facts),
    ]
    if not any(_hides_providers(one, facts) for one in found):
        found += _providers(facts)
    dated = [
        one if one.since is not None else one.model_copy(update={"since": memory.first_seen(one.key, facts.at)})
        for one in found
    ]
    return tuple(sorted(dated, key=lambda one: _RANK[one.severity]))


def headline(found: tuple[Finding, ...], articles: int) -> str:
    """One line: that all is well, or the worst that is wrong with the command that helps, and how much more there is."""
    wrong = [one for one in found if one.severity is not Severity.INFO]
    if not wrong:
        return f"All is well: {articles:,} articles are searchable." + (f" {found[0].what}." if found else "")
    first, more = wrong[0], len(wrong) - 1
    return first.what + (f": {first.command}" if first.command else "") + (f" (and {more} more)" if more else "")


def _engines(facts: Facts) -> Iterator[Finding]:
    for name, engine, kind in (
        ("Kafka", facts.kafka_engine, Kind.KAFKA_AWAY),
        ("Elasticsearch", facts.elasticsearch_engine, Kind.ELASTICSEARCH_AWAY),
    ):
        if not engine.up:
            yield Finding(
                kind=kind,
                subject=name.lower(),
                severity=Severity.CRITICAL,
                what=f"{name} does not answer",
                command=_bring_up(engine),
            )
    state = facts.kafka
    if state.leaderless:
        yield Finding(
            kind=Kind.KAFKA_PARTITIONS,
            subject="leaderless",
            severity=Severity.CRITICAL,
            what=f"{len(state.leaderless)} partitions have no leader, {state.leaderless[0]} for one: a broker is away",
            command="dateline doctor",
        )
    if state.thin:
        yield Finding(
            kind=Kind.KAFKA_PARTITIONS,
            subject="replicas",
            severity=Severity.WARNING,
            what=f"{len(state.thin)} partitions have fewer replicas in sync than they should, {state.thin[0]} for one",
            command="dateline doctor",
        )
    for topic, count in state.wrong_counts.items():
        yield Finding(
            kind=Kind.PARTITION_COUNT,
            subject=topic,
            severity=Severity.CRITICAL,
            what=f"topic {topic} has {count} partitions, the settings say {facts.partitions}",
            command=f"set DATELINE_PARTITIONS={count}",
        )
    if facts.index.read_only:
        yield _read_only("cluster", facts.index.read_only)
    elif blocked := [alias for alias, one in facts.index.indices.items() if one.read_only]:
        yield _read_only(", ".join(blocked[:3]) + (", …" if len(blocked) > 3 else ""), "index.blocks")


def _bring_up(engine: Engine) -> str:
    """What to do about an engine that is away."""
    return "dateline local up" if "local up" in (engine.error or "") else "dateline doctor"


def _read_only(subject: str, block: str) -> Finding:
    return Finding(
        kind=Kind.ELASTICSEARCH_READ_ONLY,
        subject="elasticsearch",
        severity=Severity.CRITICAL,
        what=f"Elasticsearch takes no writes ({block} of {subject}), mostly as its disk is nearly full",
        command="dateline doctor",
    )


def _groups(facts: Facts) -> Iterator[Finding]:
    """Of each consumer group that nobody is in: one finding, whichever of its stages wait."""
    if not facts.kafka_engine.up:
        return
    by_group: dict[str, list[tuple[str, StageState]]] = {}
    for name, stage in facts.stages.items():
        by_group.setdefault(stage.group, []).append((name, stage))
    for own, several in by_group.items():
        if any(stage.members for _, stage in several):
            continue
        process = facts.process_of(own)
        lag = sum(stage.lag for _, stage in several)
        gone = next(
            (one for one in facts.processes if _is(one, process) and one.condition is ProcessCondition.GONE), None
        )
        silent = next(
            (one for one in facts.processes if _is(one, process) and one.condition is not ProcessCondition.GONE), None
        )
        if silent is not None and silent.condition is not ProcessCondition.READY:
            continue  # it is there, and the finding about it says more
        yield Finding(
            kind=Kind.PROCESS_AWAY,
            subject=process,
            severity=Severity.CRITICAL,
            what=f"no {process} is running"
            + (f", and {lag:,} records wait for it" if lag else "")
            + (f"; the last one: {gone.problem}" if gone and gone.problem else ""),
            since=min((stage.oldest for _, stage in several if stage.oldest), default=None),
            command=f"dateline {process}, or dateline run",
        )


def _is(process: ProcessState, kind: str) -> bool:
    return process.name == kind or process.name.startswith(f"{kind}-")


def _processes(facts: Facts) -> Iterator[Finding]:
    away = {facts.process_of(stage.group) for stage in facts.stages.values() if not stage.members}
    for one in facts.processes:
        kind = next((own for own in ("worker", "indexer") if _is(one, own)), one.name)
        looping = one.starts_last_hour >= LOOP
        if looping and (one.condition is not ProcessCondition.READY or facts.started_lately(one)):
            reason = f": {one.last_exit}" if one.last_exit else ""
            yield Finding(
                kind=Kind.PROCESS_RESTARTS,
                subject=one.name,
                severity=Severity.CRITICAL if one.condition is not ProcessCondition.READY else Severity.WARNING,
                what=f"{one.name} was started {one.starts_last_hour} times in the last hour; the last one ended{reason}",
                command=_LOG,
            )
        elif one.condition is ProcessCondition.GONE and kind not in away:
            yield Finding(
                kind=Kind.PROCESS_AWAY,
                subject=one.name,
                severity=Severity.WARNING,
                what=f"{one.name} is gone: {one.problem}",
                since=one.started,
                command=f"dateline {kind}, or dateline run",
            )
        elif one.condition in (ProcessCondition.SILENT, ProcessCondition.NOT_READY):
            # its neighbours' faults are findings of their own
            hung = one.condition is ProcessCondition.SILENT
            starting = one.started is not None and facts.at - one.started < BEHIND and not hung
            yield Finding(
                kind=Kind.PROCESS_NOT_READY,
                subject=one.name,
                severity=Severity.CRITICAL if hung else Severity.INFO if starting else Severity.WARNING,
                what=f"{one.name} hangs: {one.problem}" if hung else f"{one.name} is not ready: {one.problem}",
                command=f"stop it (kill -9 {one.pid}); it goes on where it was" if hung and one.pid else _LOG,
            )


def _stages(facts: Facts, samples: tuple[Sample, ...]) -> Iterator[Finding]:
    for name, stage in facts.stages.items():
        if not stage.lag or not stage.members:
            continue
        waited = facts.at - stage.oldest if stage.oldest else timedelta(0)
        if is_stuck(samples, name):
            yield Finding(
                kind=Kind.STAGE_STUCK,
                subject=name,
                severity=Severity.CRITICAL,
                what=f"{name} finishes nothing, and {stage.lag:,} records wait for it",
                since=stage.oldest,
                command=_LOG,
            )
        elif waited > BEHIND:
            falling = stage.trend is Trend.FALLING
            ahead = {
                Trend.FALLING: f"and catches up{f' in {spoken(stage.caught_up_in)}' if stage.caught_up_in else ''}",
                Trend.GROWING: "and falls further behind",
            }.get(stage.trend, "")
            yield Finding(
                kind=Kind.STAGE_BEHIND,
                subject=name,
                severity=Severity.INFO if falling else Severity.WARNING,
                what=f"{name} is behind by {stage.lag:,} records, {spoken(waited.total_seconds())} {ahead}".rstrip(),
                since=stage.oldest,
                command="" if falling else "start more workers (DATELINE_WORKERS)",
            )


def spoken(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`, `2 days`."""
    for size, unit in ((172800, 86400), (7200, 3600), (120, 60)):
        if seconds >= size:
            return f"{seconds / unit:.0f} " + {86400: "days", 3600: "h", 60: "min"}[unit]
    return f"{seconds:.0f} s"


def _index(facts: Facts) -> Iterator[Finding]:
    if not facts.elasticsearch_engine.up:
        return
    for alias, one in facts.index.indices.items():
        if one.health == "red":
            yield Finding(
                kind=Kind.INDEX_HEALTH,
                subject=alias,
                severity=Severity.CRITICAL,
                what=f"the index {alias} is red: a part of it is away",
                command="dateline doctor; where it is lost, dateline reindex",
            )
        elif one.health == "yellow":
            yield Finding(
                kind=Kind.INDEX_HEALTH,
                subject=alias,
                severity=Severity.INFO,
                what=f"the index {alias} is yellow: a replica of it is missing",
                command="dateline doctor",
            )
    if facts.index.documents and (missing := [one for one in facts.aliases if one not in facts.index.documents]):
        yield Finding(
            kind=Kind.INDEX_MISSING,
            subject=missing[0],
            severity=Severity.WARNING,
            what=f"the index {missing[0]} is missing",
            command="dateline indexer makes it; dateline reindex fills it",
        )
    for slow in facts.latency:
        if slow.articles >= _ARTICLES and not slow.met:
            yield Finding(
                kind=Kind.SLOW,
                subject=slow.provider,
                severity=Severity.WARNING,
                what=f"{printable(slow.provider)}'s articles take {slow.p95:.1f} s until they are searchable (95 of 100; at most {slow.objective:g} s are wanted)",
                command="dateline status --watch",
            )


def _disks(facts: Facts) -> Iterator[Finding]:
    for disk in facts.disks:
        if (severity := fullness(disk)) is not None:
            yield Finding(
                kind=Kind.DISK,
                subject=disk.place,
                severity=severity,
                what=f"only {disk.free / _GB:.1f} GB of {disk.total / _GB:.0f} are free ({disk.place})",
                command="free some space, or dateline doctor",
            )


def fullness(disk: Disk) -> Severity | None:
    """Elasticsearch takes no writes from 95 of 100 on, or from 100 GB left on where that is less."""
    share = disk.free / disk.total if disk.total else 1.0
    if (share < 0.05 and disk.free < 100 * _GB) or disk.free < _GB:
        return Severity.CRITICAL
    return Severity.WARNING if share < 0.10 and disk.free < 150 * _GB else None


def _records(facts: Facts) -> Iterator[Finding]:
    for stage, one in facts.refusals.items():
        if one.failed_last_hour:
            yield Finding(
                kind=Kind.RECORDS_FAILED,
                subject=stage,
                severity=Severity.WARNING,
                what=f"our own code failed on {one.failed_last_hour:,} records in the last hour ({stage})",
                command="dateline dead-letters list --reason failed",
            )
    for rate in facts.refusal_rates:
        if rate.unusual:
            whose = f", most of {printable(rate.providers[0])}" if rate.providers else ""
            yield Finding(
                kind=Kind.REFUSALS,
                subject=f"{rate.stage}/{rate.reason}",
                severity=Severity.WARNING,
                what=f"{rate.stage} refused {rate.last_hour:,} records in the last hour as {rate.reason}{whose}; usual are at most {rate.usual:,}",
                command=f"dateline dead-letters list --stage {rate.stage} --reason {rate.reason}",
            )


def _hides_providers(finding: Finding, facts: Facts) -> bool:
    """Whether nothing would be seen of a provider that goes on sending."""
    if finding.kind in (Kind.STAGE_STUCK, Kind.STAGE_BEHIND):
        return finding.since is None or facts.at - finding.since > BLIND
    return finding.severity is Severity.CRITICAL and finding.kind not in (Kind.DISK, Kind.INDEX_HEALTH)


def _providers(facts: Facts) -> Iterator[Finding]:
    for one in facts.freshness:
        if one.pulse is Pulse.SILENT:
            silence = (facts.at - one.last).total_seconds()
            usual = f"; {one.expected:.0f} are usual in that time" if one.expected is not None else ""
            yield Finding(
                kind=Kind.PROVIDER_SILENT,
                subject=f"{one.provider}/{one.item}",
                severity=Severity.WARNING,
                what=f"{printable(one.provider)} has sent no {one.item} for {spoken(silence)}{usual}",
                since=one.last,
                command="dateline feeds list; or ask the provider",
            )
