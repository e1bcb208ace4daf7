"""A publisher of raw events on a real Kafka."""

from __future__ import annotations

from typing import Any

from pipeline.kafka.clients import article_key, partition_of, producer
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from schemas.events import RawArticleEvent
from tests.support.builders import RawEvent


class Sender:
    """Sends raw events as a publisher would, and garbage as one shouldn't."""

    def __init__(self, settings: Settings, compression: str | None = None) -> None:
        self._settings = settings
        self._producer: Any = producer(settings, compression_type=compression)

    def event(self, event: RawEvent) -> None:
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        key = article_key(event.data.article_id)
        self._producer.send(
            topic.full_name(self._settings),
            event.to_json(),
            key=key,
            partition=partition_of(key, self._settings.partitions),
        )

    def bytes(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        self._producer.send(topic, value, key=key)

    def flush(self) -> None:
        self._producer.flush()

    def close(self) -> None:
        self._producer.flush()
        self._producer.close()
