from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from kafka import TopicPartition

from pipeline.operations import trace
from pipeline.operations.trace import Unknown, followed, trace_item
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, Topic
from pipeline.topology import topics

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
ID = UUID("886313e1-3b8a-5372-9b90-0c9aee199e5d")
PROCESSED = {
    "received": "2026-03-14T08:20:00+00:00",
    "normalized": "2026-03-14T08:20:01+00:00",
    "enriched": "2026-03-14T08:20:02+00:00",
    "revised": "2026-03-14T08:20:03+00:00",
}


def names(wanted: Any) -> set[str]:
    return {topic.name for topic in topics(SETTINGS) if wanted(topic)}


def test_a_trace_follows_an_article_or_a_comment_and_not_both() -> None:
    article, comment = (names(lambda topic, c=c: followed(topic, comment=c)) for c in (False, True))
    assert article & comment == {"dead-letters", "visibility-timers", "transfers"}
    assert all(name.startswith("articles.") for name in article - comment)
    assert all(name.startswith("comments.") for name in comment - article)
    assert {"articles.raw", "articles.history"} <= article


class World:
    """A record of the article in each topic, and what was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, indexed: bool) -> None:
        self.read: set[str] = set()
        self.polls = 0
        self.now = 0.0
        self.event: dict[str, Any] = {"type": "x", "id": "1"}
        hit = {"_index": "articles-1", "_id": str(ID), "_version": 7, "_source": self._source()}
        self.hits = [hit] if indexed else []
        self.times: dict[TopicPartition, Any] = {}
        monkeypatch.setattr(trace, "open_client", self._open)
        monkeypatch.setattr(trace, "open_reader", self._open)
        monkeypatch.setattr(trace, "read_to_end", self._read)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def _source(self) -> dict[str, Any]:
        return {"article_id": str(ID), "standing": "public", "publisher": "wire", "processed": PROCESSED}

    @contextmanager
    def _open(self, *_: Any, **__: Any) -> Iterator[World]:
        yield self

    def options(self, **_: Any) -> World:
        return self

    def search(self, **_: Any) -> dict[str, Any]:
        return {"hits": {"hits": self.hits}}

    def partitions_for_topic(self, name: str) -> set[int]:
        return set(range(SETTINGS.partitions))

    def offsets_for_times(self, wanted: Any) -> dict[TopicPartition, Any]:
        return dict.fromkeys(wanted)

    def _read(
        self, reader: Any, starts: Mapping[TopicPartition, int], *, progress: Callable[[int, int], None]
    ) -> Iterator[Any]:
        for tp in starts:
            self.read.add(tp.topic)
            event = json.dumps(self.event).encode()
            yield SimpleNamespace(
                topic=tp.topic, partition=tp.partition, offset=0, key=str(ID).encode(), value=event, headers=[],
                timestamp=1_773_476_400_000,
            )  # fmt: skip
            self.polls += 1
            self.now += 1
            progress(self.polls, len(starts))


def full(topic: Topic) -> str:
    return topic.full_name(SETTINGS)


def test_a_trace_reads_every_topic_of_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, indexed=True)
    found = trace_item(SETTINGS, str(ID))
    assert {full(ARTICLES_RAW), full(ARTICLES_CURRENT)} <= world.read
    assert found["complete"]


def test_a_quick_look_reads_no_compacted_topic_where_the_index_has_the_article(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, indexed=True)
    found = trace_item(SETTINGS, str(ID), seconds=60)
    assert full(ARTICLES_RAW) in world.read
    assert not {name for name in world.read if name.endswith(("current", "history"))}
    current = next(step for step in found["steps"] if step["topic"] == ARTICLES_CURRENT.name)
    assert current["at"] == "2026-03-14T08:20:03.000+00:00"
    assert current["times"] == {name: PROCESSED[name] for name in ("normalized", "enriched", "revised")}
    assert found["complete"]


def test_a_quick_look_of_what_is_not_indexed_yet_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, indexed=False)
    found = trace_item(SETTINGS, str(ID), seconds=60)
    assert full(ARTICLES_CURRENT) in world.read
    assert found["complete"]


@pytest.mark.parametrize(
    "data",
    [None, [], {"publisher": "wire"}, {"publisher": "wire", "claims": 1}, {"publisher": "wire", "claims": ["guid:1"]},
     {"publisher": "wire", "claims": [{"scheme": "odd", "value": "1"}]}, {"publisher": ["wire"], "claims": []}],
)  # fmt: skip
def test_a_step_names_a_sender_only_where_its_event_does(monkeypatch: pytest.MonkeyPatch, data: Any) -> None:
    world = World(monkeypatch, indexed=False)
    world.event["data"] = {"publisher": "wire", "claims": [{"scheme": "guid", "value": "urn:1"}]}
    sender = {"publisher": "wire", "claims": ["guid:urn:1"]}
    assert all(sender.items() <= step.items() for step in trace_item(SETTINGS, str(ID))["steps"])
    world.event["data"] = data
    steps = trace_item(SETTINGS, str(ID))["steps"]
    assert steps
    assert not any({"publisher", "claims"} & step.keys() for step in steps)


def test_a_quick_look_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, indexed=False)
    found = trace_item(SETTINGS, str(ID), seconds=1.5)
    assert (world.polls, found["complete"]) == (2, False)
    assert found["steps"], "what was found until then"


def test_a_look_that_is_not_quick_reads_the_compacted_topics_last(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, indexed=True)
    found = trace_item(SETTINGS, str(ID), seconds=600, quick=False)
    assert full(ARTICLES_CURRENT) in world.read
    assert all("offset" in step for step in found["steps"])
    cut = World(monkeypatch, indexed=True)
    found = trace_item(SETTINGS, str(ID), seconds=1.5, quick=False)
    assert full(ARTICLES_RAW) in cut.read
    assert full(ARTICLES_CURRENT) not in cut.read
    assert not found["complete"]
    (instead,) = [step for step in found["steps"] if step["topic"] == ARTICLES_CURRENT.name]
    assert "offset" not in instead, "its document stands for it"


def test_what_is_unknown_names_its_dead_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    source = {"stage": "ingest", "reason": "no-text", "detail": "there is no text"}
    answers = [[], [{"_id": "0-18", "_source": source}, {"_id": "0-17", "_source": source}]]
    world = World(monkeypatch, indexed=False)
    monkeypatch.setattr(world, "search", lambda **_: {"hits": {"hits": answers.pop(0)}})
    with pytest.raises(Unknown, match="ingest refused it .*dead-letters show 0-18") as raised:
        trace_item(SETTINGS, "https://news.example/a")
    assert raised.value.letters == ("0-18", "0-17")
