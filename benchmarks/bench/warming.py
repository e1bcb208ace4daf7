"""Engines that have worked before anything is timed: what a JVM has not compiled yet takes several times as long."""

from __future__ import annotations

import time

from elasticsearch import Elasticsearch

from benchmarks.bench.peers import Documents, ceiling
from benchmarks.corpus.day import Day
from benchmarks.engines import Engines
from pipeline.formats.items import Item
from pipeline.index.requests import encoded
from pipeline.index.templates import install
from pipeline.ingest.intake import Read
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings

_ARTICLES = 150


def warm(engines: Engines, seconds: float) -> tuple[Settings, Documents]:
    """Bulks into indices like ours, and records through a topic, for so long. The documents, and the settings of indices
    like ours."""
    settings = engines.settings(namespace="warm")
    day = Day(prefix="warm-", comments=False)
    read = Read(Item(b"", "warm"), None, tuple(day.article() for _ in range(_ARTICLES)))
    rows = [row["document"] for row in preview_item(read, settings)]
    docs: Documents = [(row["id"], encoded(row["body"])) for row in rows]
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
