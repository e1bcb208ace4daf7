"""Elasticsearch that misbehaves, refuses one document, or has no disk left: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from pipeline.kafka.clients import ensure_topics, partition_of, producer
from pipeline.operations.status import documents, lags
from pipeline.topics import ARTICLES_CURRENT
from schemas.current import CurrentArticle
from schemas.enrichment import ArticleEnrichment
from schemas.events import CurrentArticleEvent
from tests.conftest import Pipeline
from tests.faults import LONG
from tests.faults.proxy import BadProxy
from tests.support.builders import article_event, id_of, minutes, raw_article
from tests.support.memory import of, revise, revise_tables
from tests.support.sender import Sender

ARTICLES = 5000 if LONG else 200


def test_a_proxy_that_refuses_delays_and_cuts(make_pipeline: Any) -> None:
    seed = int(os.environ.get("DATELINE_TEST_SEED", time.time_ns() % 100_000))
    print(f"DATELINE_TEST_SEED={seed}")
    pipeline: Pipeline = make_pipeline()
    ensure_topics(pipeline.settings)
    proxy = BadProxy(pipeline.engines.elasticsearch_url, seed)
    pipeline.start("worker")
    pipeline.start("indexer", DATELINE_ELASTICSEARCH_URL=proxy.url, DATELINE_BULK_SIZE="20")
    sender = Sender(pipeline.settings)
    sender.event(raw_article("first"))
    sender.flush()
    pipeline.until(lambda: pipeline.count("articles") == 1)
    proxy.bad = 0.4
    try:
        for n in range(ARTICLES):
            sender.event(raw_article(f"a{n}", at=0))
            sender.event(raw_article(f"a{n}", at=1, text="Second."))
            if n % 50 == 49:
                sender.flush()
                time.sleep(0.5)
        sender.close()
        pipeline.until(lambda: pipeline.count("articles") == ARTICLES + 1)
        pipeline.until_quiet()
    finally:
        proxy.close()
    shown = pipeline.documents("articles")
    assert set(shown) == {str(id_of("first")), *(str(id_of(f"a{n}")) for n in range(ARTICLES))}
    assert {one["body"] for id_, one in shown.items() if id_ != str(id_of("first"))} == {"Second."}
    assert documents(pipeline.settings)["history"] == ARTICLES
    assert documents(pipeline.settings)["dead-letters"] == 0
    assert sum(proxy.faults.values()) >= 5, proxy.faults
    print(f"faults: {dict(proxy.faults)}")


def test_one_bad_document_in_a_bulk_of_a_thousand(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    kafka = producer(pipeline.settings)
    topic = ARTICLES_CURRENT.full_name(pipeline.settings)
    for n in range(1000):
        batch = revise(revise_tables())
        batch.apply(article_event(f"a{n}"), minutes(0))
        (record,) = of(batch.run_all(minutes(0)), ARTICLES_CURRENT)
        event = record.value
        assert isinstance(event, CurrentArticleEvent)
        if n == 500:
            assert isinstance(event.data, CurrentArticle)
            # our schema lets it through, Elasticsearch's integer doesn't
            bad = event.data.model_copy(update={"enrichment": ArticleEnrichment(words=3_000_000_000)})
            event = event.model_copy(update={"data": bad})
        key = record.key or b""
        kafka.send(topic, event.to_json(), key=key, partition=partition_of(key, pipeline.settings.partitions))
    kafka.flush()
    kafka.close()
    pipeline.start("indexer")
    pipeline.until(lambda: pipeline.count("articles") == 999 and pipeline.count("dead-letters") == 1)
    (letter,) = pipeline.documents("dead-letters").values()
    assert (letter["stage"], letter["reason"], letter["key"]) == ("index", "not-indexable", str(id_of("a500")))
    assert "words" in letter["detail"]
    pipeline.until(lambda: lags(pipeline.settings)["index"] == 0)


@pytest.mark.parametrize("alias", ["articles"])
def test_a_read_only_index_is_waited_for(pipeline: Pipeline, alias: str) -> None:
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    sender.event(raw_article("first"))
    sender.flush()
    pipeline.until(lambda: pipeline.count("articles") == 1)
    name = pipeline.settings.named(alias)
    with pipeline.client() as client:
        # what Elasticsearch does itself when its disk reaches the flood stage
        client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": True})
        for n in range(100):
            sender.event(raw_article(f"a{n}"))
        sender.close()
        time.sleep(5)
        assert pipeline.count("articles") == 1
        assert pipeline.count("dead-letters") == 0
        client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})
    pipeline.until(lambda: pipeline.count("articles") == 101)
    pipeline.until_quiet()
    assert pipeline.count("dead-letters") == 0
