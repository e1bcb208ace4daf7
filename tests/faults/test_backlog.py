"""More waits than a worker's buffers hold, and an engine that doesn't answer: the worker goes on, or says what is wrong."""

from __future__ import annotations

import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.kafka.clients import ensure_topics
from pipeline.local.engines import LocalEngines, Running
from pipeline.operations.status import lag, lags
from pipeline.process.ports import free_port
from pipeline.settings import load_settings
from tests.conftest import PARTITIONS, Pipeline
from tests.faults import LONG
from tests.faults.test_engines import engine
from tests.faults.test_engines import own as own
from tests.support.builders import raw_article, raw_comment
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

BACKLOG = 20_000 if LONG else 3_000


def test_a_backlog_is_drained_by_one_worker_that_never_leaves(make_pipeline: Callable[..., Pipeline]) -> None:
    pipeline = make_pipeline()
    ensure_topics(pipeline.settings)
    sender = Sender(pipeline.settings)
    for n in range(BACKLOG):
        if n % 100 == 0:
            sender.event(raw_article(f"a{n // 100}"))
        sender.event(raw_comment(f"a{n // 100}", n))
    sender.close()
    pipeline.start("worker")
    worker = pipeline.children["worker"]
    pipeline.until(lambda: sum(n for name, n in lags(pipeline.settings).items() if name != "index") == 0, 1200)
    assert pipeline.children["worker"] is worker, "it left and was started again"
    pipeline.start("indexer")
    pipeline.until(lambda: lag(pipeline.settings) == 0)
    assert pipeline.count("comments") == BACKLOG
    assert pipeline.count("dead-letters") == 0


def readyz(port: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError as e:
        return 0, str(e)


@pytest.mark.skipif(not LONG, reason="in the long form: make faults")
def test_a_worker_is_not_ready_while_kafka_does_not_answer(own: tuple[LocalEngines, Running]) -> None:
    _, running = own
    folder = Path(tempfile.mkdtemp(prefix="dateline-test-", dir="/var/tmp"))
    settings = load_settings(
        kafka_servers=running.kafka_servers,
        elasticsearch_url=running.elasticsearch_url,
        namespace="r",
        partitions=PARTITIONS,
    )
    pipeline, port = Pipeline(settings, running, folder), free_port()
    try:
        pipeline.start("worker", DATELINE_WORKER_PORT=str(port))
        pipeline.until(lambda: readyz(port)[0] == 200)
        kafka = engine(running, "kafka.Kafka")
        kafka.suspend()
        try:
            _, body = pipeline.until(lambda: found if (found := readyz(port))[0] == 503 else None)
        finally:
            kafka.resume()
        assert "Kafka doesn't answer" in body
        pipeline.until(lambda: readyz(port)[0] == 200)
    finally:
        pipeline.end()
        shutil.rmtree(folder, ignore_errors=True)
