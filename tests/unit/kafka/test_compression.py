"""What Dateline writes into Kafka is compressed, the worker's changelogs too; and whoever reads it needs no setting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from pipeline.kafka import clients
from pipeline.settings import Settings
from pipeline.streams import producer as worker_producer
from pipeline.streams.faust_app import build_app
from pipeline.topics import ARTICLES_RAW
from tests.support.builders import raw_article

CODECS = {"zstd": 4, "lz4": 3, "snappy": 2, "gzip": 1, "none": 0}
"""By their numbers in Kafka's record batches."""


class Client:
    """A client that notes how it was made."""

    made: dict[str, Any]
    _transaction_manager = None

    def __init__(self, **options: Any) -> None:
        Client.made = options

    async def start(self) -> None:
        pass


def settings(**options: Any) -> Settings:
    return Settings(_env_file=None, kafka_servers="broker:9092", **options)


@pytest.mark.parametrize(("chosen", "codec"), [({}, "zstd"), *(({"kafka_compression": one}, one) for one in CODECS)])
def test_every_producer_compresses(chosen: dict[str, str], codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = None if codec == "none" else codec
    monkeypatch.setattr(clients, "KafkaProducer", Client)
    clients.producer(settings(**chosen))
    assert Client.made["compression_type"] == wanted
    assert Client.made["acks"] == "all"
    monkeypatch.setattr(worker_producer, "AIOKafkaProducer", Client)
    own = settings(**chosen)
    asyncio.run(worker_producer.Producer(own, worker_producer.Connection(own), lambda: None).deliver([]))
    assert Client.made["compression_type"] == wanted
    assert Client.made["acks"] == "all"
    app: Any = build_app(settings(**chosen))
    assert app.conf.producer_compression_type == wanted
    assert app.conf.producer_acks == -1


@pytest.mark.parametrize("codec", CODECS)
def test_the_clients_read_it(codec: str) -> None:
    """By the libraries that are installed: a codec without its own would be found out on the broker only."""
    from kafka.record.default_records import DefaultRecordBatch as OtherBatch

    value = ARTICLES_RAW.record(raw_article("story", text="The council met. " * 400)).encoded()
    builder: Any = DefaultRecordBatchBuilder(2, CODECS[codec], False, -1, -1, -1, 1024 * 1024)
    for n in range(20):
        builder.append(n, 0, b"key", value, headers=[])
    made = bytes(builder.build())
    assert (len(made) < len(value or b"") * 10) is (codec != "none")
    for batch in (DefaultRecordBatch(made), OtherBatch(made)):
        read: Any = batch
        assert [record.value for record in read] == [value] * 20
