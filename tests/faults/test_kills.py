"""SIGKILL of the worker and of the sink at random moments, while articles keep coming in: none lost, none twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from kafka import TopicPartition

from pipeline.kafka.clients import consumer, ensure_topics
from pipeline.operations.status import documents
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, DEAD_LETTERS
from tests.conftest import Pipeline
from tests.faults import FORMS, LONG
from tests.support.builders import id_of, raw_article, raw_comment
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

ARTICLES = 15_000 if LONG else 1000
REVISIONS = 2
SECONDS = 480.0 if LONG else 14.0


@FORMS
def test_kills_under_live_input_lose_nothing_and_double_nothing(make_pipeline, form: str) -> None:  # type: ignore[no-untyped-def]
    pipeline: Pipeline = make_pipeline(batch_size=100, stages=form)
    ensure_topics(pipeline.settings)
    seed = int(os.environ.get("DATELINE_TEST_SEED", time.time_ns() % 100_000))
    print(f"DATELINE_TEST_SEED={seed}")
    rng = random.Random(seed)
    with ThreadPoolExecutor(1) as beside:  # what is fed ends with the test, however that ends
        feeding = beside.submit(_feed, pipeline)
        pipeline.start("worker", "indexer")
        kills: Counter[str] = Counter()
        while not feeding.done() or sum(kills.values()) < 3:
            time.sleep(rng.uniform(1.5, 6))
            victim = rng.choice(["worker", "indexer"])
            pipeline.kill(victim)
            kills[victim] += 1
            time.sleep(rng.uniform(0, 0.5))
            pipeline.start(victim)
        feeding.result()
    pipeline.until(lambda: documents(pipeline.settings).get("articles", 0) >= ARTICLES)
    pipeline.until_quiet()

    shown = pipeline.documents("articles")
    wanted = {str(id_of(f"a{n}")) for n in range(ARTICLES)}
    assert set(shown) == wanted
    assert {article["body"] for article in shown.values()} == {f"Version {REVISIONS - 1}."}, (
        "the last version stands everywhere"
    )
    with pipeline.client() as client:
        history = client.count(index=pipeline.settings.named("history"))["count"]
        assert client.count(index=pipeline.settings.named("articles-hidden"))["count"] == 0
    assert history == ARTICLES * (REVISIONS - 1), "each earlier version is in history, once"
    comments = pipeline.documents("comments")
    assert len(comments) == ARTICLES // 10
    assert _records(pipeline, ARTICLES_RAW.full_name(pipeline.settings)) == ARTICLES * REVISIONS
    assert _records(pipeline, COMMENTS_RAW.full_name(pipeline.settings)) == ARTICLES // 10
    assert _records(pipeline, DEAD_LETTERS.full_name(pipeline.settings)) == 0
    print(f"kills: {dict(kills)}")


def test_a_worker_told_to_stop_leaves_in_order(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    for n in range(50):
        sender.event(raw_article(f"a{n}"))
    sender.close()
    pipeline.until(lambda: documents(pipeline.settings).get("articles", 0) == 50)
    worker, indexer = pipeline.children.pop("worker"), pipeline.children.pop("indexer")
    for child in (worker, indexer):
        child.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert indexer.wait(PATIENCE) == 0


def _feed(pipeline: Pipeline) -> None:
    sender = Sender(pipeline.settings)
    started = time.monotonic()
    for at in range(REVISIONS):
        for n in range(ARTICLES):
            sender.event(raw_article(f"a{n}", at=at, text=f"Version {at}."))
            if at == 0 and n % 10 == 0:
                sender.event(raw_comment(f"a{n}", 1))
            due = started + SECONDS * (at * ARTICLES + n) / (ARTICLES * REVISIONS)
            if (ahead := due - time.monotonic()) > 0:
                time.sleep(ahead)
    sender.close()


def _records(pipeline: Pipeline, topic: str) -> int:
    reader = consumer(pipeline.settings)
    try:
        return int(
            sum(reader.end_offsets([TopicPartition(topic, p) for p in range(pipeline.settings.partitions)]).values())
        )
    finally:
        reader.close()
