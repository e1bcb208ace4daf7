"""Who may do what in Kafka: rights as data, derived from the topology, for each process that runs by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from pipeline.settings import Settings
from pipeline.topics import (
    ALERT_DELIVERIES,
    ALERTS,
    ARTICLES_INDEXED,
    DEAD_LETTERS,
    FEEDS,
    PUSH_ANSWERS,
    SAVED_SEARCHES,
    SAVED_TOPICS,
    STATE_TOPICS,
    Topic,
)
from pipeline.topology import ALERT, INDEX, PUBLISH, drained, group, topics, worker_stages

_INGESTED = tuple(topic for topic in STATE_TOPICS if topic not in (ARTICLES_INDEXED, *SAVED_TOPICS))


@dataclass(frozen=True)
class Right:
    """One thing that a process may do. With `prefix`, `name` is the beginning of several names."""

    process: str
    operation: str
    kind: str
    """`topic`, `group` or `cluster`."""
    name: str
    prefix: bool = False

    def command(self) -> str:
        """As the options of Kafka's own `kafka-acls.sh`."""
        what = "--cluster" if self.kind == "cluster" else f"--{self.kind} '{self.name}'"
        pattern = " --resource-pattern-type prefixed" if self.prefix else ""
        return f"--add --allow-principal User:{self.process} --operation {self.operation} {what}{pattern}"


def rights(settings: Settings) -> list[Right]:
    """What each process needs: it reads and writes what its stages do, and may make topics that aren't there yet. The
    operator may do everything in this namespace, and the operators' page read what is in the flow; the search page has saved searches in Kafka, and nothing else."""
    own = worker_stages(settings)
    worker_group = group(own[0], settings)
    found = [
        *_process(
            "worker", settings,
            reads=[topic for stage in own for topic in (*stage.reads, *stage.drains)], writes=[topic for stage in own for topic in stage.writes],
        ),
        Right("worker", "All", "topic", f"{worker_group}-", prefix=True),  # changelogs of its tables
        Right("worker", "Read", "group", worker_group),
        *_process("indexer", settings, reads=INDEX.reads, writes=[ARTICLES_INDEXED]),
        Right("indexer", "Read", "group", group(INDEX, settings)),
        *_process("alerts", settings, reads=(*ALERT.reads, *SAVED_TOPICS), writes=(ALERTS, ALERT_DELIVERIES)),
        Right("alerts", "Read", "group", group(ALERT, settings)),
        *(Right("search-api", does, "topic", topic.full_name(settings)) for topic in SAVED_TOPICS for does in ("Describe", "Read")),
        Right("search-api", "Write", "topic", SAVED_SEARCHES.full_name(settings)),
        *_process("ingest-api", settings, reads=(*topics(settings), *drained(settings), *_INGESTED), writes=(*PUBLISH.writes, PUSH_ANSWERS, FEEDS)),
    ]  # fmt: skip
    everything = settings.named("") or "*"
    for kind in ("topic", "group"):
        found.append(Right("operator", "All", kind, everything, prefix=bool(settings.namespace)))
    found += [
        Right("status-page", does, kind, everything, prefix=bool(settings.namespace))
        for kind, may in (("topic", ("Describe", "DescribeConfigs")), ("group", ("Describe",)))
        for does in may
    ]
    found += [Right("status-page", "Read", "topic", topic.full_name(settings)) for topic in (*topics(settings), *drained(settings))]  # fmt: skip
    found += [Right(who, "Describe", "cluster", "kafka-cluster") for who in ("operator", "status-page")]
    return list(dict.fromkeys(found))


def _process(name: str, settings: Settings, *, reads: Iterable[Topic], writes: Iterable[Topic]) -> list[Right]:
    every = (*topics(settings), *STATE_TOPICS)
    return [
        *(
            Right(name, does, "topic", topic.full_name(settings))
            for topic in every
            for does in ("Describe", "DescribeConfigs", "Create")
        ),
        *(Right(name, "Read", "topic", topic.full_name(settings)) for topic in reads),
        *(Right(name, "Write", "topic", topic.full_name(settings)) for topic in (*writes, DEAD_LETTERS)),
    ]


def grant(admin: KafkaAdminClient, wanted: Iterable[Right]) -> None:
    """Give these rights; those that were given before stay. Raises KafkaError."""
    kinds = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.CLUSTER}
    acls: list[Any] = []
    for right in wanted:
        pattern = ACLResourcePatternType.PREFIXED if right.prefix else ACLResourcePatternType.LITERAL
        resource = ResourcePattern(kinds[right.kind], right.name, pattern)
        operation = ACLOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", right.operation).upper()]
        acls.append(ACL(f"User:{right.process}", "*", operation, ACLPermissionType.ALLOW, resource))
    for refused in admin.create_acls(acls)["failed"]:
        raise refused()
