"""The indexer beside ordinary engines: behind, with indices that others have changed, with topics that others have made."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kafka.codec
import pytest
from elasticsearch import Elasticsearch
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.errors import Fatal
from pipeline.index.bulk import Bulk
from pipeline.index.sink import Indexer
from pipeline.index.templates import install
from pipeline.kafka.clients import admin_client, ensure_topics, partition_of, producer
from pipeline.operations.reindex import build_next
from pipeline.operations.status import lags
from pipeline.process.ports import free_port
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, Record
from pipeline.topology import INDEX, group
from tests.conftest import Pipeline
from tests.support.builders import article_event, comment_event, id_of, kill_event, minutes
from tests.support.memory import of, revise, revise_tables
from tests.support.own_kafka import own_kafka
from tests.support.waiting import PATIENCE

INDEXED = (ARTICLES_CURRENT, COMMENTS_CURRENT, ARTICLES_HISTORY)


def current(names: list[str], *, killed: bool = False) -> list[Record]:
    """The current records of these articles, each with a comment; with `killed` those that follow a kill."""
    tables = revise_tables()
    batch = revise(tables)
    for name in names:
        batch.apply(article_event(name), minutes(0))
        batch.apply(comment_event(name), minutes(0))
    records = of(batch.run_all(minutes(0)), *INDEXED)
    if not killed:
        return records
    batch = revise(tables)
    for name in names:
        batch.apply(kill_event(name, at=1), minutes(1))
    return of(batch.run_all(minutes(1)), *INDEXED)


def send(settings: Settings, records: list[Record], to: KafkaProducer | None = None) -> None:
    sender = to or producer(settings)
    for record in records:
        key = record.key or b""
        partition = partition_of(record.topic.partition_key(key), settings.partitions)
        sender.send(record.topic.full_name(settings), record.encoded(), key=key, partition=partition)
    sender.flush()
    if to is None:
        sender.close()


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


class Running:
    """An indexer's process, and what it says of itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.settings = pipeline, pipeline.settings
        self.port = free_port()
        self.sent = 0
        ensure_topics(self.settings)
        pipeline.start("indexer", DATELINE_INDEXER_PORT=str(self.port))
        pipeline.until(lambda: self.ready()[0] == 200)

    def ready(self) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=PATIENCE) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
        except OSError as e:
            return 0, str(e)

    def send(self, count: int = 1) -> None:
        send(self.settings, current([f"{self.settings.namespace}-{self.sent + n}" for n in range(count)]))
        self.sent += count

    def arrives(self) -> None:
        """All that was sent is found, and the process is ready."""
        self.pipeline.until(lambda: self.pipeline.count("articles") == self.sent and self.ready()[0] == 200)

    def waits(self, *words: str) -> None:
        """It is not ready, and says so in these words."""

        def said() -> bool:
            status, text = self.ready()
            return status == 503 and all(word in text for word in words)

        self.pipeline.until(said)


@pytest.fixture
def running(pipeline: Pipeline) -> Running:
    return Running(pipeline)


def test_indices_that_others_have_changed(running: Running) -> None:
    pipeline, settings = running.pipeline, running.settings
    name = settings.named("articles")
    with pipeline.client() as client:
        running.send()
        running.arrives()

        # the alias is taken away
        client.indices.delete_alias(index=f"{name}-1", name=name)
        running.send()
        running.arrives()

        # a second index under the alias, and none is the write index
        client.indices.create(index=f"{name}-extra")
        client.indices.update_aliases(
            actions=[
                {"add": {"index": index, "alias": name, "is_write_index": False}}
                for index in (f"{name}-1", f"{name}-extra")
            ]
        )
        running.send(30)
        running.waits("none of them is its write index")
        client.indices.update_aliases(
            actions=[
                {"remove": {"index": f"{name}-extra", "alias": name}},
                {"add": {"index": f"{name}-1", "alias": name, "is_write_index": True}},
            ]
        )
        running.arrives()

        # ingest pipelines of others
        client.indices.put_settings(index=f"{name}-1", settings={"index.default_pipeline": "not-there"})
        running.send(2)
        running.arrives()
        client.indices.put_settings(index=f"{name}-1", settings={"index.final_pipeline": "not-there"})
        running.send(30)
        running.waits("final_pipeline")
        client.indices.put_settings(index=f"{name}-1", settings={"index.final_pipeline": "_none"})
        running.arrives()

        # read-only, as at the flood stage
        client.indices.put_settings(index=f"{name}-1", settings={"index.blocks.read_only_allow_delete": True})
        running.send(2)
        running.waits("documents wait for Elasticsearch")
        client.indices.put_settings(index=f"{name}-1", settings={"index.blocks.read_only_allow_delete": None})
        running.arrives()

        # deleted, and neither a write nor a removal makes a plain index in its place
        client.indices.delete(index=f"{name}-1")
        send(settings, current(["gone"], killed=True))
        running.sent, before = 0, running.sent
        running.send(0)
        pipeline.until(lambda: client.indices.exists_alias(name=name))
        running.sent = before
        send(settings, current(["late"]))
        pipeline.until(lambda: pipeline.count("articles") == 1)
    assert pipeline.count("dead-letters") == 0
    assert "index_made" in pipeline.log("indexer")


