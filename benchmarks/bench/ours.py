"""Dateline's own rates: workers and an indexer that are warm, a day's events at full speed, until all of it is searchable."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch
from kafka import TopicPartition

from benchmarks.bench.counting import check
from benchmarks.bench.processes import Processes, processes, spent
from benchmarks.corpus.day import Day
from benchmarks.engines import Engines
from pipeline.ingest.events import RawEvent
from pipeline.kafka.clients import article_key, consumer, ensure_topics, producer
from pipeline.operations.status import lags
from pipeline.settings import Settings
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS, COMMENT_ENRICHERS
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, DEAD_LETTERS
from schemas.events import RawArticleEvent

GIVE_UP = 600.0
"""Seconds without a new document after which a run is taken to have lost some."""


@dataclass
class Round:
    """One measurement."""

    articles: int
    events: int
    seconds: float
    cpu: dict[str, float]
    """ms for each article."""

    @property
    def rate(self) -> float:
        return self.articles / self.seconds


@dataclass
class Result:
    """Of one form of the pipeline."""

    name: str
    rounds: list[Round] = field(default_factory=list)
    counted: str = ""
    memory: dict[str, int] = field(default_factory=dict)
    sent_bytes: int = 0
    log_bytes: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    index_bytes: int = 0
    """Of its articles in Elasticsearch."""
    growth: float = 0
    """Bytes by which the workers' memory grew with each article."""


class Pipeline:
    """A namespace of its own on the shared engines, with processes that work."""

    def __init__(self, engines: Engines, settings: Settings, running: Processes, day: Day) -> None:
        self.engines, self.settings, self.day = engines, settings, day
        self.running = running
        self.client = Elasticsearch(engines.elasticsearch_url, request_timeout=60)
        self._producer: Any = producer(settings)
        self.sent_bytes = 0
        self._warm = (0, 0)

    def send(self, events: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Return when Kafka has them all."""
        for one in self.send_soon(events):
            one.get(60)

    def send_soon(self, events: Sequence[tuple[str, bytes, bytes]]) -> list[Any]:
        """What to wait for."""
        self.sent_bytes += sum(len(value) for _, _, value in events)
        return [self._producer.send(topic, value=value, key=key) for topic, key, value in events]

    def encoded(self, events: Sequence[RawEvent]) -> list[tuple[str, bytes, bytes]]:
        return [
            (
                (ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW).full_name(self.settings),
                article_key(event.data.article_id),
                event.to_json(),
            )
            for event in events
        ]

    def round(self, articles: int) -> Round:
        """Time from the first event sent until every stage has done all."""
        events = self.day.articles_until(articles)
        encoded = self.encoded(events)
        before, began = self.running.cpu(), time.monotonic()
        self.send(encoded)
        self.settle()
        seconds = time.monotonic() - began
        return Round(articles, len(events), seconds, spent(before, self.running.cpu(), articles))

    def settle(self) -> None:
        """Return when everything sent is indexed, and no stage has anything left. Raises SystemExit."""
        last, at = -1, time.monotonic()
        while True:
            self.running.require_alive()
            count, wanted = self._documents(), len(self.day.expected.versions) + len(self.day.expected.comments)
            if count >= wanted and not any(lags(self.settings).values()):
                return
            if count != last:
                last, at = count, time.monotonic()
            if time.monotonic() - at > GIVE_UP:
                raise SystemExit(f"{count} documents of {wanted}, and nothing new for {GIVE_UP:.0f} s")
            time.sleep(0.25 if count < wanted else 0.1)

    def _documents(self) -> int:
        names = [self.settings.named(name) for name in ("articles", "articles-hidden", "comments", "comments-hidden")]
        return int(self.client.options(ignore_status=404).count(index=names).get("count", 0))

    def dead_letters(self) -> int:
        reader = consumer(self.settings)
        try:
            name = DEAD_LETTERS.full_name(self.settings)
            ends = reader.end_offsets([TopicPartition(name, n) for n in range(self.settings.partitions)])
            return int(sum(ends.values()))
        finally:
            reader.close()

    def result(self, name: str, rounds: list[Round]) -> Result:
        """With everything counted. Raises Wrong."""
        counted = check(self.client, self.settings, self.day.expected, self.dead_letters())
        return Result(
            name, rounds, counted, self.running.memory(), self.sent_bytes,
            self.engines.log_bytes(self.settings.namespace), self.day.articles, self._index_bytes(), self._growth(),
        )  # fmt: skip

    def _index_bytes(self) -> int:
        names = [self.settings.named(name) for name in ("articles", "articles-hidden", "history")]
        return int(
            self.client.indices.stats(index=names, metric="store")["_all"]["primaries"]["store"]["size_in_bytes"]
        )

    def _growth(self) -> float:
        memory, articles = self._warm
        return (self._workers_memory() - memory) / max(1, self.day.articles - articles)

    def _workers_memory(self) -> int:
        return sum(size for name, size in self.running.memory().items() if name.startswith("worker"))

    def warm_up(self, articles: int) -> None:
        self.round(articles)
        self._warm = (self._workers_memory(), self.day.articles)

    def close(self) -> None:
        self._producer.close(timeout=10)
        self.client.close()


@contextmanager
def pipeline(engines: Engines, namespace: str, *, workers: int = 1, bare: bool = False, warm_up: int = 200) -> Iterator[Pipeline]:  # fmt: skip
    """Workers and an indexer that have processed `warm_up` articles."""
    off = json.dumps(sorted({*ARTICLE_ENRICHERS, *COMMENT_ENRICHERS})) if bare else "[]"
    settings = engines.settings(namespace=namespace)
    ensure_topics(settings)
    with processes(engines, namespace) as running:
        for number in range(1, workers + 1):
            own = engines.variables(namespace=namespace, enrichers_off=off, worker_id=str(number))
            name = "worker" if workers == 1 else f"worker {number}"
            if bare:
                running.python(name, "benchmarks.bench.bare_worker", own)
            else:
                running.start(name, [sys.executable, "-m", "pipeline.cli", "worker"], own)
        shared = engines.variables(namespace=namespace)
        running.start("indexer", [sys.executable, "-m", "pipeline.cli", "indexer"], shared)
        made = Pipeline(engines, settings, running, Day(prefix=f"{namespace}-"))
        try:
            made.warm_up(warm_up)
            yield made
        finally:
            made.close()
