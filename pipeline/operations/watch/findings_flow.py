"""What is wrong with the flow: stages, indices, disks, refused records, providers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipeline.escaping import printable
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.findings_processes import LOG, spoken, taken
from pipeline.operations.watch.lag import is_stuck
from pipeline.operations.watch.latency import FEW
from pipeline.operations.watch.memory import Sample
from schemas.report import Disk, Finding, Kind, Latency, Pulse, Severity, Trend, too_many

BEHIND = timedelta(seconds=60)
"""A stage whose oldest record waits for longer is behind."""
_GB = 1024**3


def of_stages(facts: Facts, samples: tuple[Sample, ...]) -> Iterator[Finding]:
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
                command=LOG,
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


def of_indices(facts: Facts) -> Iterator[Finding]:
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


def of_latency(facts: Facts) -> Iterator[Finding]:
    """Providers whose articles are late; and those together that have too few for each to be judged by itself."""
    for slow in facts.latency:
        if not slow.met and slow.articles >= FEW:
            text = (
                f"take {taken(slow.p95)} until they are searchable (95 of 100; at most {slow.objective:g} s are wanted)"
            )
            yield _slow(slow.provider, f"{printable(slow.provider)}'s articles {text}")
        elif not slow.met:
            yield _slow(slow.provider, f"{printable(slow.provider)}'s articles are late: {_late([slow])}")
    few = [one for one in facts.latency if one.met and one.articles < FEW]
    late, articles = sum(one.late for one in few), sum(one.articles for one in few)
    if any(one.late_last_hour for one in few) and too_many(late, articles):
        yield _slow("several providers", f"articles of several providers that send few are late: {_late(few)}")


def _slow(subject: str, what: str) -> Finding:
    return Finding(
        kind=Kind.SLOW, subject=subject, severity=Severity.WARNING, what=what, command="dateline status --watch"
    )


def _late(few: list[Latency]) -> str:
    late, articles = sum(one.late for one in few), sum(one.articles for one in few)
    longest, objective = max(one.p99 for one in few), few[0].objective
    return f"{late} of the latest {articles} took longer than {objective:g} s until they were searchable, up to {taken(longest)}"


def of_unseen(facts: Facts) -> Iterator[Finding]:
    """What could not be looked at: of it nothing wrong would be found."""
    blind = {
        "elasticsearch": [*facts.index.unseen, *(f"documents of {one}" for one in sorted(facts.index.uncounted))],
        "kafka": list(facts.kafka.unseen),
        "machine": list(facts.unseen),
    }
    for subject, unseen in blind.items():
        if unseen:
            yield Finding(
                kind=Kind.UNSEEN,
                subject=subject,
                severity=Severity.INFO,
                what=f"what could not be looked at: {', '.join(unseen)} ({subject})",
                command="dateline doctor",
            )


def of_disks(facts: Facts) -> Iterator[Finding]:
    for disk in facts.disks:
        if (severity := fullness(disk)) is not None:
            yield Finding(
                kind=Kind.DISK,
                subject=disk.place,
                severity=severity,
                what=f"only {disk.free / _GB:.1f} GB of {disk.total / _GB:.0f} are free ({disk.place})",
                command="free some space, or add some; docs/runbook.md, A disk is full",
            )


def fullness(disk: Disk) -> Severity | None:
    """Elasticsearch takes no writes from 95 of 100 on, or from 100 GB left on where that is less."""
    share = disk.free / disk.total if disk.total else 1.0
    if (share < 0.05 and disk.free < 100 * _GB) or disk.free < _GB:
        return Severity.CRITICAL
    return Severity.WARNING if share < 0.10 and disk.free < 150 * _GB else None


def of_records(facts: Facts) -> Iterator[Finding]:
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


def of_providers(facts: Facts) -> Iterator[Finding]:
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
