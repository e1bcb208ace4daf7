"""Where kafka-python would leave a consumer outside its group, or end it. A trap that is mended can go, with its guard."""

from __future__ import annotations

from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.consumer import ConsumerCoordinator

from pipeline.kafka.clients import consumer, ensure_topics
from pipeline.topology import INDEX
from tests.conftest import Pipeline


def test_a_join_that_a_poll_has_begun_is_gone_on_with(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    reader: Any = consumer(pipeline.settings, group="joining")
    try:
        reader.subscribe([topic.full_name(pipeline.settings) for topic in INDEX.reads])
        pipeline.until(lambda: reader.poll(timeout_ms=200) is not None and reader.assignment())
        coordinator = reader._coordinator
        assert not coordinator.need_rejoin()
        # as a poll leaves it that ended between JoinGroup's answer and SyncGroup's: the leader has noted its assignment
        coordinator.rejoining = True
        assert not ConsumerCoordinator.need_rejoin(coordinator), (
            "the library is mended: consumer._finish_joining can go"
        )
        assert coordinator.need_rejoin()
        pipeline.until(lambda: reader.poll(timeout_ms=200) is not None and not coordinator.rejoining)
        assert len(reader.assignment()) == len(INDEX.reads) * pipeline.settings.partitions
    finally:
        reader.close(autocommit=False)


def test_a_partition_whose_leader_is_not_known_yet_is_asked_for_again(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    topic = INDEX.reads[0].full_name(pipeline.settings)
    partitions = [TopicPartition(topic, n) for n in range(pipeline.settings.partitions)]
    reader: Any = consumer(pipeline.settings)
    try:
        reader.end_offsets(partitions)  # the leaders are known from here on
        cluster = reader._manager.cluster if hasattr(reader, "_manager") else reader._fetcher._manager.cluster
        known, unknown = cluster.leader_for_partition, [2]

        def forgetful(partition: TopicPartition) -> Any:
            if partition == partitions[-1] and unknown[0]:
                unknown[0] -= 1
                return None
            return known(partition)

        cluster.leader_for_partition = forgetful
        with pytest.raises(KeyError):  # the library is mended where this fails: consumer._all_of can go
            KafkaConsumer.end_offsets(reader, partitions)
        unknown[0] = 2
        assert reader.end_offsets(partitions, timeout_ms=10_000) == dict.fromkeys(partitions, 0)
        unknown[0] = 2
        assert reader.beginning_offsets(partitions) == dict.fromkeys(partitions, 0)
    finally:
        reader.close(autocommit=False)
