"""Consumer groups: what they have committed, who is in them, and which records they have yet to read."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
    NotCoordinatorError,
)

from pipeline.errors import Retry
from pipeline.kafka import client_ids
from pipeline.kafka.clients import admin_client, kafka_servers, unreachable
from pipeline.kafka.reading import first_records, open_reader
from pipeline.settings import Settings

Offsets = dict[TopicPartition, int]
NEW_PROTOCOL = "a consumer of the new group protocol"
"""What is known of a member that made a classic group one of the new protocol (KIP-848): the questions about classic groups
no longer name who is in it. None of ours speaks that protocol."""
_OUR_CLIENTS = (client_ids.PREFIX, "faust-")  # the latter of workers before this version
"""How the client ids of our consumers begin: the indexer's, and the worker's, which Faust names."""
_PATIENCE = 5.0
"""Seconds for which a question is asked again."""
_COORDINATOR = 60.0
"""The same where the broker says that it has no coordinator yet: a new one makes its offsets topic first, which takes a busy
machine longer than five seconds."""
_NOT_YET = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)


def committed_offsets(settings: Settings, groups: Collection[str]) -> dict[str, Offsets]:
    """The offsets that each group has committed; none of partitions without a commit. Raises Retry."""
    listed = _asked(settings, lambda admin: admin.list_group_offsets(dict.fromkeys(groups)))
    return {
        group: {tp: found.offset for tp, found in listed.get(group, {}).items() if found.offset >= 0}
        for group in groups
    }


class Members(NamedTuple):
    """Who is in a group now."""

    ours: int = 0
    strangers: tuple[str, ...] = ()
    """Client ids of consumers that are not Dateline's, or NEW_PROTOCOL: partitions that they are given are lost to us."""


def read_members(settings: Settings, groups: Collection[str]) -> dict[str, Members]:
    """Who is in each group. Raises Retry."""
    described = _asked(settings, lambda admin: admin.describe_groups(sorted(groups)))
    return {group: _members(described.get(group, {})) for group in groups}


def _members(described: Mapping[str, Any]) -> Members:
    if "not a classic group" in str(described.get("error") or ""):
        return Members(strangers=(NEW_PROTOCOL,))
    names = [str(one["client_id"]) for one in described.get("members") or ()]
    strangers = {name for name in names if not name.startswith(_OUR_CLIENTS)}
    return Members(len([name for name in names if name not in strangers]), tuple(sorted(strangers)))


class First(NamedTuple):
    """The first record of a partition that a group has yet to read."""

    offset: int
    at: datetime | None = None
    """When it was written; None where it could not be looked at."""


def first_unread(
    settings: Settings, committed: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> dict[TopicPartition, First]:
    """The first record before these ends that the group has yet to read, by partition; none where no record is left.

    A committed offset is the last record's and one. Behind it there may be offsets without a record (markers of
    transactions, aborted records, records that retention or compaction removed) that nobody ever commits: so the broker is
    asked for the first record. Raises Retry.
    """
    behind = {tp: committed.get(tp, 0) for tp, end in ends.items() if committed.get(tp, 0) < end}
    if not behind:
        return {}
    with open_reader(settings, max_partition_fetch_bytes=64 * 1024) as reader:
        try:
            found = first_records(reader, behind, ends, timeout=5)
        except Retry:
            return {tp: First(offset) for tp, offset in behind.items()}  # what can't be looked at is taken for records
    return {tp: First(one.offset, _moment(one.timestamp)) for tp, one in found.items()}


def _asked(settings: Settings, question: Callable[[KafkaAdminClient], Any]) -> Any:
    """The answer to a question about groups, asked again while the broker isn't ready for it: the first one about any group
    makes it create its offsets topic. Raises Retry."""
    admin = admin_client(settings)
    began = time.monotonic()
    try:
        while True:
            try:
                return question(admin)
            except KafkaError as e:
                patience = _COORDINATOR if isinstance(e, _NOT_YET) else _PATIENCE
                if not e.retriable or time.monotonic() - began > patience:
                    raise unreachable(kafka_servers(settings), e) from e
                time.sleep(0.25)
    finally:
        admin.close()


def unread(settings: Settings, committed: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> Offsets:
    """How many offsets before these ends the group has yet to read, by partition. As `first_unread`."""
    return {tp: ends[tp] - first.offset for tp, first in first_unread(settings, committed, ends).items()}


def _moment(timestamp: int | None) -> datetime | None:
    return datetime.fromtimestamp(timestamp / 1000, UTC) if timestamp is not None and timestamp > 0 else None
