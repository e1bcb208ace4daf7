"""Trends: windows of mentions against their own past; each article once, and only when readers can see it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pipeline.outcomes import Outcome
from pipeline.stages.declared import TREND
from pipeline.stages.normalize import normalize_article
from pipeline.stages.revise.states import States
from pipeline.stages.trend import MAX_ARTICLES, TrendBatch, mentions
from pipeline.topics import MENTIONS, Record
from schemas.enrichment import ArticleEnrichment, Entity, EntityKind
from schemas.events import EnrichedArticleEvent
from schemas.trend import Mention, Trend
from schemas.visibility_timer import VisibilityTimer
from tests.support.builders import NOON, article_event, id_of, kill_event, minutes, raw_patch
from tests.support.index import Indices
from tests.support.memory import of, revise, revise_tables, tables_of

CITY = Entity(name="Haugesund", kind=EntityKind.PLACE, count=1)


def naming(name: str, at: float, **more: object) -> EnrichedArticleEvent:
    event = article_event(name, at=at, **more)  # type: ignore[arg-type]
    return event.model_copy(
        update={"data": event.data.model_copy(update={"enrichment": ArticleEnrichment(entities=(CITY,))})}
    )


def part_of(name: str, at: float = 2, **fields: Any) -> EnrichedArticleEvent:
    """A partial update, as revise gets it."""
    event = normalize_article(raw_patch(name, at=at, **fields))
    return EnrichedArticleEvent.model_validate(event.model_dump())


def mention(n: int, hours: float) -> Mention:
    (sent,) = mentions(naming(f"a{n}", 60 * hours).data)  # type: ignore[arg-type]
    assert isinstance(sent.value, Mention)
    return sent.value


def windows(all_mentions: list[Mention], seed: int | None) -> dict[float, Trend]:
    """`seed` None: in order. Hours after noon to the last that was said of the window that ends with them."""
    rng, rows = random.Random(seed or 0), tables_of(TREND)["trend"]
    said: dict[float, Trend] = {}
    waiting = all_mentions * 2  # what was delivered twice counts once
    if seed is None:
        waiting.sort(key=lambda one: one.at)
    else:
        rng.shuffle(waiting)
    while waiting:
        taken, waiting = waiting[: (size := rng.randint(1, 9))], waiting[size:]
        batch = TrendBatch(rows)
        for one in taken:
            batch.apply(one, NOON + timedelta(days=365))
        for sent in batch.before(NOON):
            assert isinstance(sent.value, Trend)
            hours = (sent.value.hour - NOON) / timedelta(hours=1)
            if hours not in said or sent.value.change >= said[hours].change:
                said[hours] = sent.value
        batch.checkpoint()
    return said


def test_windows_count_each_article_once_in_any_order() -> None:
    all_mentions = [mention(n, hours) for n, hours in enumerate([0, 0.2, 1, 1.1, 1.2, 30])]
    for seed in range(10):
        said = windows(all_mentions, seed)
        assert {hours: trend.count for hours, trend in said.items()} == {0: 2, 1: 5}


def test_what_is_usual_rises_less_than_what_is_new() -> None:
    # one article every hour for a week is usual: six in six hours are no news
    usual = [mention(n, n) for n in range(7 * 24 + 6)]
    said = windows(usual, None)
    last = said[max(said)]
    assert last.count == 6
    assert abs(last.expected - 6) < 0.1
    assert abs(last.score) < 0.1
    new = windows([mention(n, 0.1 * n) for n in range(6)], 1)[0]
    assert (new.count, new.expected, new.score) == (6, 0, 6)


def test_revise_tells_what_an_article_names_when_readers_see_it_first() -> None:
    tables = revise_tables()

    def mentioned(*values: object, at: float) -> list[Record]:
        batch = revise(tables)
        for value in values:
            batch.apply(value, minutes(at))
        return of(batch.run_all(minutes(at)), MENTIONS)

    embargo = minutes(60)
    assert mentioned(naming("story", 0, embargo=embargo), at=1) == []
    (shown,) = mentioned(VisibilityTimer(article_id=id_of("story"), due=embargo), at=61)
    assert isinstance(shown.value, Mention)
    assert (shown.value.name, shown.value.at) == ("Haugesund", embargo)
    (again,) = mentioned(naming("story", 70, text="New."), at=71)
    assert again.key == shown.key, "once more with the next record, as the first may not have been delivered"
    assert mentioned(naming("story", 80, text="Newer."), at=81) == []
    assert mentioned(naming("other", 0), kill_event("other", at=1), at=2) == []


HIDING: list[tuple[str, object]] = [
    ("killed", kill_event("story", at=2)),
    ("embargoed", naming("story", 2, embargo=minutes(600))),
    ("withheld", part_of("story", withheld=True)),
    ("expired", part_of("story", expires=minutes(1).isoformat())),
]


@pytest.mark.parametrize(("status", "hides"), HIDING)
def test_what_is_hidden_is_counted_no_more(status: str, hides: object) -> None:
    tables, rows, index = revise_tables(), tables_of(TREND)["trend"], Indices()

    def run(*values: object, at: float) -> dict[str, Any]:
        batch, counted = revise(tables), TrendBatch(rows)
        for value in values:
            batch.apply(value, minutes(at))
        for record in of(batch.run_all(minutes(at)), MENTIONS):
            counted.apply(record.value, minutes(at))  # type: ignore[arg-type]
        index.take(counted.run_all(minutes(at)), minutes(at))
        documents: dict[str, Any] = index.documents("trends")
        return documents

    (shown,) = run(naming("story", 0), naming("other", 0), at=0).values()
    assert (shown["name"], shown["count"]) == ("Haugesund", 2)
    (hidden,) = run(hides, at=3).values()
    assert "name" not in hidden
    assert (hidden["count"], hidden["score"]) == (1, 0.0)
    state = States(tables).article(id_of("story"))
    assert state is not None
    assert state.mentioned == []
    (again,) = run(naming("third", 4), at=5).values()
    assert (again["name"], again["count"]) == ("Haugesund", 2)


def test_a_story_that_is_shown_again_is_counted_again() -> None:
    tables = revise_tables()
    sent: list[bool] = []
    for n, event in enumerate(
        [naming("story", 0), part_of("story", withheld=True), part_of("story", at=3, withheld=False)]
    ):
        batch = revise(tables)
        batch.apply(event, minutes(n))
        sent += [record.value.gone for record in of(batch.run_all(minutes(n)), MENTIONS)]  # type: ignore[union-attr]
    assert sent == [False, True, False]


def test_a_name_that_a_correction_drops_is_counted_no_more() -> None:
    tables = revise_tables()
    batch = revise(tables)
    batch.apply(naming("story", 0), minutes(0))
    batch.run_all(minutes(0))
    batch = revise(tables)
    batch.apply(article_event("story", at=5, text="Corrected."), minutes(6))
    (taken_back,) = of(batch.run_all(minutes(6)), MENTIONS)
    assert isinstance(taken_back.value, Mention)
    assert (taken_back.value.gone, taken_back.value.name) == (True, None)


def test_windows_after_hiding_are_the_same_in_any_cut() -> None:
    rng, later = random.Random(5), NOON + timedelta(hours=6)
    all_mentions = [mention(n, hours) for n, hours in enumerate([0, 0.2, 1, 1.1, 1.2, 5])]
    told = [*all_mentions, *(one.model_copy(update={"gone": True}) for one in all_mentions[1:4])]
    ends = []
    for _ in range(10):
        rows, waiting = tables_of(TREND)["trend"], list(told)
        said: dict[datetime, Trend] = {}
        while waiting:
            taken, waiting = waiting[: (size := rng.randint(1, 4))], waiting[size:]
            for again in (False, True):  # a batch that is done twice
                batch = TrendBatch(rows)
                for one in taken:
                    batch.apply(one, later)
                for sent in batch.before(later):
                    assert isinstance(sent.value, Trend)
                    if sent.value.hour not in said or sent.value.change > said[sent.value.hour].change:
                        said[sent.value.hour] = sent.value
                if again:
                    batch.checkpoint()
        ends.append({hour: one.count for hour, one in said.items()})
    assert all(end == ends[0] for end in ends)
    assert sorted(ends[0].values()) == [1, 2, 3]


def test_a_term_that_every_article_names_has_a_bounded_row() -> None:
    rows = tables_of(TREND)["trend"]
    batch, one = TrendBatch(rows), mention(0, 0)
    outcomes = [
        batch.apply(one.model_copy(update={"article_id": UUID(int=n)}), NOON + timedelta(days=1))
        for n in range(MAX_ARTICLES + 50)
    ]
    assert outcomes[-51:] == [Outcome.APPLIED, *[Outcome.SUPPRESSED] * 50]
    (trend,) = batch.before(NOON)
    assert trend.value.count == MAX_ARTICLES  # type: ignore[union-attr]
