"""Positions of many partitions, for the price of one."""

from __future__ import annotations

from typing import Any

import pytest
from kafka import TopicPartition
from kafka.consumer.subscription_state import SubscriptionState

from pipeline.kafka.consumer import Consumer

PARTITIONS = [TopicPartition("news", n) for n in range(84)]


class Assigned(Consumer):
    """A consumer that was given partitions, and counts how often the library's own way is gone."""

    def __init__(self, subscription: SubscriptionState) -> None:  # nothing connects
        self._subscription = subscription
        self.asked: list[TopicPartition] = []

    def position(self, partition: TopicPartition, timeout_ms: int | None = None) -> int | None:
        self.asked.append(partition)
        state = self._subscription.assignment[partition]
        if state.position is None and partition.partition != 80:
            state.seek(1000 + partition.partition)
        state.complete_validation()
        return None if state.position is None else int(state.position.offset)


@pytest.fixture
def consumer() -> Assigned:
    subscription: Any = SubscriptionState()
    subscription.assign_from_user(PARTITIONS)
    for tp in PARTITIONS:
        if tp.partition < 80:
            subscription.assignment[tp].seek(tp.partition)
    return Assigned(subscription)


def test_only_what_has_no_position_is_asked_for_by_itself(consumer: Assigned) -> None:
    found = consumer.positions(PARTITIONS)
    assert found == {tp: tp.partition + (0 if tp.partition < 80 else 1000) for tp in PARTITIONS if tp.partition != 80}
    assert consumer.asked == [PARTITIONS[0], *PARTITIONS[80:]]


def test_a_position_that_a_new_leader_has_to_confirm_is_asked_for(consumer: Assigned) -> None:
    state = consumer._subscription.assignment[PARTITIONS[5]]
    state._awaiting_validation = True
    consumer.positions(PARTITIONS[:8])
    assert consumer.asked == [PARTITIONS[0], PARTITIONS[5]]
    assert not state.awaiting_validation


def test_of_none_nothing_is_asked(consumer: Assigned) -> None:
    assert consumer.positions([]) == {}
    assert consumer.asked == []
