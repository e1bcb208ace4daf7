"""Where kafka-python would leave a consumer outside its group, or a producer unable to send. A trap that is mended can go, with its guard."""

from __future__ import annotations

from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import MessageSizeTooLargeError
from kafka.producer.transaction_manager import TransactionManager

from pipeline.kafka.clients import admin_client, consumer, ensure_topics, producer
from pipeline.topics import ARTICLES_RAW
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
        assert not ConsumerCoordinator.need_rejoin(coordinator), "the library is mended: broker._finish_joining can go"
        assert coordinator.need_rejoin()
        pipeline.until(lambda: reader.poll(timeout_ms=200) is not None and not coordinator.rejoining)
        assert len(reader.assignment()) == len(INDEX.reads) * pipeline.settings.partitions
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
                sender.send(topic, b"x" * 40_000, partition=0).get(timeout=20)
            except MessageSizeTooLargeError:
                return True
            return False

        pipeline.until(refused)
        for n in range(20):
            assert sender.send(topic, b"small", partition=n % pipeline.settings.partitions).get(timeout=20).offset >= 0
        assert refused()
        assert sender.send(topic, b"small", partition=0).get(timeout=20).offset >= 0
    finally:
        sender.close(timeout=5)
