"""Engines that have worked before anything is timed: what a JVM has not compiled yet takes several times as long."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from elasticsearch import Elasticsearch

from benchmarks.bench.peers import Documents, ceiling
from benchmarks.corpus.day import Day
from benchmarks.engines import Engines
from pipeline.index.projections import index_request
from pipeline.index.requests import encoded
from pipeline.index.templates import install
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.settings import Settings
from pipeline.stages.enrich import enrich_article, load
from pipeline.stages.normalize import normalize_article
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from tests.support.memory import of, revise, revise_tables

_ARTICLES = 150


def _documents() -> Documents:
    """Of invented articles, by the stages themselves."""
    day, now, found = Day(prefix="warm-", comments=False), datetime.now(UTC), []
    for _ in range(_ARTICLES):
        batch = revise(revise_tables())
        batch.apply(enrich_article(normalize_article(day.article())), now)
        for record in of(batch.run_all(now), ARTICLES_CURRENT):
            wanted = index_request(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()), [], now)
            found.append((wanted.id, encoded(wanted.document)))
    return found


def warm(engines: Engines, seconds: float) -> tuple[Settings, Documents]:
    """Bulks into indices like ours, and records through a topic, for so long. The documents, and the settings of indices
    like ours."""
    settings = engines.settings(namespace="warm")
    load()
    docs = _documents()
    with Elasticsearch(engines.elasticsearch_url, request_timeout=60) as client:
        install(client, settings)
    ensure_topics(settings, (), {"warm": {}})
    until, sent = time.monotonic() + seconds, producer(settings)
    try:
        while time.monotonic() < until:
            ceiling(engines, settings, docs, 4)
            for one in [sent.send("warm", value=body, key=id_.encode()) for id_, body in docs * 5]:
                one.get(60)
    finally:
        sent.close(timeout=10)
    return settings, docs
