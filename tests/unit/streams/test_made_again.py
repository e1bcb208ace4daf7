"""A topic that is deleted and made again under a running worker is read from its start."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from faust.types import TP
from kafka import TopicPartition

from pipeline.errors import Fatal, Retry
from pipeline.streams import made_again
from pipeline.streams.faust_app import changelog
from pipeline.streams.faust_consumer import SafeConsumer
from pipeline.streams.lost_tables import lost_tables
from pipeline.streams.made_again import TopicIds, topic_ids
from pipeline.topics import ARTICLES_CURRENT, COMMENTS_CURRENT, STORY_BANDS
from pipeline.topology import worker_stages
from tests.support.memory import config

LOOKS: list[Any] = [
    {"articles.raw": "1"},
    {"articles.raw": "1", "comments.raw": "7"},
    Retry("Kafka is away"),
    {"comments.raw": "7"},
]


def run(looks: list[Any]) -> list[str]:
    """What is started again."""
    waiting = iter(looks)
    started: list[str] = []

    def read() -> Any:
        look = next(waiting, KeyError("no more looks"))
        if isinstance(look, Exception):
            raise look
        return look

    async def start_again(topics: Collection[str]) -> None:
        started.extend(topics)

    with pytest.raises((Fatal, KeyError)) as raised:
        asyncio.run(TopicIds(read, start_again).run())
    assert raised.errisinstance(Fatal) is bool(started)
    return started


def test_a_topic_with_another_id_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first records were passed over in silence: the position was that of the topic before."""
    monkeypatch.setattr(made_again, "EVERY", 0)
    assert run(LOOKS) == []
    assert run([*LOOKS, {"articles.raw": "2", "comments.raw": "7"}]) == ["articles.raw"]


def test_a_changelog_is_no_topic_to_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_again, "EVERY", 0)
    looks: list[Any] = [{"worker-articles-changelog": "1"}, {"worker-articles-changelog": "2"}]

    async def start_again(topics: Collection[str]) -> None:
        pytest.fail(f"started again: {topics}")

    with pytest.raises(Fatal, match="worker-articles-changelog: a table's changelog was deleted"):
        asyncio.run(TopicIds(lambda: looks.pop(0), start_again, ["worker-articles-changelog"]).run())


@pytest.mark.parametrize("form", ["chained", "apart"])
def test_tables_without_a_record_are_lost_where_records_were_processed(form: str) -> None:
    settings = config().settings.model_copy(update={"stages": form})
    stages = [stage for stage in worker_stages(settings) if stage.tables]
    logs = {name: changelog(stage, name, settings) for stage in stages for name in stage.tables}
    # whatever was read: all of it may have been refused
    committed = {TopicPartition(topic.full_name(settings), 1): 30 for stage in stages for topic in stage.reads}
    committed.pop(bands := TopicPartition(STORY_BANDS.full_name(settings), 1))
    empty = {TopicPartition(log, 0): 0 for log in logs.values()}
    assert list(lost_tables(settings, stages, committed, empty)) == []
    # articles and no comment: what only comments or embargoes feed is empty by right
    articles = {TopicPartition(ARTICLES_CURRENT.full_name(settings), 1): 20}
    comments = {TopicPartition(COMMENTS_CURRENT.full_name(settings), 1): 7}
    found = lost_tables(settings, stages, committed | {bands: 9}, empty | articles)
    assert list(found) == [(logs["revise-articles"], 20), (logs["match"], 9)]
    rows = {TopicPartition(logs[name], 0): 3 for name in ("revise-articles", "match")}
    assert list(lost_tables(settings, stages, committed | {bands: 9}, empty | articles | rows)) == []
    found = lost_tables(settings, stages, committed | {bands: 9}, empty | articles | comments | rows)
    assert list(found) == [(logs["revise-comments"], 7)]
    # a new pipeline has neither
    assert list(lost_tables(settings, stages, {}, empty)) == []


class Consumer(SafeConsumer):
    """Of two partitions, with its commits."""

    def __init__(self) -> None:
        self.committed: dict[TP, int] = {}
        self._committed_offset = {TP("articles.raw", 1): 40, TP("comments.raw", 1): 40}
        self._made_again = set()
        self._commit_fut = None

    def assignment(self) -> set[TP]:
        return {TP("articles.raw", 1), TP("comments.raw", 1)}

    async def earliest_offsets(self, *partitions: TP) -> dict[TP, int]:
        return dict.fromkeys(partitions, 0)

    async def _commit(self, offsets: Any) -> bool:
        self.committed |= offsets
        return True


def test_its_beginning_is_committed() -> None:
    consumer = Consumer()
    asyncio.run(consumer.start_again(["articles.raw"]))
    assert consumer.committed == {TP("articles.raw", 1): 0}
    # a batch that is still in progress has offsets of the topic before
    assert not consumer._should_commit(TP("articles.raw", 1), 41)
    assert consumer._should_commit(TP("comments.raw", 1), 41)


def test_a_commit_that_is_on_its_way_is_not_the_last_word() -> None:
    async def run() -> dict[TP, int]:
        consumer = Consumer()
        consumer._commit_fut = asyncio.get_running_loop().create_future()
        again = asyncio.create_task(consumer.start_again(["articles.raw"]))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not consumer.committed
        await consumer._commit({TP("articles.raw", 1): 40})
        consumer._commit_fut.set_result(None)
        await again
        return consumer.committed

    assert asyncio.run(run()) == {TP("articles.raw", 1): 0}


def test_a_topic_that_the_worker_was_not_given_is_looked_at_again() -> None:
    """What was committed of the topic before would stay, and its partitions' next worker would pass over their beginnings."""
    consumer = Consumer()
    ids = iter([{"pages.raw": "a"}, {"pages.raw": "b"}])
    topics = TopicIds(lambda: next(ids), consumer.start_again)

    async def run() -> None:
        await topics.look()
        with pytest.raises(TimeoutError):
            await topics.look()

    asyncio.run(run())
    assert topics._known == {"pages.raw": "a"}, "the next look finds it made again once more"


def test_topics_that_are_gone_and_brokers_without_ids_name_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Admin:
        def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
            return [
                {"name": "a", "error_code": 0, "topic_id": "00000000-0000-0000-0000-0000000000a1"},
                {"name": "b", "error_code": 3, "topic_id": "00000000-0000-0000-0000-0000000000a2"},
                {"name": "c", "error_code": 0, "topic_id": "00000000-0000-0000-0000-000000000000"},
                {"name": "d", "error_code": 0},
            ]

        def close(self) -> None: ...

    monkeypatch.setattr(made_again, "admin_client", lambda settings: Admin())
    assert topic_ids(config().settings, "abcd") == {"a": "00000000-0000-0000-0000-0000000000a1"}