@pytest.fixture
def client(pipeline: Pipeline) -> Iterator[Elasticsearch]:
    with pipeline.client() as opened:
        yield opened


def test_what_can_not_be_installed_is_said_in_one_line(pipeline: Pipeline, client: Elasticsearch) -> None:
    settings = pipeline.settings
    name = settings.named("articles")
    template = f"{settings.namespace}-others"
    client.indices.put_index_template(name=template, index_patterns=[f"{name}-*"], priority=5000)
    try:
        with pytest.raises(Fatal, match=f"index template {template} .priority 5000. applies to {name}-1 before"):
            install(client, settings)
    finally:
        client.indices.delete_index_template(name=template)

    client.indices.create(index=name)
    with pytest.raises(Fatal, match=f"{name} is an index, it has to be an alias: delete it"):
        install(client, settings)
    client.indices.delete(index=name)

    client.indices.create(index=f"{name}-1", mappings={"dynamic": True})
    with pytest.raises(Fatal, match=f"the index {name}-1 was not made by Dateline"):
        install(client, settings)
    client.indices.delete(index=f"{name}-1")

    install(client, settings)
    client.indices.create(index=f"{name}-2")
    client.indices.delete_alias(index=f"{name}-1", name=name)
    with pytest.raises(Fatal, match=f"the alias {name} is missing, and there are {name}-1, {name}-2: point it"):
        install(client, settings)
    client.indices.put_alias(index=f"{name}-2", name=name, is_write_index=True)
    install(client, settings)


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


def test_engines_that_do_not_belong_together_are_said(
    pipeline: Pipeline, client: Elasticsearch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    send(settings, current(["a", "b"]))
    Indexer(settings).catch_up(lambda *_: None)
    assert pipeline.count("articles") == 2
    assert "indices_empty" not in caplog.text
    assert "kafka_empty" not in caplog.text

    admin = admin_client(settings)
    names = [topic.full_name(settings) for topic in INDEX.reads]
    admin.delete_topics(names)
    pipeline.until(lambda: not set(names) & set(admin.list_topics()))
    ensure_topics(settings)
    Indexer(settings).catch_up(lambda *_: None)
    assert "kafka_empty" in caplog.text
    with pytest.raises(Fatal, match="the index has 2 articles, and Kafka none of their records"):
        build_next(settings, "test")

    send(settings, current(["c"]))
    Indexer(settings).catch_up(lambda *_: None)
    assert pipeline.count("articles") == 3
    client.indices.delete(index=list(client.indices.get(index=f"{settings.namespace}-*")))
    Indexer(settings).catch_up(lambda *_: None)
    assert "indices_empty" in caplog.text
    admin.close()


def test_records_compressed_by_the_broker(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = pipeline.settings.model_copy(update={"kafka_compression": "none"})
    ensure_topics(settings)
    topic = ARTICLES_CURRENT.full_name(settings)
    codecs = ("gzip", "snappy", "lz4", "zstd")
    admin = admin_client(settings)
    for codec in codecs:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"compression.type": codec})])
        send(settings, current([f"{codec}-{n}" for n in range(5)]))
    admin.close()
    sender = producer(settings)
    sender.send(topic, b"x" * (2 << 20), key=b"large")  # more than kafka-python decompresses by itself
    sender.close()
    with monkeypatch.context() as patch:
        patch.setattr(kafka.codec, "zstd", None)
        with pytest.raises(Fatal, match="install it beside Dateline"):
            Indexer(settings).catch_up(lambda *_: None)
    Indexer(settings).catch_up(lambda *_: None)
    assert pipeline.count("articles") == 5 * len(codecs)
    Indexer(settings).catch_up(lambda *_: None)
    assert pipeline.count("dead-letters") == 1
    assert lags(settings)["index"] == 0
