"""What Kafka says: topics, stages with their lag, members and oldest record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.kafka.clients import admin_client, consumer, kafka_servers, unreachable
from pipeline.kafka.groups import First, Offsets, committed_offsets, first_unread, read_members
from pipeline.operations.watch.kafka_health import INTERNAL, Partitions, disks, faults
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import DEAD_LETTERS, Topic
from pipeline.topology import drained, followers, group, stages, topics
from schemas.report import Disk, StageState, TopicState

Ends = dict[TopicPartition, tuple[int, int]]
"""The first and the next offset of each partition."""


@dataclass
class KafkaState:
    topics: dict[str, TopicState] = field(default_factory=dict)
    stages: dict[str, StageState] = field(default_factory=dict)
    partitions: Partitions = field(default_factory=Partitions)
    disks: tuple[Disk, ...] = ()
    unseen: tuple[str, ...] = ()
    """What the brokers or the credentials don't let us look at, in words."""
    wrong_counts: Mapping[str, int] = field(default_factory=dict)
    """Topics with another number of partitions than the settings say."""

    @property
    def dead_letters(self) -> int:
        state = self.topics.get(DEAD_LETTERS.name)
        return state.records if state else 0


def read_kafka(settings: Settings) -> KafkaState:
    """The state of this namespace's topics and groups. Raises Retry where Kafka doesn't answer, Fatal where it isn't
    configured."""
    try:
        described, beside, log_dirs = _look(settings)
        ends = end_offsets(settings, described)
        found = _of_topics(settings, described, ends)
        needed = {topic.full_name(settings): topic.config(settings) for topic in _watched(settings)}
        least = {name: int(config.get("min.insync.replicas", "1")) for name, config in needed.items()}
        found.partitions = faults([*described, *beside], least)
        found.disks = tuple(disks(log_dirs))
        found.unseen = ("disks",) if described and not found.disks else ()
        found.stages = stage_states(settings, ends)
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    return found


def _look(settings: Settings) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Those topics of the flow that are there; Kafka's own and the changelogs of the worker's tables; the brokers' folders."""
    own = {topic.full_name(settings) for topic in _watched(settings)}
    groups = tuple(f"{group(stage, settings)}-" for stage in stages(settings))
    admin = admin_client(settings)
    try:
        names = admin.list_topics()
        present = sorted(own.intersection(names))
        beside = [one for one in names if one in INTERNAL or (one.startswith(groups) and one.endswith("-changelog"))]
        described = admin.describe_topics([*present, *beside]) if present or beside else []
        try:
            # of one partition, as each answer lists all that are asked for
            log_dirs = admin.describe_log_dirs({present[0]: [0]}) if present else []
        except KafkaError:
            log_dirs = []
    finally:
        admin.close()
    return (
        [one for one in described if one["name"] in own],
        [one for one in described if one["name"] not in own],
        log_dirs,
    )


def describe(settings: Settings) -> list[dict[str, Any]]:
    """Those topics of the flow that are there, as the broker describes them."""
    names = {topic.full_name(settings) for topic in _watched(settings)}
    admin = admin_client(settings)
    try:
        present = sorted(set(admin.list_topics()) & names)
        return list(admin.describe_topics(present)) if present else []
    finally:
        admin.close()


def end_offsets(settings: Settings, described: Iterable[Mapping[str, Any]]) -> Ends:
    """Of the partitions that have a leader."""
    partitions = [
        TopicPartition(one["name"], partition["partition_index"])
        for one in described
        for partition in one["partitions"]
        if partition["leader_id"] >= 0
    ]
    if not partitions:
        return {}
    reader = consumer(settings)
    try:
        first, last = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
    finally:
        reader.close()
    return {tp: (first[tp], last[tp]) for tp in partitions}


def stage_states(settings: Settings, ends: Ends) -> dict[str, StageState]:
    """By name, in the order of the flow."""
    reading = [stage for stage in (*stages(settings), *followers(settings)) if stage.reads]
    groups = {group(stage, settings) for stage in reading}
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(read_members, settings, groups)
        committed, members = committed_offsets(settings, groups), asked.result()
    left: dict[str, dict[TopicPartition, First]] = {}
    for own in groups:
        names = {name for stage in reading if group(stage, settings) == own for name in _names(stage, settings)}
        left[own] = first_unread(
            settings, committed[own], {tp: high for tp, (_, high) in ends.items() if tp.topic in names}
        )
    found = {}
    for stage in reading:
        own, names = group(stage, settings), _names(stage, settings)
        behind = {tp: first for tp, first in left[own].items() if tp.topic in names}
        found[stage.name] = StageState(
            group=own,
            lag=sum(ends[tp][1] - first.offset for tp, first in behind.items()),
            started=bool(committed[own]) or members[own].ours > 0,
            members=members[own].ours,
            strangers=members[own].strangers,
            finished=_finished(committed[own], names),
            oldest=min((first.at for first in behind.values() if first.at is not None), default=None),
        )
    return found


def _of_topics(settings: Settings, described: list[dict[str, Any]], ends: Ends) -> KafkaState:
    names = {topic.full_name(settings): topic for topic in _watched(settings)}
    counts: Counter[str] = Counter()
    for tp, (low, high) in ends.items():
        counts[tp.topic] += high - low
    found = {}
    wrong = {}
    for one in described:
        topic, partitions = names[one["name"]], one["partitions"]
        found[topic.name] = TopicState(
            records=counts[one["name"]], cleanup=topic.cleanup.value, key=topic.keyed_by, partitions=len(partitions)
        )
        if len(partitions) != settings.partitions:
            wrong[one["name"]] = len(partitions)
    return KafkaState(found, wrong_counts=wrong)


def _watched(settings: Settings) -> tuple[Topic, ...]:
    behind = (topic for stage in followers(settings) for topic in stage.reads)
    return (*topics(settings), *drained(settings), *behind)


def _finished(committed: Offsets, names: set[str]) -> int:
    return sum(offset for tp, offset in committed.items() if tp.topic in names)


def _names(stage: Stage, settings: Settings) -> set[str]:
    return {topic.full_name(settings) for topic in (*stage.reads, *stage.drains)}
