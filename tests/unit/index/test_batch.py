"""A batch in parts: what is on its way while the rest is prepared, and what must not be shown meanwhile."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from pipeline.index import batch, projections
from pipeline.index.batch import write_batch
from pipeline.index.bulk import Bulk
from pipeline.outcomes import Outcome
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord, Headers
from schemas.event import EventType
from tests.support.builders import article_event, kill_event, minutes
from tests.support.waiting import PATIENCE
from tests.unit.index.test_bulk import Server
from tests.unit.index.test_hidden import Consumed, records

COUNT = 400


class Watched(Server):
    """Says when it has got a request, and answers when it may."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        self.indices: list[tuple[str, str]] = []
        """Index and id of each document that was to be indexed."""
        self._lock = threading.Lock()

    def bulk(self, operations: list[bytes], pipeline: str) -> Any:
        self.asked.set()
        assert self.may_answer.wait(PATIENCE)
        with self._lock:
            return super().bulk(operations, pipeline)


@contextmanager
def bulk(server: Server, waits: list[float] | None = None) -> Iterator[Bulk]:
    wait = lambda seconds, why="": None if waits is None else waits.append(seconds)  # noqa: E731
    made = Bulk(cast(Any, server), lambda name: name, 1000, wait)
    try:
        yield made
    finally:
        made.close()


def backlog(count: int) -> Consumed:
    return records(*(article_event(f"story {n}") for n in range(count)))


def test_the_first_part_is_on_its_way_while_the_rest_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    server, prepared = Watched(), 0

    def index_request(*arguments: Any) -> Any:
        nonlocal prepared
        prepared += 1
        assert prepared < COUNT or server.asked.wait(PATIENCE), "everything is prepared, and nothing was sent"
        return projections.index_request(*arguments)

    monkeypatch.setattr(batch, "index_request", index_request)
    with bulk(server) as to:
        outcome = write_batch(backlog(COUNT), to)
    assert outcome.tally[Outcome.INDEXED] == COUNT
    assert server.requests == [COUNT // 2] * 2


def test_two_parts_are_in_flight() -> None:
    both = threading.Barrier(2)

    class Both(Watched):
        def bulk(self, operations: list[bytes], pipeline: str) -> Any:
            both.wait(PATIENCE)
            return super().bulk(operations, pipeline)

    with bulk(Both()) as to:
        assert write_batch(backlog(COUNT), to).tally[Outcome.INDEXED] == COUNT


def test_what_a_later_part_kills_is_not_shown_by_an_earlier_one() -> None:
    first, kill = records(article_event("killed"), kill_event("killed", at=1))
    server = Watched()
    with bulk(server) as to:
        outcome = write_batch([first, *backlog(COUNT), kill], to)
    assert outcome.tally[Outcome.SUPERSEDED] == 1
    killed = (first[0].key or b"").decode()
    assert server.written.count(killed) == 1, "as hidden only"


def test_a_record_that_can_not_be_written_costs_its_part_nothing() -> None:
    good = backlog(COUNT)
    garbage = ConsumedRecord(ARTICLES_CURRENT, 0, 9, b"key", b"garbage")
    broken: tuple[ConsumedRecord, Headers] = (garbage, [])
    with bulk(Watched()) as to:
        outcome = write_batch([*good[:10], broken, *good[10:], broken], to)
    assert outcome.tally[Outcome.INDEXED] == COUNT
    assert [record.value for record, _ in outcome.rejected] == [b"garbage"] * 2


def test_a_part_that_is_refused_for_now_is_written_before_the_batch_is_done() -> None:
    server = Watched([429] * 200)
    with bulk(server) as to:
        outcome = write_batch(backlog(COUNT), to)
    assert outcome.tally[Outcome.INDEXED] == COUNT
    assert len(set(server.written)) == COUNT


def test_a_slow_server_does_not_make_the_indexer_look_as_if_it_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller requests, each of which takes long: together longer than a batch may be without a sign."""
    now, waits = [1000.0], list[float]()

    class Slow(Watched):
        def bulk(self, operations: list[bytes], pipeline: str) -> Any:
            now[0] += 20
            return super().bulk(operations, pipeline)

    some = backlog(COUNT)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with bulk(Slow(), waits) as to:
        to._pace.size = 50
        outcome = write_batch(some, to)
    assert outcome.tally[Outcome.INDEXED] == COUNT
    assert now[0] >= 1000 + 8 * 20
    assert len(waits) >= 3
    assert set(waits) == {0}


class Versions:
    """Applies bulk lines by the rule of external versions; refuses some for now. Knows what was ever public."""

    def __init__(self, rng: random.Random) -> None:
        self.documents: dict[tuple[str, str], tuple[int, Any]] = {}
        self.shown: set[str] = set()
        self._gone: dict[tuple[str, str], int] = {}
        self._rng, self._lock = rng, threading.Lock()

    def bulk(self, operations: list[bytes], pipeline: str) -> Any:
        time.sleep(self._rng.random() / 500)  # requests overtake one another
        with self._lock:
            rows, items = iter(operations), []
            for row in rows:
                ((kind, target),) = json.loads(row).items()
                document = json.loads(next(rows)) if kind == "index" else None
                items.append({kind: {"_id": target["_id"], "status": self._apply(target, document)}})
            return {"items": items}

    def _apply(self, target: dict[str, Any], document: Any) -> int:
        key, version = (target["_index"], target["_id"]), target["version"]
        if self._rng.random() < 0.2:
            return 429
        if version <= max(self.documents.get(key, (-1, None))[0], self._gone.get(key, -1)):
            return 409
        if document is None:
            self.documents.pop(key, None)
            self._gone[key] = version
        else:
            self.documents[key] = (version, document)
            if key[0] == "articles":
                self.shown.add(key[1])
        return 200

    def state(self) -> dict[tuple[str, str], int]:
        return {key: version for key, (version, _) in self.documents.items()}


def _life(rng: random.Random, name: str) -> list[Any]:
    """Some revisions of an article, perhaps an embargo, a kill, the end of one."""
    events: list[Any] = [article_event(name)]
    for at in range(1, rng.randint(1, 5)):
        events.append(
            rng.choice(
                [
                    article_event(name, at=at, text=f"At {at}."),
                    article_event(name, at=at, embargo=minutes(600)),
                    kill_event(name, at=at),
                    kill_event(name, at=at, type_=EventType.ARTICLE_REINSTATED),
                ]
            )
        )
    return events


@pytest.mark.parametrize("seed", range(8))
def test_in_parts_it_is_as_in_one_and_what_is_hidden_at_the_end_is_never_shown(seed: int) -> None:
    rng = random.Random(seed)
    lives = [records(*_life(rng, f"story {n}")) for n in range(40)]
    batch_: Consumed = []
    while left := [life for life in lives if life]:
        batch_.append(rng.choice(left).pop(0))  # in order for each article, mixed with others
    one, parts = Versions(random.Random(seed)), Versions(random.Random(seed + 1))
    for server, size in ((one, 10_000), (parts, rng.choice([3, 7, 20]))):
        made = Bulk(cast(Any, server), lambda name: name, size, lambda seconds, why="": None)
        try:
            outcome = write_batch(batch_, made)
        finally:
            made.close()
        assert not outcome.rejected
    assert parts.state() == one.state()
    public = {id_ for index, id_ in parts.state() if index == "articles"}
    assert parts.shown == public
