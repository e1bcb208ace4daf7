"""From one form of the flow to the other, while records are between the stages: nothing is lost on the way."""

from __future__ import annotations

import json

from kafka import TopicPartition

from pipeline.kafka.clients import consumer, ensure_topics
from pipeline.topics import ARTICLES_ENRICHED, ARTICLES_NORMALIZED, Topic
from tests.conftest import Pipeline
from tests.support.builders import id_of, raw_article, raw_comment, raw_patch
from tests.support.sender import Sender

ARTICLES = 150


def test_a_pipeline_goes_from_apart_to_chained_and_back(pipeline: Pipeline) -> None:
    pipeline.settings = pipeline.settings.model_copy(update={"stages": "apart", "batch_size": 10})
    ensure_topics(pipeline.settings)
    send(pipeline, "a")
    pipeline.start("worker")
    # it dies with records in both topics between the stages
    pipeline.until(lambda: written(pipeline, ARTICLES_NORMALIZED) > 40 and written(pipeline, ARTICLES_ENRICHED) > 20)
    pipeline.kill("worker")

    pipeline.settings = pipeline.settings.model_copy(update={"stages": "chained"})
    send(pipeline, "b")
    pipeline.start("worker", "indexer")
    pipeline.until(lambda: pipeline.count("articles") == 2 * ARTICLES)
    pipeline.until_quiet()
    check(pipeline, "a", "b")
    status = json.loads(pipeline.command("status", "--json").stdout)
    assert "normalize" not in status["stages"]
    assert "articles.normalized" in status["topics"], "it is there until an operator deletes it"

    pipeline.kill("worker")
    pipeline.settings = pipeline.settings.model_copy(update={"stages": "apart"})
    send(pipeline, "c")
    pipeline.start("worker")
    pipeline.until(lambda: pipeline.count("articles") == 3 * ARTICLES)
    pipeline.until_quiet()
    check(pipeline, "a", "b", "c")


def send(pipeline: Pipeline, prefix: str) -> None:
    sender = Sender(pipeline.settings)
    for n in range(ARTICLES):
        sender.event(raw_article(f"{prefix}{n}", text="First."))
        sender.event(raw_patch(f"{prefix}{n}", at=2, paragraphs=["Second, in Paris."]))
        sender.event(raw_comment(f"{prefix}{n}", 1))
    sender.close()


def check(pipeline: Pipeline, *prefixes: str) -> None:
    shown = pipeline.documents("articles")
    assert set(shown) == {str(id_of(f"{prefix}{n}")) for prefix in prefixes for n in range(ARTICLES)}
    assert {(one["body"], tuple(one["places"])) for one in shown.values()} == {("Second, in Paris.", ("Paris",))}
    assert pipeline.count("comments") == len(prefixes) * ARTICLES
    assert pipeline.count("dead-letters") == 0


def written(pipeline: Pipeline, topic: Topic) -> int:
    reader = consumer(pipeline.settings)
    try:
        tps = [TopicPartition(topic.full_name(pipeline.settings), n) for n in range(pipeline.settings.partitions)]
        return sum(reader.end_offsets(tps).values())
    finally:
        reader.close()
