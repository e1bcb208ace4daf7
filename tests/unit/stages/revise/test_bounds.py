"""Many revisions, many kills, many ids: an article's state stays bounded, and nothing that a kill has to reach is forgotten."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest

from pipeline.stages.revise import articles
from pipeline.stages.revise import history as histories
from pipeline.stages.revise.state import ArticleState
from pipeline.stages.revise.states import States
from pipeline.stages.revise.tables import ARTICLES
from pipeline.topics import ARTICLES_HISTORY, STATE_ROOM, Record
from schemas.article import Notice
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent
from schemas.transfer import Transfer
from tests.support.builders import article_event, id_of, kill_event, minutes
from tests.support.memory import of, revise, revise_tables

STORY, MANY = id_of("story"), histories.MAX_REVISIONS


def entries(first: int, count: int) -> list[str]:
    return [f"{1772366400000 + n}.0.{n:032x}" for n in range(first, first + count)]


def test_a_history_loses_its_text_once_however_many_kills_come(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    stub = histories.stub

    def counted(state: ArticleState, entry: str) -> object:
        nonlocal made
        made += 1
        return stub(state, entry)

    monkeypatch.setattr("pipeline.stages.revise.history.stub", counted)
    tables = revise_tables()
    States(tables).put_article(ArticleState(article_id=STORY, history=entries(0, 300)))
    batch = revise(tables)
    for n in range(20):
        batch.apply(kill_event(at=n), minutes(1))
        batch.apply(kill_event(at=n), minutes(1))
    assert len(of(batch.run_all(minutes(1)), ARTICLES_HISTORY)) == 300
    assert made == 300


def test_the_histories_of_merged_ids_are_bounded_by_their_oldest_revisions() -> None:
    ids = [UUID(int=n + 1) for n in range(5)]
    ends = []
    for order in (ids, ids[::-1]):
        tables = revise_tables()
        stubs: dict[bytes | None, Record] = {}
        for other in order:
            batch = revise(tables)
            keys = tuple(f"{other}/{entry}" for entry in entries(other.int * MANY, MANY))
            batch.apply(Transfer(article_id=STORY, history=keys), minutes(1))
            stubs |= {one.key: one for one in of(batch.run_all(minutes(1)), ARTICLES_HISTORY)}
        state = States(tables).article(STORY)
        assert state is not None
        assert len(state.history) == MANY
        assert len(tables[ARTICLES].get(str(STORY)) or b"") < STATE_ROOM
        assert len(stubs) == 4 * MANY, "what is forgotten has no text any more"
        ends.append((sorted(state.history), sorted(stubs, key=str)))
    assert ends[0] == ends[1]


def test_a_revision_that_another_id_had_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.revise.history.MAX_REVISIONS", 5)
    tables = revise_tables()
    States(tables).put_article(ArticleState(article_id=STORY, current=article_event(), history=entries(0, 5)))
    batch = revise(tables)
    other = article_event(at=7, text="Of the other.").model_copy(update={"subject": str(id_of("other"))})
    batch.apply(Transfer(article_id=STORY, article=other), minutes(1))
    batch.run_all(minutes(1))
    state = States(tables).article(STORY)
    assert state is not None
    assert state.current == other


def told(kind: str, at: float) -> EnrichedArticleEvent:
    types = {"kill": EventType.ARTICLE_WITHDRAWN, "reinstated": EventType.ARTICLE_REINSTATED}
    return kill_event(at=at, type_=types[kind])


def test_a_kill_after_many_kills_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "MAX_NOTICES", 3)
    late = [told("kill", 300), told("kill", 150), told("reinstated", 200)]
    for order in permutations(late):
        state = ArticleState(article_id=STORY)
        for event in (*(told("kill", n) for n in range(3)), *order):
            assert isinstance(event.data, Notice)
            articles.apply_notice(state, event, event.data)
        assert articles.killed(state)
        assert len(state.notices) <= 5


def test_long_reasons_are_cut() -> None:
    tables = revise_tables()
    batch = revise(tables)
    for n in range(articles.MAX_NOTICES + 5):
        kill = kill_event(at=n)
        data = kill.data.model_copy(update={"reason": "x" * 10_000, "by": "y" * 4000})
        batch.apply(kill.model_copy(update={"data": data}), minutes(1))
    batch.run_all(minutes(1))
    assert len(tables[ARTICLES].get(str(STORY)) or b"") < STATE_ROOM // 4
