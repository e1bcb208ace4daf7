"""What became of each step of a trace: which worker or indexer has its partition, and whether the step was finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import DatelineError
from pipeline.kafka.client_ids import in_words
from pipeline.kafka.clients import admin_client
from pipeline.kafka.groups import Offsets, committed_offsets
from pipeline.settings import Settings
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import drained, group, stages, topics

Step = dict[str, Any]


def explained(settings: Settings, steps: list[Step]) -> list[Step]:
    """The steps with `outcome`, and with `worker`, the process that has the partition now, where Kafka says so."""
    reads = {
        topic.name: group(stage, settings)
        for stage in stages(settings)
        for topic in (*stage.reads, *stage.drains)
        if topic is not DEAD_LETTERS
    }
    try:
        committed = committed_offsets(settings, set(reads.values()))
        owners = _owners(settings, set(reads.values()))
    except (DatelineError, KafkaError):
        committed, owners = {}, {}
    full = {one.name: one.full_name(settings) for one in (*topics(settings), *drained(settings))}
    return [
        one
        | {
            "outcome": outcome(one, steps, committed.get(reads.get(one["topic"], ""), {}), full.get(one["topic"], "")),
            "worker": owners.get(TopicPartition(full.get(one["topic"], ""), one.get("partition", -1))),
        }
        for one in steps
    ]


def outcome(step: Step, steps: list[Step], committed: Offsets, full_name: str) -> str | None:
    """Of one step. Pure.

    `waiting`: its stage has yet to finish it; `refused`; `current` and `superseded`: the event stands in that topic, or
    did; `done`: it was finished, and changed nothing that is still there.
    """
    if step["topic"] == DEAD_LETTERS.name:
        return "refused"
    if step.get("offset") is None:
        return None
    if any(one.get("refused_from") == [step["topic"], step["partition"], step["offset"]] for one in steps):
        return "refused"
    if committed.get(TopicPartition(full_name, step["partition"]), 0) <= step["offset"]:
        return "waiting"
    if not step["topic"].endswith(".raw"):
        return "done"
    own = step.get("event_id")
    if own is None:
        return "done"
    if any(one["topic"].endswith(".history") and own in (one.get("event_id"), one.get("made_of")) for one in steps):
        return "superseded"
    return (
        "current" if any(one["topic"].endswith(".current") and one.get("made_of") == own for one in steps) else "done"
    )


def _owners(settings: Settings, groups: set[str]) -> dict[TopicPartition, str]:
    """Who has each partition: the process, its host and its pid."""
    admin = admin_client(settings)
    try:
        described: Mapping[str, Any] = admin.describe_groups(sorted(groups))
    finally:
        admin.close()
    found = {}
    for one in described.values():
        for member in one.get("members") or ():
            assignment = member.get("member_assignment")
            listed = (assignment or {}).get("assigned_partitions") if isinstance(assignment, Mapping) else None
            for topic in listed or ():
                for partition in topic["partitions"]:
                    host = str(member.get("client_host", "")).lstrip("/")
                    found[TopicPartition(topic["topic"], partition)] = in_words(str(member.get("client_id", "")), host)
    return found
