"""The state of the pipeline: its engines, records by topic, lag by stage, documents by index, dead letters."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import DatelineError
from pipeline.index.client import open_client
from pipeline.index.families import ALIASES
from pipeline.kafka.clients import admin_client, consumer
from pipeline.kafka.groups import Offsets, committed_offsets, count_members, unread
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import drained, group, stages, topics

Status = dict[str, Any]


def read_status(settings: Settings) -> Status:
    """`{kafka, elasticsearch, topics, stages, documents, dead_letters, refusals, ok}`. An engine that is away is reported
    as `{up: false, error}` and raises nothing. A stage's `lag` is how many records it has yet to finish, `members` how
    many processes read for it."""
    found: Status = {
        "namespace": settings.namespace,
        "kafka": {"up": False},
        "elasticsearch": {"up": False},
        "topics": {},
        "stages": {},
        "documents": {},
        "refusals": {},
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
        found["refusals"] = _refusals(settings)
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
    reading = [stage for stage in stages(settings) if stage.reads]
    groups = {group(stage, settings) for stage in reading}
    committed, members = committed_offsets(settings, groups), count_members(settings, groups)
    left: dict[str, Offsets] = {}
    for own in groups:
        names = {name for stage in reading if group(stage, settings) == own for name in _names(stage, settings)}
        left[own] = unread(settings, committed[own], {tp: high for tp, (_, high) in ends.items() if tp.topic in names})
    found = {}
    for stage in reading:
        own, names = group(stage, settings), _names(stage, settings)
        found[stage.name] = {
            "group": own,
            "lag": sum(count for tp, count in left[own].items() if tp.topic in names),
            "started": bool(committed[own]),
            "members": members[own],
        }
    return found


def _names(stage: Stage, settings: Settings) -> set[str]:
    return {topic.full_name(settings) for topic in (*stage.reads, *stage.drains)}


def _refusals(settings: Settings) -> dict[str, dict[str, int]]:
    """Dead letters by the step that refused them: in all, and those of the last hour that our own code failed on."""
    recent = {"bool": {"filter": [{"term": {"reason": "failed"}}, {"range": {"at": {"gte": "now-1h"}}}]}}
    with open_client(settings, timeout=5) as client:
        answer = client.options(ignore_status=[404, 503]).search(
            index=settings.named("dead-letters"), size=0,
            aggs={"steps": {"terms": {"field": "stage", "size": 50}, "aggs": {"failed": {"filter": recent}}}},
        )  # fmt: skip
    buckets = answer.get("aggregations", {}).get("steps", {}).get("buckets", [])
    return {
        one["key"]: {"refused": one["doc_count"], "failed_last_hour": one["failed"]["doc_count"]} for one in buckets
    }
