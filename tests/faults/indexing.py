"""An indexer by itself: what its topics hold, its process, and what it says of itself."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from kafka import KafkaProducer

from pipeline.kafka.clients import ensure_topics, partition_of, producer
from pipeline.process.ports import free_port
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, Record
from tests.conftest import Pipeline
from tests.support.builders import article_event, comment_event, kill_event, minutes
from tests.support.memory import of, revise, revise_tables
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
