"""What is wrong with engines, consumer groups, processes and clocks. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipeline.escaping import printable
from pipeline.kafka.groups import NEW_PROTOCOL
from pipeline.operations.watch.clocks import TOLERANCE
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.memory import Memory
from schemas.report import Engine, Finding, Kind, ProcessCondition, ProcessState, Severity, StageState

LOOP = 3
"""Starts within an hour, from which on a process is restarting in a loop."""
STARTING = timedelta(seconds=60)
NOT_READY = timedelta(minutes=5)
"""A process that has not been ready for so long is critical, whatever it does; the alert ProcessNotReady waits as long."""
LOG = "the process's log, or `dateline run`"


def taken(seconds: float) -> str:
    """How long something took: `0.4 s`, and from two minutes on as `spoken` says it."""
    return f"{seconds:.1f} s" if seconds < 120 else spoken(seconds)


def spoken(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`, `2 days`."""
    for size, unit in ((172800, 86400), (7200, 3600), (120, 60)):
        if seconds >= size:
            return f"{seconds / unit:.0f} " + {86400: "days", 3600: "h", 60: "min"}[unit]
    return f"{seconds:.0f} s"


def of_engines(facts: Facts) -> Iterator[Finding]:
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
    for subject, partitions, severity, fault in (
        ("leaderless", state.partitions.leaderless, Severity.CRITICAL, "no leader"),
        ("unwritable", state.partitions.unwritable, Severity.CRITICAL, "too few replicas in sync to be written"),
        ("replicas", state.partitions.thin, Severity.WARNING, "fewer replicas in sync than they should"),
    ):
        if partitions:
            count, has = len(partitions), "have" if len(partitions) > 1 else "has"
            yield Finding(
                kind=Kind.KAFKA_PARTITIONS,
                subject=subject,
                severity=severity,
                what=f"{count} partition{'s' if count > 1 else ''} {has} {fault}, {partitions[0]} for one: a broker is away",
                command="start the broker that is away; docs/runbook.md, A broker is lost",
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
        yield _read_only("the cluster", facts.index.read_only)
    elif blocked := [alias for alias, one in facts.index.indices.items() if one.read_only]:
        some = ", ".join(blocked[:3]) + (", …" if len(blocked) > 3 else "")
        yield _read_only(some, facts.index.blocks.get(blocked[0], "index.blocks"))


def _bring_up(engine: Engine) -> str:
    """What to do about an engine that is away."""
    return "dateline local up" if "local up" in (engine.error or "") else "dateline doctor"


def _read_only(subject: str, block: str) -> Finding:
    flood = block.endswith("read_only_allow_delete")
    return Finding(
        kind=Kind.ELASTICSEARCH_READ_ONLY,
        subject="elasticsearch",
        severity=Severity.CRITICAL,
        what=f"Elasticsearch takes no writes ({block} of {subject})"
        + (", as its disk is nearly full" if flood else ", as somebody has set it"),
        command="free space on its disk, and the block goes by itself; docs/runbook.md, A disk is full"
        if flood
        else f"take it away: {block} is to be null",
    )


def of_groups(facts: Facts) -> Iterator[Finding]:
    """Of each consumer group that nobody is in, or somebody else: one finding, whichever of its stages wait."""
    if not facts.kafka_engine.up:
        return
    by_group: dict[str, list[tuple[str, StageState]]] = {}
    for name, stage in facts.stages.items():
        by_group.setdefault(stage.group, []).append((name, stage))
    for own, several in by_group.items():
        process = facts.process_of(own)
        if strangers := several[0][1].strangers:
            yield Finding(
                kind=Kind.GROUP_SHARED,
                subject=process,
                severity=Severity.CRITICAL,
                what=f"another program reads under the consumer group {own}: {printable(', '.join(strangers))}; "
                f"what it is given, the {process} doesn't get",
                command="give it a group of its own, then dateline reconcile --repair",
            )
            if NEW_PROTOCOL in strangers:
                continue  # whether one of ours is in it too isn't known then
        if any(stage.members for _, stage in several):
            continue
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


def of_processes(facts: Facts, memory: Memory) -> Iterator[Finding]:
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
                command=LOG,
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
            starting = one.started is not None and facts.at - one.started < STARTING and not hung
            since = memory.first_seen(f"{Kind.PROCESS_NOT_READY.value}/{one.name}", facts.at)
            long = facts.at - since >= NOT_READY
            severity = Severity.CRITICAL if hung or long else Severity.INFO if starting else Severity.WARNING
            lasts = f"has not been ready for {spoken((facts.at - since).total_seconds())}" if long else "is not ready"
            yield Finding(
                kind=Kind.PROCESS_NOT_READY,
                subject=one.name,
                severity=severity,
                what=f"{one.name} hangs: {one.problem}" if hung else f"{one.name} {lasts}: {one.problem}",
                since=since,
                command=f"stop it (kill -9 {one.pid}); it goes on where it was" if hung and one.pid else LOG,
            )


def of_clocks(facts: Facts) -> Iterator[Finding]:
    """Each machine's clock against Elasticsearch's where that is known, else against this one's: embargoes end by a worker's."""
    reference = facts.elasticsearch_engine.clock_ahead
    others = "Elasticsearch's" if reference is not None else "this machine's"
    if reference is not None:
        here = any(
            _is(one, "worker") for one in facts.processes if one.pid and one.condition is not ProcessCondition.GONE
        )
        yield from _differs("this machine", "this machine's clock", -reference, others, lifts=here)
    for one in facts.processes:
        if one.clock_ahead is not None:
            difference = one.clock_ahead - (reference or 0.0)
            yield from _differs(one.name, f"the clock of {one.name}", difference, others, lifts="worker" in one.name)


def _differs(subject: str, whose: str, seconds: float, others: str, *, lifts: bool) -> Iterator[Finding]:
    if abs(seconds) <= TOLERANCE:
        return
    way = "ahead of" if seconds > 0 else "behind"
    what = f"{whose} is {spoken(abs(seconds))} {way} {others}"
    yield Finding(
        kind=Kind.CLOCKS,
        subject=subject,
        severity=Severity.CRITICAL if lifts and seconds > 0 else Severity.WARNING,
        what=what + (": embargoes end by it" if lifts else ""),
        command="set the clocks by NTP; docs/runbook.md, A clock is wrong",
    )
