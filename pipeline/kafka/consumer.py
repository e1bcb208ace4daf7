"""kafka-python's consumer without two faults of version 3.0.12. tests/contracts/test_kafka_traps.py fails once they are mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

_ANSWERED_WITHIN = 30_000
"""Milliseconds, where the caller has no limit of its own."""
_AGAIN = 0.1
"""Seconds between two questions for what was left out."""


class Consumer(KafkaConsumer):  # type: ignore[misc]  # kafka-python has no types
    """A consumer that joins its group to the end, and knows the offsets of all partitions that it is asked for."""

    def __init__(self, *topics: str, **config: Any) -> None:
        super().__init__(*topics, **config)
        if self._coordinator is not None:
            _finish_joining(self._coordinator)

    def positions(
        self, partitions: Iterable[TopicPartition], timeout_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        """The position of each of these partitions, where it is known. The first question looks after all partitions: what
        has no position gets one, and what a new leader may have cut off is validated. The library would do that again for
        each of them: with 84 partitions that was a third of an idle indexer's CPU. Raises KafkaError."""
        found: dict[TopicPartition, int] = {}
        looked_after = False
        for tp in partitions:
            state = self._subscription.assignment.get(tp)
            if looked_after and state is not None and state.position is not None and not state.awaiting_validation:
                found[tp] = state.position.offset
                continue
            position = self.position(tp, timeout_ms=timeout_ms)
            looked_after = True
            if position is not None:
                found[tp] = position
        return found

    def beginning_offsets(
        self, partitions: Iterable[TopicPartition], timeout_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        """The first offset of each partition. Raises KafkaTimeoutError."""
        return _all_of(super().beginning_offsets, list(partitions), timeout_ms)

    def end_offsets(
        self, partitions: Iterable[TopicPartition], timeout_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        """The offset after the last record of each partition. Raises KafkaTimeoutError."""
        return _all_of(super().end_offsets, list(partitions), timeout_ms)


def _all_of(
    ask: Callable[..., Any], partitions: list[TopicPartition], timeout_ms: int | None
) -> dict[TopicPartition, int]:
    """Asks until every partition has an answer. The library asks only the leaders that it knows, and ends with a KeyError
    where it knows those of some partitions and not of others, as under load or while leaders change."""
    patience = timeout_ms if timeout_ms is not None else _ANSWERED_WITHIN
    deadline = time.monotonic() + patience / 1000
    while True:
        try:
            return dict(ask(partitions, timeout_ms=timeout_ms))
        except KeyError as e:
            if time.monotonic() >= deadline:
                raise KafkaTimeoutError(f"no answer for {e.args[0]} within {patience} ms") from e
            time.sleep(_AGAIN)


def _finish_joining(coordinator: Any) -> None:
    """Make every poll continue a join that an earlier poll began: where a poll ends during a rejoin that new partitions of a
    topic caused, the leader already counts its assignment as current; `need_rejoin` is then false, no later poll awaits the
    answer, and the member stays outside its group until it is expelled and nobody reads (7 of 56 starts just after topics
    were created; 0 of 64 with this)."""
    needed = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: needed() or coordinator.rejoining
