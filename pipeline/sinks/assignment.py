"""Which partitions the group has given to this process, and what it has settled of them but could not commit yet."""

from __future__ import annotations

from typing import Any

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from pipeline import telemetry

Offsets = dict[TopicPartition, OffsetAndMetadata]


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """Told by the consumer of every rebalance."""

    def __init__(self) -> None:
        self.ready = False
        """Whether the group has said which partitions are ours."""
        self.uncommitted: Offsets = {}
        """Forgotten with the partitions: their next owner, perhaps this process again, goes on from what is committed."""

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.ready, self.uncommitted = False, {}

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.ready = True

    def commit(self, consumer: Any, offsets: Offsets) -> None:
        """Commit what is settled, with what an earlier commit could not: a rebalance refuses commits for a moment."""
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
