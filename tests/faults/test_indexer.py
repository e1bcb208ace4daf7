"""The indexer behind, with topics that others have made or made again, and with a Kafka that is frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.index.bulk import Bulk
from pipeline.index.sink import Indexer
from pipeline.kafka.clients import admin_client, ensure_topics, producer
from pipeline.operations.status import lags
from pipeline.topics import ARTICLES_CURRENT
from pipeline.topology import INDEX, group
from tests.conftest import Pipeline
from tests.faults.indexing import Running, current, send
from tests.faults.indexing import running as running
from tests.support.builders import id_of
from tests.support.own_kafka import own_kafka


def test_a_backlog_shows_nothing_that_is_hidden_in_it(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = pipeline.settings.model_copy(update={"bulk_size": 20})
    ensure_topics(settings)
    names = [f"a{n}" for n in range(300)]
    killed = names[::10]
    writer = producer(settings, transactional_id=settings.named("writer"))
    writer.init_transactions()
    writer.begin_transaction()
    send(settings, current(names), writer)
    writer.commit_transaction()
    writer.begin_transaction()
    send(settings, current(["aborted"]), writer)
    writer.abort_transaction()
    writer.begin_transaction()
    send(settings, current(killed, killed=True), writer)
    writer.commit_transaction()
    writer.close()

    shown: set[str] = set()
    begin = Bulk.begin

    def watch(bulk: Bulk, operations: list[Any]) -> Any:
        shown.update(
            operation.document["article_id"]
            for operation in operations
            if operation.index in ("articles", "comments") and operation.document
        )
        return begin(bulk, operations)

    monkeypatch.setattr(Bulk, "begin", watch)
    Indexer(settings).catch_up(lambda *_: None)
    assert shown == {str(id_of(name)) for name in names if name not in killed}
    assert pipeline.count("articles") == 270 == pipeline.count("comments")
    assert pipeline.count("articles-hidden") == 30 == pipeline.count("comments-hidden")
    assert lags(settings)["index"] == 0, "by position: the last offsets are markers of transactions"


def test_topics_that_others_have_made_or_made_again(running: Running) -> None:
    pipeline, settings = running.pipeline, running.settings
    topic = ARTICLES_CURRENT.full_name(settings)
    running.send(20)
    running.arrives()
    admin = admin_client(settings)
    try:
        # made again while the indexer runs
        admin.delete_topics([topic])
        pipeline.until(lambda: topic not in admin.list_topics())
        ensure_topics(settings)
        running.send(40)
        pipeline.until(lambda: pipeline.count("articles") == 60)

        # with other limits, and emptied before it was read
        pipeline.stop()
        send(settings, current([f"lost-{n}" for n in range(20)]))
        resource = ConfigResource(
            ConfigResourceType.TOPIC, topic, {"max.message.bytes": "1000", "cleanup.policy": "delete"}
        )
        admin.alter_configs([resource])
        tps = [TopicPartition(topic, n) for n in range(settings.partitions)]
        reader = KafkaConsumer(bootstrap_servers=settings.kafka_servers)
        admin.delete_records(reader.end_offsets(tps))
        reader.close()
        pipeline.start("indexer")
        pipeline.until(lambda: lags(settings)["index"] == 0)
        pipeline.until(lambda: "records_expired" in pipeline.log("indexer"))
        assert "topic_altered" in pipeline.log("indexer")
        (found,) = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])["topic"].values()
        assert found["cleanup.policy"]["value"] == "compact"
        assert int(found["max.message.bytes"]["value"]) > settings.largest_record
        running.send()
        pipeline.until(lambda: pipeline.count("articles") == 61)

        # a stranger in the group
        stranger: Any = KafkaConsumer(
            topic, bootstrap_servers=settings.kafka_servers, group_id=group(INDEX, settings), client_id="stranger"
        )
        try:
            pipeline.until(
                lambda: stranger.poll(timeout_ms=200) is not None and "group_shared" in pipeline.log("indexer")
            )
        finally:
            stranger.close()
        running.pipeline.until(lambda: lags(settings)["index"] == 0)
    finally:
        admin.close()


def test_a_kafka_that_is_frozen_is_seen(pipeline: Pipeline, tmp_path: Path) -> None:
    with own_kafka(pipeline, tmp_path / "kafka") as broker:
        running = Running(pipeline)
        broker.freeze()
        running.waits("Kafka does not answer")
        broker.thaw()
        running.send()
        running.arrives()
