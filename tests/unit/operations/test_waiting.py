"""Waiting until stages are through, with what they have committed and read given."""

from __future__ import annotations

import time

import pytest
from kafka import TopicPartition

from pipeline.operations import waiting
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, TRANSFERS
from pipeline.topology import INDEX, chain
from tests.support.waiting import PATIENCE

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
CHAIN = (*chain(SETTINGS), INDEX)


class Broker:
    """Ends of every partition; `left` has, by stage, how many more questions it takes until the stage is through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: dict[str, int]) -> None:
        self.left, self.asked = left, dict[str, list[waiting.Positions]]()
        monkeypatch.setattr(waiting, "_ends", self._ends)
        monkeypatch.setattr(waiting, "passed", self._passed)
        monkeypatch.setattr(time, "sleep", lambda _: None)

    def _ends(self, settings: Settings, topics: tuple[object, ...], partitions: set[int] | None) -> waiting.Positions:
        return {TopicPartition(getattr(topic, "name"), n): 1 for topic in topics for n in partitions or {0, 1, 2}}  # noqa: B009

    def _passed(self, settings: Settings, stage: Stage, positions: waiting.Positions) -> bool:
        self.asked.setdefault(stage.name, []).append(positions)
        self.left[stage.name] = self.left.get(stage.name, 0) - 1
        return self.left[stage.name] < 0


def test_each_stage_is_waited_for_and_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    broker, seen = Broker(monkeypatch, {"revise": 3, "index": 2}), list[str]()
    deadline = time.monotonic() + PATIENCE
    assert waiting.gone_through(SETTINGS, CHAIN, deadline, {2}, lambda stage: seen.append(stage.name)) is None
    assert seen == ["revise", "index"]
    raw, own = broker.asked["revise"][0], broker.asked["revise"][-1]
    assert {tp.partition for positions in (raw, own, broker.asked["index"][0]) for tp in positions} == {2}
    assert TopicPartition(ARTICLES_RAW.name, 2) in raw
    assert TopicPartition(TRANSFERS.name, 2) in own, "what revise sent to itself meanwhile"
    assert TopicPartition(ARTICLES_RAW.name, 2) not in own, "but not what others sent meanwhile"
    assert TopicPartition(ARTICLES_CURRENT.name, 2) in broker.asked["index"][0]


@pytest.mark.parametrize("stopped", ["revise", "index"])
def test_a_stage_that_does_not_come_through_is_named(monkeypatch: pytest.MonkeyPatch, stopped: str) -> None:
    broker = Broker(monkeypatch, {stopped: 1_000_000})
    behind = waiting.gone_through(SETTINGS, CHAIN, time.monotonic() - 1)
    assert behind is not None
    assert behind.name == stopped
    assert ("index" in broker.asked) == (stopped == "index"), "what comes after it isn't asked"
