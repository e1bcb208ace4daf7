"""The indexer beside engines that are odd: indices that others have changed or made, a broker that compresses, engines of two pipelines."""

from __future__ import annotations

from collections.abc import Iterator

import kafka.codec
import pytest
from elasticsearch import Elasticsearch
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.errors import Fatal
from pipeline.index.sink import Indexer
from pipeline.index.templates import install
from pipeline.kafka.clients import admin_client, ensure_topics, producer
from pipeline.operations.reindex import build_next
from pipeline.operations.status import lags
from pipeline.topics import ARTICLES_CURRENT
from pipeline.topology import INDEX
from tests.conftest import Pipeline
from tests.faults.indexing import Running, current, send
from tests.faults.indexing import running as running


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
