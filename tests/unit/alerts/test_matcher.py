"""What is stored as an alert, whatever happens in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pipeline.alerts.matcher import Matcher
from pipeline.errors import Retry
from pipeline.saved import deciding
from pipeline.saved.tables import Alerts, SavedSearches
from schemas.saved_search import AlertKind
from tests.unit.alerts.memory import Died, Index, Topics, alerts, match, records, save, search

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


def process(topics: Topics, index: Index) -> Matcher:
    """One that lives for several batches."""
    made = Matcher(topics.table(SavedSearches), topics.table(Alerts), index)
    made.open(lambda seconds, why="": index.on_wait())
    return made


def test_a_search_that_finds_everything_is_told_no_more_than_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "MOST_AN_HOUR", 3)
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "oslo"))
    articles = [UUID(int=100 + n) for n in range(5)]
    match(topics, index, *(index.put(one, 1, "A ferry") for one in articles))
    match(topics, index, index.put(A, 1, "A ferry of Oslo"))
    assert [one for one, *_ in told(topics)].count(1) == 3
    assert (2, A, "matched", 1) in told(topics), "it costs the others nothing"
    (first, *_) = alerts(topics)
    match(topics, index, index.kill(first.article_id, 2))
    assert (1, first.article_id, "withdrawn", 2) in told(topics), "what was told is withdrawn"


def test_a_search_that_is_never_answered_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "ferry"))
    index.failing = {UUID(int=1)}
    own = process(topics, index)
    own.write(records(index.put(A, 1, "A ferry")))
    own.write(records(index.put(B, 1, "A ferry")))
    assert told(topics) == [(2, A, "matched", 1), (2, B, "matched", 1)]
    assert caplog.text.count("saved_search_refused") == 1, "once of this version of it"


def test_a_search_that_is_answered_the_second_time_is_told() -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"), search(2, "ferry"))
    index.failing = {UUID(int=1)}
    index.on_wait = lambda: index.failing.clear()
    match(topics, index, index.put(A, 1, "A ferry"))
    assert sorted(told(topics)) == [(1, A, "matched", 1), (2, A, "matched", 1)]


def test_where_nothing_is_answered_no_search_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry"))
    event, visible = index.put(A, 1, "A ferry"), index.visible
    index.failing = {UUID(int=1)}
    calls: list[int] = []

    def away_for_a_while(ids: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:  # after the article was looked for, when it is asked whose fault it is
            index.failing.clear()
            raise Retry("away")
        return visible(ids)

    monkeypatch.setattr(index, "visible", away_for_a_while)
    match(topics, index, event)
    assert told(topics) == [(1, A, "matched", 1)]


def test_an_article_counts_from_when_it_became_visible() -> None:
    """Received on Monday, the search is saved on Tuesday, the embargo ends on Wednesday; or the indexer was behind."""
    now = datetime.now(UTC)
    topics, index = Topics(), Index()
    save(topics, search(1, "ferry", created=now - timedelta(days=1)))
    old = index.put(A, 1, "A ferry", since=now - timedelta(days=2))
    match(topics, index, old)
    assert told(topics) == [], "it could be found before"
    released = index.put(B, 1, "A ferry", since=now - timedelta(days=2)).model_copy(update={"since": now})
    changed = index.put(B, 2, "A ferry", since=now - timedelta(days=2))
    match(topics, index, released, changed)
    assert told(topics) == [(1, B, "matched", 2)]


def test_a_reindex_with_another_analysis_is_noticed() -> None:
    class Reindexed(Index):
        def tokens(self, group: str, texts: Any) -> dict[str, Any]:
            found = super().tokens(group, texts)
            if self.name != "articles-1":
                return found
            return {one: tuple((f"old-{word}",) for (word,) in places) for one, places in found.items()}

    topics, index = Topics(), Reindexed()
    save(topics, search(1, "ferry"))
    own = process(topics, index)
    own.write(records(index.put(A, 1, "A train")))
    index.name = "articles-2"
    own.write(records(index.put(B, 1, "A ferry")))
    assert told(topics) == [(1, B, "matched", 1)]
    assert index.forgotten >= 1, "what analysis the old one did not have"
