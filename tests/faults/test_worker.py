"""The worker beside ordinary engines: records of which it dies, topics that others have made again, strangers in its group."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable

import pytest

from pipeline.kafka.clients import admin_client, ensure_topics
from pipeline.streams.journal import Journal
from pipeline.streams.state_folder import state_folder
from pipeline.topics import ARTICLES_RAW, DEAD_LETTERS
from tests.conftest import Pipeline
from tests.faults import LONG, faulty
from tests.faults.test_engines import engine
from tests.support.builders import id_of, raw_article
from tests.support.forking import FAULT
from tests.support.sender import Sender


def faults(name: Callable[[], None]) -> dict[str, str]:
    return {FAULT: f"{name.__module__}:{name.__name__}"}


def send(pipeline: Pipeline, *names: str, text: str = "Text.") -> None:
    sender = Sender(pipeline.settings)
    for name in names:
        sender.event(raw_article(name, text=text))
    sender.close()


def test_a_record_of_which_only_the_worker_dies_is_found(make_pipeline: Callable[..., Pipeline]) -> None:
    """It is in what is sent, so no other process finds it: the batch is tried in ever smaller parts."""
    pipeline = make_pipeline(partitions=1)
    pipeline.started_again.add(-signal.SIGKILL)
    ensure_topics(pipeline.settings)
    good = [f"a{n}" for n in range(4)]
    send(pipeline, *good[:2])
    send(pipeline, "deadly", text=faulty.MARK)
    send(pipeline, *good[2:])
    pipeline.start("worker", **faults(faulty.dies_of_marked))
    pipeline.start("indexer")
    pipeline.until(lambda: pipeline.count("articles") == len(good) and pipeline.count(DEAD_LETTERS.name) == 1, 150)
    pipeline.until_quiet()
    (letter,) = pipeline.documents(DEAD_LETTERS.name).values()
    assert (letter["reason"], letter["key"]) == ("failed", str(id_of("deadly")))
    assert set(pipeline.documents("articles")) == {str(id_of(name)) for name in good}
    send(pipeline, "after")
    pipeline.until(lambda: pipeline.count("articles") == len(good) + 1)
    status = pipeline.command("status")
    assert status.returncode == 1
    assert json.loads(pipeline.command("status", "--json").stdout)["refusals"]["revise"]["failed_last_hour"] == 1


def test_a_worker_outside_of_its_group_does_not_count_as_dead(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    note = state_folder(pipeline.settings.model_copy(update={"local_dir": pipeline.folder})) / "revise.in-progress"
    pipeline.start("worker", **faults(faulty.never_done_with_marked))
    send(pipeline, "slow", text=faulty.SLOW)
    pipeline.until(note.exists)
    assert Journal(note).deaths == 1, "so would a kill count"
    broker = engine(pipeline.engines, "kafka.Kafka")
    broker.send_signal(signal.SIGSTOP)
    try:
        worker = pipeline.children.pop("worker")
        assert worker.wait(60) == 70
    finally:
        broker.send_signal(signal.SIGCONT)
    assert "outside of the consumer group" in pipeline.log("worker")
    assert Journal(note).deaths == 0


def test_a_topic_made_again_is_read_from_its_start(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer", **faults(faulty.looks_often))
    pipeline.until(lambda: "partitions_ready" in pipeline.log("worker"))
    send(pipeline, *(f"before-{n}" for n in range(20)))
    pipeline.until(lambda: pipeline.count("articles") == 20)
    name = ARTICLES_RAW.full_name(pipeline.settings)
    admin = admin_client(pipeline.settings)
    try:
        admin.delete_topics([name])
        pipeline.until(lambda: name not in admin.list_topics())
        ensure_topics(pipeline.settings)
    finally:
        admin.close()
    send(pipeline, *(f"after-{n}" for n in range(60)))
    pipeline.until(lambda: pipeline.count("articles") == 80, 60)
    assert "topic_made_again" in pipeline.log("worker")
