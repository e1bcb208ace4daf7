"""What is stored as an alert, whatever happens in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pipeline.errors import Retry
from schemas.saved_search import AlertKind
from tests.unit.alerts.memory import Died, Index, Topics, alerts, match, save, search

A, B = UUID(int=0xA), UUID(int=0xB)


def told(topics: Topics) -> list[tuple[int, UUID, str, int]]:
    return [(one.search_id.int, one.article_id, one.kind.value, one.version) for one in alerts(topics)]


def test_a_new_story_is_told_once_to_each_search_that_finds_it() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "ferry -oslo"), search(3, "zeppelin"))
    event = index.put(A, 1, "A ferry from Oslo")
    match(topics, index, event)
    assert told(topics) == [(1, A, "matched", 1)]
    assert index.asked == 2, "the third is not asked for"
    match(topics, index, event)
    match(topics, index, index.put(A, 2, "A ferry from Oslo, again"))
    assert told(topics) == [(1, A, "matched", 1)], "neither a repetition nor a revision is told"
    match(topics, index, index.put(A, 3, "A ferry"))
    assert told(topics)[1:] == [(2, A, "matched", 3)], "a revision by which it is found for the first time is"


def test_revisions_are_told_where_they_are_asked_for() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry", updates=True))
    first = index.put(A, 1, "A ferry")
    match(topics, index, first)
    match(topics, index, index.put(A, 2, "A ferry", since=datetime.now(UTC) - timedelta(hours=1)))
    assert told(topics) == [(1, A, "matched", 1)], "the same revision, processed again, is no update"
    match(topics, index, index.put(A, 3, "Two ferries"))
    match(topics, index, first)
    assert told(topics) == [(1, A, "matched", 1), (1, A, "updated", 3)]


def test_what_was_visible_before_a_search_was_saved_is_not_told() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry", created=datetime.now(UTC)))
    old = index.put(A, 1, "A ferry", since=datetime.now(UTC) - timedelta(hours=1))
    match(topics, index, old, index.put(B, 1, "Another ferry"))
    assert told(topics) == [(1, B, "matched", 1)]


def test_a_kill_is_told_to_those_that_were_told_and_to_nobody_else() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "oslo"))
    match(topics, index, index.put(A, 1, "A ferry"))
    kill = index.kill(A, 2)
    match(topics, index, kill)
    match(topics, index, kill, index.kill(B, 9))
    assert told(topics) == [(1, A, "matched", 1), (1, A, "withdrawn", 2)]
    assert alerts(topics)[1].reason == "killed"
    match(topics, index, index.put(A, 3, "A ferry"))
    assert told(topics)[2:] == [(1, A, "matched", 3)], "it came back"


def test_a_story_that_is_gone_before_it_was_looked_at_is_not_told() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    event = index.put(A, 1, "A ferry")
    kill = index.kill(A, 2)
    match(topics, index, event)
    match(topics, index, kill)
    assert told(topics) == []


def test_a_written_story_is_waited_for_until_it_can_be_searched() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    event = index.put(A, 1, "A ferry")
    index.searchable.clear()
    index.on_wait = lambda: index.searchable.update({A: 1})
    match(topics, index, event)
    assert told(topics) == [(1, A, "matched", 1)]


def test_a_story_killed_while_it_was_waited_for_is_not_told() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    event = index.put(A, 1, "A ferry")
    index.searchable.clear()
    index.on_wait = lambda: index.articles.clear()
    match(topics, index, event)
    assert told(topics) == []


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_process_that_dies_tells_nothing_twice_and_forgets_nothing(at: int, before: bool) -> None:
    topics, index = Topics(), Index()
    save(topics, *(search(n, "ferry") for n in (1, 2, 3)))
    event = index.put(A, 1, "A ferry")
    topics.left, topics.before = at, before
    with pytest.raises(Died):
        match(topics, index, event)
    topics.left = float("inf")
    match(topics, index, event)
    assert sorted(told(topics)) == [(n, A, "matched", 1) for n in (1, 2, 3)]
    assert len({one.alert_id for one in alerts(topics)}) == 3


def test_a_neighbour_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    event, confirmed = index.put(A, 1, "A ferry"), index.confirmed
    answers = [Retry("away"), Retry("away")]

    def sometimes(queries: object) -> object:
        if answers:
            raise answers.pop()
        return confirmed(queries)

    monkeypatch.setattr(index, "confirmed", sometimes)
    match(topics, index, event)
    assert told(topics) == [(1, A, "matched", 1)]


def test_a_search_that_is_refused_costs_the_others_nothing(caplog: pytest.LogCaptureFixture) -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "ferry"), search(3, "x").model_copy(update={"query": {"nonsense": 1}}))
    index.refused = {UUID(int=1)}
    match(topics, index, index.put(A, 1, "A ferry"))
    assert told(topics) == [(2, A, "matched", 1)]
    assert caplog.text.count("saved_search_refused") == 2


def test_an_odd_record_is_refused_and_the_last_of_a_batch_counts() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    outcome = match(topics, index, index.put(A, 1, "A ferry"), index.kill(A, 2))
    assert (told(topics), outcome.rejected, outcome.tally.total()) == ([], [], 2)
    assert AlertKind.WITHDRAWN not in {one.kind for one in alerts(topics)}
