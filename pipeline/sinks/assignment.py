"""Which partitions the group has given to this process, and which finished offsets could not be committed yet."""

from __future__ import annotations

from typing import Any

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from pipeline import telemetry

Offsets = dict[TopicPartition, OffsetAndMetadata]


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """The consumer calls it at every rebalance."""

    def __init__(self) -> None:
        self.ready = False
        """Whether the group has assigned partitions."""
        self.mine: frozenset[TopicPartition] = frozenset()
        """Those that this process has."""
        self.uncommitted: Offsets = {}
        """Cleared with the partitions: their next owner, perhaps this process again, continues from what is committed."""

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.ready, self.uncommitted = False, {}
        self.mine -= set(revoked)

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.ready = True
        self.mine |= set(assigned)

    def commit(self, consumer: Any, offsets: Offsets) -> None:
        """Commit finished offsets, with those that an earlier commit could not: a rebalance refuses commits for a moment."""
        mine = consumer.assignment()
        wanted = {tp: offset for tp, offset in (self.uncommitted | offsets).items() if tp in mine}
        self.uncommitted = {}
        if not wanted:
            return
        try:
            consumer.commit(wanted, timeout_ms=15_000)
        except CommitFailedError:
            telemetry.COMMIT_REJECTED()
        except KafkaError as e:
            self.uncommitted = wanted
            telemetry.COMMIT_DELAYED(error=type(e).__name__)
