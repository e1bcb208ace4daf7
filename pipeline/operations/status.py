"""The state of the pipeline: its engines, records by topic, lag by stage, documents by index, dead letters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import DatelineError
from pipeline.index.client import open_client
from pipeline.index.templates import ALIASES
from pipeline.kafka.clients import admin_client, consumer
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import drained, group, stages, topics

Status = dict[str, Any]


def read_status(settings: Settings) -> Status:
    """`{kafka, elasticsearch, topics, stages, documents, dead_letters, ok}`. An engine that is away is reported as
    `{up: false, error}` and raises nothing. `lag` is how many records a stage has yet to finish."""
    found: Status = {
        "namespace": settings.namespace,
        "kafka": {"up": False},
        "elasticsearch": {"up": False},
        "topics": {},
        "stages": {},
        "documents": {},
    }
    try:
        found["topics"], ends = _topics(settings)
        found["stages"] = _stages(settings, ends)
        found["dead_letters"] = found["topics"].get(DEAD_LETTERS.name, {}).get("records", 0)
        found["kafka"] = {"up": True}
    except (DatelineError, KafkaError) as e:
        found["kafka"] = {"up": False, "error": str(e)}
    try:
        found["documents"] = documents(settings)
        found["elasticsearch"] = {"up": True}
    except DatelineError as e:
        found["elasticsearch"] = {"up": False, "error": str(e).split("\n")[0]}
    found["ok"] = found["kafka"]["up"] and found["elasticsearch"]["up"]
    return found


def documents(settings: Settings) -> dict[str, int]:
    """How many documents each alias has; without those that aren't there yet, or whose shards are starting. Raises
    Retry where Elasticsearch doesn't answer, Fatal where it doesn't accept the credentials."""
    with open_client(settings, timeout=5) as client:
        counts = {}
        for alias in ALIASES:
            answer = client.options(ignore_status=[404, 503]).count(index=settings.named(alias))
            if "count" in answer:
                counts[alias] = int(answer["count"])
        return counts


def lags(settings: Settings) -> dict[str, int]:
    """Records that each stage has yet to finish."""
    _, ends = _topics(settings)
    return {name: stage["lag"] for name, stage in _stages(settings, ends).items()}


def lag(settings: Settings) -> int:
    """Records that some stage has yet to finish, over all stages."""
    return sum(lags(settings).values())


def passed(settings: Settings, stage: Stage, positions: dict[TopicPartition, int]) -> bool:
    """Whether the stage has committed everything before these positions."""
    own = group(stage, settings)
    committed = _committed(settings, {own})[own]
    return all(committed.get(tp, 0) >= position for tp, position in positions.items())


def gone_through(settings: Settings, chain: Iterable[Stage], deadline: float) -> bool:
    """Wait until all that is in the first stage's topics now has gone through every stage in turn; False where it has
    not before `deadline` (monotonic seconds)."""
    for stage in chain:
        _, ends = _topics(settings)
        own = {topic.full_name(settings) for topic in stage.reads}
        positions = {tp: high for tp, (_, high) in ends.items() if tp.topic in own}
        while not passed(settings, stage, positions):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
    return True


def _topics(settings: Settings) -> tuple[dict[str, Any], dict[TopicPartition, tuple[int, int]]]:
    names = {topic.full_name(settings): topic for topic in (*topics(settings), *drained(settings))}
    admin = admin_client(settings)
    reader = consumer(settings)
    try:
        present = sorted(set(admin.list_topics()) & set(names))
        partitions = [
            TopicPartition(described["name"], partition["partition_index"])
            for described in (admin.describe_topics(present) if present else [])
            for partition in described["partitions"]
        ]
        first = reader.beginning_offsets(partitions) if partitions else {}
        last = reader.end_offsets(partitions) if partitions else {}
    finally:
        reader.close()
        admin.close()
    ends = {tp: (first[tp], last[tp]) for tp in partitions}
    counts: Counter[str] = Counter()
    for tp, (low, high) in ends.items():
        counts[tp.topic] += high - low
    return {
        names[name].name: {"records": counts[name], "cleanup": names[name].cleanup.value, "key": names[name].keyed_by}
        for name in present
    }, ends


def _stages(settings: Settings, ends: dict[TopicPartition, tuple[int, int]]) -> dict[str, Any]:
    groups = {group(stage, settings) for stage in stages(settings) if stage.reads}
    committed = _committed(settings, groups)
    found = {}
    for stage in stages(settings):
        if not stage.reads:
            continue
        own = group(stage, settings)
        names = {topic.full_name(settings) for topic in (*stage.reads, *stage.drains)}
        behind = 0
        known = bool(committed[own])
        for tp, (low, high) in ends.items():
            if tp.topic in names:
                done = committed[own].get(tp)
                behind += high - max(low, done if done is not None and done >= 0 else low)
        found[stage.name] = {"group": own, "lag": behind, "started": known}
    return found


def _committed(settings: Settings, groups: set[str]) -> dict[str, dict[TopicPartition, int]]:
    admin = admin_client(settings)
    try:
        for attempt in range(20):
            try:
                listed = admin.list_group_offsets(dict.fromkeys(groups))
                break
            except KafkaError as e:
                # the first question about any group makes the broker create its offsets topic
                if not e.retriable or attempt == 19:
                    raise
                time.sleep(0.25)
    finally:
        admin.close()
    return {group: {tp: offset.offset for tp, offset in listed.get(group, {}).items()} for group in groups}
