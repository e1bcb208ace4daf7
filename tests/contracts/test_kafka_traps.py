"""Where kafka-python would leave a consumer outside its group or end it, or a producer unable to send. A trap that is mended can go, with
its guard."""

from __future__ import annotations

import os
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import MessageSizeTooLargeError
from kafka.producer.transaction_manager import TransactionManager

from pipeline.kafka.clients import admin_client, consumer, ensure_topics, producer
from pipeline.topics import ARTICLES_RAW
from pipeline.topology import INDEX
from tests.conftest import Pipeline
from tests.support.waiting import PATIENCE


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
        assert reader.end_offsets(partitions, timeout_ms=int(PATIENCE * 1000)) == dict.fromkeys(partitions, 0)
        unknown[0] = 2
        assert reader.beginning_offsets(partitions) == dict.fromkeys(partitions, 0)
    finally:
        reader.close(autocommit=False)


def test_a_producer_goes_on_after_a_record_that_the_broker_refuses(pipeline: Pipeline) -> None:
    """All that was sent later failed with the same error: one item stopped the ingest API for everybody."""
    ensure_topics(pipeline.settings)
    topic = ARTICLES_RAW.full_name(pipeline.settings)
    admin = admin_client(pipeline.settings)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": "20000"})])
    admin.close()
    sender = producer(pipeline.settings)
    manager = sender._transaction_manager
    known = TransactionManager.classify_batch_error(manager, MessageSizeTooLargeError(), None)
    assert known == manager.ERROR_CLASS_FATAL, "the library is mended: clients._survive_refusals can go"
    try:

        def refused() -> bool:
            try:
                sender.send(topic, os.urandom(40_000), partition=0).get(timeout=PATIENCE)
            except MessageSizeTooLargeError:
                return True
            return False

        pipeline.until(refused)
        for n in range(20):
            assert (
                sender.send(topic, b"small", partition=n % pipeline.settings.partitions).get(timeout=PATIENCE).offset
                >= 0
            )
        assert refused()
        assert sender.send(topic, b"small", partition=0).get(timeout=PATIENCE).offset >= 0
    finally:
        sender.close(timeout=5)
