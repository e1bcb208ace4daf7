"""What comes before a record that hides its item isn't written, and what comes after it is."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pipeline.index.batch import remove_hidden, write_batch
from pipeline.index.bulk import Bulk, Settled
from pipeline.index.hidden import HiddenVersions
from pipeline.index.requests import Operation
from pipeline.outcomes import Outcome
from pipeline.topics import ARTICLES_CURRENT, COMMENTS_CURRENT, ConsumedRecord, Headers, Record
from schemas.event import EventType
from tests.support.builders import article_event, comment_event, kill_event, minutes
from tests.support.memory import of, revise, revise_tables
from tests.unit.index.test_bulk import Server, failure

Consumed = list[tuple[ConsumedRecord, Headers]]


class FakeBulk:
    """Notes what it is asked to write."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def divide(self, count: int) -> int:
        return max(1, count)

    def begin(self, operations: list[Operation]) -> list[Operation]:
        self.operations += operations
        return operations

    def finish(self, begun: list[Operation], wanted: Any = None) -> Settled:
        return Settled(done=len(begun))

    def write(self, operations: list[Operation], wanted: Any = None) -> Settled:
        return self.finish(self.begin(operations))

    def indexed(self) -> list[str]:
        return [one.index for one in self.operations if one.document]

    def removed(self) -> list[str]:
        return [one.index for one in self.operations if one.document is None]


def records(*events: Any) -> Consumed:
    """The current records after each of these events, in their own batches."""
    tables, found = revise_tables(), []
    for n, event in enumerate(events):
        batch = revise(tables)
        batch.apply(event, minutes(n))
        found += of(batch.run_all(minutes(n)), ARTICLES_CURRENT, COMMENTS_CURRENT)
    return [(consumed(record, n), []) for n, record in enumerate(found)]


def consumed(record: Record, offset: int) -> ConsumedRecord:
    return ConsumedRecord(record.topic, 0, offset, record.key, record.encoded())


LIVES: dict[str, tuple[list[Any], list[str]]] = {
    "killed": ([article_event(), kill_event(at=1)], []),
    "embargoed": ([article_event(), article_event(at=1, embargo=minutes(600))], []),
    "back again": (
        [
            article_event(),
            kill_event(at=1),
            kill_event(at=2, type_=EventType.ARTICLE_REINSTATED),
            article_event(at=3, text="New."),
        ],
        ["articles"],
    ),
    "with a comment": ([article_event(), comment_event(), kill_event(at=1)], []),
}


@pytest.mark.parametrize("life", LIVES)
def test_only_what_stands_at_the_end_is_ever_shown(life: str) -> None:
    events, shown = LIVES[life]
    backlog = records(*events)
    hidden, bulk = HiddenVersions(), FakeBulk()
    remove_hidden(iter(backlog[1:]), bulk, hidden)  # type: ignore[arg-type]
    assert bulk.indexed() == []
    for one in backlog:
        write_batch([one], bulk, hidden)  # type: ignore[arg-type]
    assert [index for index in bulk.indexed() if not index.endswith("-hidden")] == shown
    assert "articles" in bulk.removed(), "also what was shown before the backlog"


def test_what_is_superseded_is_counted() -> None:
    backlog = records(article_event(), kill_event(at=1))
    hidden = HiddenVersions()
    remove_hidden(iter(backlog), FakeBulk(), hidden)  # type: ignore[arg-type]
    outcome = write_batch(backlog[:1], FakeBulk(), hidden)  # type: ignore[arg-type]
    assert +outcome.tally == {Outcome.SUPERSEDED: 1}


def test_what_is_superseded_while_elasticsearch_is_waited_for_is_not_written() -> None:
    """A kill that came in the meantime; the article would be shown until the kill is written."""
    first, kill = records(article_event(), kill_event(at=1))
    hidden, server = HiddenVersions(), Server(failure(503))

    def wait(seconds: float, why: str = "") -> None:
        remove_hidden(iter([kill]), bulk, hidden)

    bulk = Bulk(cast(Any, server), lambda name: name, 1000, wait)
    try:
        outcome = write_batch([first], bulk, hidden)
    finally:
        bulk.close()
    assert +outcome.tally == {Outcome.SUPERSEDED: 1}
    assert server.written == [], "only removals"


def test_a_version_above_the_hidden_one_is_written_whatever_its_offset() -> None:
    first, kill, *_, last = records(*LIVES["back again"][0])
    hidden = HiddenVersions()
    assert hidden.note(kill[0])
    assert hidden.supersedes(first[0], 1)
    bulk = FakeBulk()
    write_batch([last], bulk, hidden)  # type: ignore[arg-type]
    assert "articles" in bulk.indexed()


def test_what_can_not_be_read_is_left_for_its_turn() -> None:
    hidden = HiddenVersions()
    for value in (None, b"", b"garbage", b"[]", b'{"data":1}', b'{"data":{"visibility":null,"version":1}}'):
        assert not hidden.note(ConsumedRecord(ARTICLES_CURRENT, 0, 0, b"key", value))


def test_what_is_remembered_is_bounded_and_forgotten_with_its_partition() -> None:
    hidden = HiddenVersions(most=2)
    for n in range(2):
        assert not hidden.full
        (_, kill) = records(article_event(f"a{n}"), kill_event(f"a{n}", at=1))
        assert hidden.note(kill[0])
        assert not hidden.note(kill[0]), "once"
    assert hidden.full
    hidden.forget(ARTICLES_CURRENT, 0)
    assert not hidden.full
    assert not hidden.supersedes(kill[0], 0)


def test_a_public_record_is_not_read_to_find_that_it_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_json(_: bytes) -> None:
        raise AssertionError("it is read")

    tricky = article_event(text='"visibility":{"standing":"public"')
    (public, _), (kill, _) = records(article_event(), kill_event(at=1))
    (_, _), (quoting, _) = records(tricky, article_event(at=1, embargo=minutes(600), text='"visibility":{"standing":"public"'))  # fmt: skip
    hidden = HiddenVersions()
    assert hidden.note(kill)
    assert HiddenVersions().note(quoting), "what a text says doesn't count"
    monkeypatch.setattr("pipeline.index.hidden.from_json", from_json)
    assert not hidden.note(public)
