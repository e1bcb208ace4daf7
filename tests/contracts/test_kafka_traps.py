"""Where kafka-python would leave a consumer outside its group. A trap that is mended can go, with its guard."""

from __future__ import annotations

from typing import Any

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
        assert not ConsumerCoordinator.need_rejoin(coordinator), "the library is mended: broker._finish_joining can go"
        assert coordinator.need_rejoin()
        pipeline.until(lambda: reader.poll(timeout_ms=200) is not None and not coordinator.rejoining)
        assert len(reader.assignment()) == len(INDEX.reads) * pipeline.settings.partitions
    finally:
        reader.close(autocommit=False)
