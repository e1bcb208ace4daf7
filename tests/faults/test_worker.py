"""The worker beside ordinary engines: records of which it dies, topics that others have made again, strangers in its group."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer
from kafka.admin import MemberToRemove

from pipeline.kafka.clients import admin_client, ensure_topics
from pipeline.streams.faust_app import changelog_topics
from pipeline.streams.journal import Journal
from pipeline.streams.state_folder import state_folder
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, DEAD_LETTERS
from pipeline.topology import group, worker_stages
from tests.conftest import Pipeline
from tests.faults import LONG, faulty
from tests.support.builders import id_of, raw_article
from tests.support.sender import Sender


def send(pipeline: Pipeline, *names: str, text: str = "Text.") -> None:
    sender = Sender(pipeline.settings)
    for name in names:
        sender.event(raw_article(name, text=text))
    sender.close()


def note_of(pipeline: Pipeline, stage: str = "revise") -> Journal:
    settings = pipeline.settings.model_copy(update={"local_dir": pipeline.folder})
    return Journal(state_folder(settings) / f"{stage}.in-progress")


@pytest.mark.skipif(not LONG, reason="in the long form: make faults")
def test_a_record_of_which_only_the_worker_dies_is_found(make_pipeline: Callable[..., Pipeline]) -> None:
    """It is in what is sent, so no other process finds it: the batch is tried in ever smaller parts."""
    pipeline = make_pipeline(partitions=1)
    pipeline.started_again.add(-signal.SIGKILL)
    ensure_topics(pipeline.settings)
    good = [f"a{n}" for n in range(4)]
    send(pipeline, *good[:2])
    send(pipeline, "deadly", text=faulty.MARK)
    send(pipeline, *good[2:])
    pipeline.start("worker", **faulty.variable(faulty.dies_of_marked))
    pipeline.start("indexer")
    pipeline.until(lambda: pipeline.count("articles") == len(good) and pipeline.count(DEAD_LETTERS.name) == 1)
    pipeline.until_quiet()
    (letter,) = pipeline.documents(DEAD_LETTERS.name).values()
    assert (letter["reason"], letter["key"]) == ("failed", str(id_of("deadly")))
    assert set(pipeline.documents("articles")) == {str(id_of(name)) for name in good}
    assert note_of(pipeline).deaths == 0
    send(pipeline, "after")
    pipeline.until(lambda: pipeline.count("articles") == len(good) + 1)
    pipeline.until_quiet()
    status = pipeline.command("status", "--json")
    assert status.returncode == 1
    assert json.loads(status.stdout)["refusals"]["revise"]["failed_last_hour"] == 1


@pytest.fixture
def stranger(pipeline: Pipeline) -> Iterator[Callable[[], Any]]:
    """Makes an ordinary consumer under the worker's group, which has the group for itself after the first poll."""
    made: list[Any] = []
    own = group(worker_stages(pipeline.settings)[0], pipeline.settings)

    def make() -> Any:
        consumer = KafkaConsumer(
            COMMENTS_RAW.full_name(pipeline.settings), bootstrap_servers=pipeline.settings.kafka_servers,
            group_id=own, client_id="stranger", session_timeout_ms=6000,
        )  # fmt: skip
        made.append(consumer)
        return consumer

    yield make
    for consumer in made:
        consumer.close()


def test_a_stranger_that_takes_the_group_is_named_and_no_record_is_blamed(
    pipeline: Pipeline, stranger: Callable[[], Any]
) -> None:
    ensure_topics(pipeline.settings)
    own = group(worker_stages(pipeline.settings)[0], pipeline.settings)
    pipeline.start("worker", **faulty.variable(faulty.never_done_with_marked))
    send(pipeline, "slow", text=faulty.SLOW)
    pipeline.until(lambda: note_of(pipeline).deaths == 1)  # as a kill would count
    worker = pipeline.children.pop("worker")
    other, admin = stranger(), admin_client(pipeline.settings)

    def taken() -> bool:
        members = admin.describe_groups([own])[own]["members"]
        if {one["client_id"] for one in members} == {"stranger"}:
            return True
        admin.remove_group_members(own, [MemberToRemove(one["member_id"]) for one in members])
        other.poll(timeout_ms=3000)
        return False

    pipeline.until(taken)
    pipeline.until(lambda: other.poll(timeout_ms=500) is not None and worker.poll() is not None)
    assert worker.returncode == 70
    assert "outside of the consumer group" in pipeline.log("worker")
    assert "another program" in pipeline.log("worker")
    assert note_of(pipeline).deaths == 0

    # the group is the stranger's already when the worker starts
    pipeline.start("worker", **faulty.variable(faulty.leaves_soon))
    worker = pipeline.children.pop("worker")
    try:
        pipeline.until(lambda: other.poll(timeout_ms=500) is not None and worker.poll() is not None)
    finally:
        print(pipeline.log("worker"))
    assert worker.returncode in (3, 70)
    assert "another program" in pipeline.log("worker").rsplit("process_exits", 1)[-1]
    other.close()
    admin.close()
    pipeline.start("worker", "indexer", **faulty.variable(faulty.leaves_soon))
    pipeline.until(lambda: pipeline.count("articles") == 1)

    # a stranger that comes later is not let in, and changes nothing
    late = stranger()

    def poll_once() -> bool:
        late.poll(timeout_ms=1000)
        return False

    with pytest.raises(Exception, match=r"InconsistentGroupProtocol|incompatible"):
        pipeline.until(poll_once)
    send(pipeline, "after")
    pipeline.until(lambda: pipeline.count("articles") == 2)


def test_a_topic_made_again_is_read_from_its_start(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer", **faulty.variable(faulty.looks_often))
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
    pipeline.until(lambda: pipeline.count("articles") == 80)
    assert "deleted and made again" in pipeline.log("worker")
    pipeline.until_quiet()
    assert pipeline.count(DEAD_LETTERS.name) == 0

    # the rows of a table go with its changelog: that is said, now and when the worker is started again
    lost = next(name for name in changelog_topics(pipeline.settings) if name.endswith("revise-articles-changelog"))
    assert "table_empty" not in pipeline.log("worker")
    admin = admin_client(pipeline.settings)
    try:
        admin.delete_topics([lost])
        pipeline.until(lambda: lost not in admin.list_topics())
        ensure_topics(pipeline.settings, more=changelog_topics(pipeline.settings))
    finally:
        admin.close()
    pipeline.until(lambda: any("table_empty" in line and lost in line for line in pipeline.log("worker").splitlines()))
    assert "changelog was deleted and made again; the rows in it are lost" in pipeline.log("worker")
    send(pipeline, "afterwards")
    pipeline.until(lambda: pipeline.count("articles") == 81)
