"""One measurement of everything, as a `Report`."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from pipeline.errors import DatelineError, Fatal
from pipeline.index.client import open_client
from pipeline.operations.watch import memory as memories
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.findings import findings, headline
from pipeline.operations.watch.index_state import item_slots, last_items, latest_articles, read_indices, read_refusals
from pipeline.operations.watch.kafka_state import read_kafka
from pipeline.operations.watch.lag import course
from pipeline.operations.watch.latency import by_provider
from pipeline.operations.watch.losses import LOSSES
from pipeline.operations.watch.memory import Memory
from pipeline.operations.watch.processes import read_processes
from pipeline.operations.watch.rhythm import judge, learn
from pipeline.process.folders import data_folder
from pipeline.settings import Settings
from schemas.report import Disk, Engine, Freshness, Pulse, Report

_RELEARNED = timedelta(hours=1)
_TIMEOUT = 10.0
_LOOK_AGAIN = 3.0
"""Seconds after which a document that was written is seen by searches: several refreshes."""
"""Seconds that Elasticsearch has for each question."""


def measure(settings: Settings) -> Report:
    """The pipeline now, with the measurements before it remembered in the data folder. Raises nothing for what is away."""
    report, memory = measure_after(settings, memories.load(settings))
    memories.store(settings, memory)
    return report


def measure_after(settings: Settings, memory: Memory) -> tuple[Report, Memory]:
    """The same, with what is remembered given and returned. A loss is only told where a second look shows it too: both engines
    are asked at one time, so what arrives just then is in one of them before it is seen in the other."""
    facts, memory = _look(settings, memory)
    report = judged(facts, memory)
    if any(one.kind in LOSSES for one in report.findings):
        time.sleep(_LOOK_AGAIN)
        facts, memory = _look(settings, memory)
        report = judged(facts, memory)
    return report, memory.after(report)


def _look(settings: Settings, memory: Memory) -> tuple[Facts, Memory]:
    facts = Facts(datetime.now(UTC), settings.namespace, settings.partitions)
    with ThreadPoolExecutor(3) as pool:
        kafka = pool.submit(_read_kafka, settings, facts)
        processes = pool.submit(read_processes, settings)
        memory = _read_index(settings, facts, memory)
        kafka.result()
        facts.processes = processes.result()
    own = _own_disk(settings)
    facts.disks = (*facts.index.disks, *facts.kafka.disks, *own)
    facts.unseen = (
        *(() if own else ("the disk of the data folder",)),
        *(() if memories.is_kept(settings) else ("what was measured before, as the data folder can't be written",)),
    )
    return facts, memory


def judged(facts: Facts, memory: Memory) -> Report:
    """The report on these facts. Pure."""
    samples = (*memory.samples, *facts.sample)
    for name, stage in facts.stages.items():
        way = course(samples, name)
        update = {"trend": way.trend, "rate": way.rate, "caught_up_in": way.caught_up_in}
        facts.kafka.stages[name] = stage.model_copy(update=update)
    found = findings(facts, memory)
    report = Report(
        at=facts.at,
        namespace=facts.namespace,
        ok=True,
        headline=headline(found, facts.index.documents.get("articles", 0)),
        findings=found,
        kafka=facts.kafka_engine,
        elasticsearch=facts.elasticsearch_engine,
        stages=facts.stages,
        topics=facts.kafka.topics,
        documents=facts.index.documents,
        indices=facts.index.indices,
        processes=facts.processes,
        latency=facts.latency,
        freshness=facts.freshness,
        dead_letters=facts.kafka.dead_letters,
        refusals=facts.refusals,
        refusal_rates=facts.refusal_rates,
        disks=facts.disks,
    )
    return report.model_copy(update={"ok": report.exit_code == 0})


def _read_kafka(settings: Settings, facts: Facts) -> None:
    try:
        facts.kafka = read_kafka(settings)
    except DatelineError as e:
        facts.kafka_engine = Engine(up=False, error=str(e))


def _read_index(settings: Settings, facts: Facts, memory: Memory) -> Memory:
    try:
        with open_client(settings, timeout=_TIMEOUT) as client:
            facts.index = read_indices(client, settings)
            facts.elasticsearch_engine = Engine(
                up=True, version=facts.index.version, clock_ahead=facts.index.clock_ahead
            )
            facts.refusals, facts.refusal_rates = read_refusals(client, settings)
            made = facts.index.generation.get("articles")
            facts.latency = by_provider(latest_articles(client, settings, made), settings.latency_objective, facts.at)
            last = last_items(client, settings)
            if memory.learned is None or facts.at - memory.learned > _RELEARNED or last.keys() - memory.slots.keys():
                memory = memory.model_copy(update={"learned": facts.at, "slots": item_slots(client, settings)})
            facts.freshness = freshness(last, memory, facts.at)
    except DatelineError as e:
        facts.elasticsearch_engine = Engine(up=False, error=str(e).split("\n")[0])
    return memory


def freshness(last: dict[str, datetime], memory: Memory, now: datetime) -> tuple[Freshness, ...]:
    """Each provider against its own rhythm: those that are silent first, then by name. Pure."""
    found = []
    for name, at in last.items():
        item, _, provider = name.partition("/")
        rhythm = learn(memory.slots.get(name, {}))
        if rhythm is None:
            continue
        verdict = judge(rhythm, min(at, now), now)
        found.append(
            Freshness(
                provider=provider,
                item=item,
                last=at,
                pulse=verdict.pulse,
                expected=round(verdict.expected, 1) if verdict.expected is not None else None,
                alarm_at=round(verdict.alarm_at, 1) if verdict.alarm_at is not None else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.pulse is not Pulse.SILENT, one.provider, one.item)))


def _own_disk(settings: Settings) -> tuple[Disk, ...]:
    """Where the workers' state is, and the local engines."""
    try:
        folder = data_folder(settings)
        usage = shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists()))
    except (Fatal, OSError):
        return ()
    return (Disk(place=str(folder), free=usage.free, total=usage.total),)
