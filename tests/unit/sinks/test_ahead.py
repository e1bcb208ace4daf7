"""Reading ahead: from behind each batch to the end, each record once, and never further than can be remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError, UnsupportedCodecError

from pipeline.settings import Settings
from pipeline.sinks import ahead as aheads
from pipeline.sinks.ahead import ReadAhead
from pipeline.sinks.sink import Records
from pipeline.topics import ARTICLES_CURRENT, STORIES, Topic

TP = TopicPartition("articles.current", 0)
OTHER = TopicPartition("stories", 0)


class World:
    """A log of `end` records in one partition; a foresight that remembers at most `most`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, end: int, most: int = 1000) -> None:
        self.end, self.most = end, most
        self.foreseen = frozenset({ARTICLES_CURRENT})
        self.seen: list[int] = []
        self.forgotten = 0
        self.failures = 0
        self.error: Exception = KafkaTimeoutError("away")
        self.opened = 0
        self.waits: list[str] = []
        self.mine = {TP, OTHER}
        self.fetched: int | None = None
        """The end as the main consumer's last fetch saw it, where that is not `end`."""
        self.grows = 0
        """How much more comes while it is read."""
        monkeypatch.setattr(aheads, "consumer", self._open)
        monkeypatch.setattr(aheads, "read_to_end", self._read)
        monkeypatch.setattr(aheads, "_CHUNK", 5)
        topics = {TP.topic: ARTICLES_CURRENT, OTHER.topic: STORIES}
        self.ahead = ReadAhead(Settings(_env_file=None), topics, self, self._wait)

    def _wait(self, seconds: float, why: str = "") -> None:
        self.waits.append(why)
        self.ahead.waited(self.mine)

    def _read(
        self, reader: Any, starts: Mapping[TopicPartition, int], progress: Callable[[int, int], None]
    ) -> Iterator[Any]:
        if self.failures:
            self.failures -= 1
            raise self.error
        end, self.end, self.grows = self.end, self.end + self.grows, 0
        self.reached = end
        for tp, start in starts.items():
            for offset in range(start, end):
                yield record(tp, offset)
        if end < self.end:
            progress(0, 0)

    def _open(self, *_: Any, **__: Any) -> World:
        self.opened += 1
        return self

    def close(self, autocommit: bool) -> None:
        pass

    def assignment(self) -> set[TopicPartition]:
        return self.mine

    def highwater(self, tp: TopicPartition) -> int:
        return self.end if self.fetched is None else self.fetched

    def end_offsets(self, tps: list[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        if self.failures:
            self.failures -= 1
            raise self.error
        return dict.fromkeys(tps, self.end)

    def position(self, tp: TopicPartition) -> int:
        return self.reached

    def foresee(self, records: Records) -> bool:
        self.seen += [one.offset for one, _ in records]
        return len(self.seen) < self.most

    def forget(self, topic: Topic, partition: int) -> None:
        self.forgotten += 1

    def cover(self, first: int, after: int, tp: TopicPartition = TP) -> None:
        self.ahead.cover(self, {tp: [record(tp, offset) for offset in range(first, after)]})


def record(tp: TopicPartition, offset: int) -> Any:
    return SimpleNamespace(topic=tp.topic, partition=tp.partition, offset=offset, key=b"", value=b"", headers=[])


def test_each_record_is_read_ahead_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=20)
    world.cover(0, 4)
    assert world.seen == list(range(4, 20))
    world.end = 23  # more has come
    world.cover(4, 8)
    world.cover(8, 12)
    assert world.seen == list(range(4, 23))


def test_who_is_not_behind_reads_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=4)
    world.cover(0, 4)
    world.cover(0, 4, OTHER)
    assert world.seen == []


def test_what_has_come_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=20)
    world.cover(0, 4)
    world.forgotten = 0
    world.cover(16, 20)
    assert world.forgotten == 0
    world.end = 24
    world.cover(21, 24)
    assert world.forgotten == 1


def test_a_partition_that_is_given_away_is_forgotten_and_read_again_when_it_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, end=10)
    world.cover(0, 4)
    world.mine = {OTHER}
    world.cover(0, 4, OTHER)
    world.mine = {TP, OTHER}
    world.seen.clear()
    world.cover(2, 4)
    assert world.seen == list(range(4, 10))


@pytest.mark.parametrize("said", [True, False], ids=["its id has changed", "its offsets begin anew"])
def test_a_topic_that_was_made_again_is_read_ahead_from_its_start(monkeypatch: pytest.MonkeyPatch, said: bool) -> None:
    world = World(monkeypatch, end=1000)
    world.cover(8, 12)
    world.seen.clear()
    world.forgotten, world.end = 0, 50
    if said:
        world.ahead.restart(TP)
        assert world.forgotten
    world.cover(0, 4)
    assert world.forgotten, "a hidden version of the old topic supersedes nothing of the new one"
    assert world.seen == list(range(4, 50))


def test_what_can_not_be_remembered_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=20, most=10)
    world.cover(0, 2)
    assert world.seen == list(range(2, 12))
    world.most = 1000
    world.cover(2, 4)
    assert set(world.seen) == set(range(2, 20)), "nothing between is left out"


def test_kafka_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=8)
    world.failures = 2
    world.cover(0, 4)
    assert world.seen == [4, 5, 6, 7]
    assert world.waits == ["Kafka does not answer (KafkaTimeoutError)"] * 2
    assert world.opened == 3, "a reader that has failed isn't used again"


def test_what_came_while_the_sink_waited_is_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=12)
    world.fetched = 8
    world.cover(0, 4)
    assert world.seen == [4, 5, 6, 7, 8, 9, 10, 11]
    world.end = 16
    world.cover(4, 8)
    assert len(world.seen) == 8, "without a wait the last fetch is new enough"
    world.ahead.waited(world.mine)
    world.cover(8, 12)
    assert world.seen == list(range(4, 16))


def test_after_a_wait_the_batch_in_hand_is_covered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=8)
    world.cover(0, 4)
    world.end, world.fetched, world.forgotten = 12, 8, 0
    world.ahead.waited(world.mine)
    world.ahead.cover_again(world)
    assert world.seen == [4, 5, 6, 7, 8, 9, 10, 11]
    assert not world.forgotten
    world.mine = {OTHER}
    world.end = 16
    world.ahead.waited(world.mine)
    world.ahead.cover_again(world)
    assert len(world.seen) == 8, "a partition that was given away is another's"


def test_what_comes_while_it_is_read_for_long_is_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aheads, "_KEEP_PLACE", 0.0)
    world = World(monkeypatch, end=8)
    world.grows = 4
    world.cover(0, 4)
    assert world.seen == list(range(4, 12))


def test_what_can_not_be_read_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, end=8)
    world.failures, world.error = 1, UnsupportedCodecError("zstd")
    with pytest.raises(UnsupportedCodecError):
        world.cover(0, 4)
    assert world.waits == []
