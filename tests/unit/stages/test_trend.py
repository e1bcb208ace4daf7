"""Trends: windows of mentions against their own past; each article once, and only when readers can see it."""

from __future__ import annotations

import random
from datetime import timedelta

from pipeline.stages.trend import TREND, TrendBatch, mentions
from pipeline.topics import MENTIONS, Record
from schemas.enrichment import ArticleEnrichment, Entity, EntityKind
from schemas.events import EnrichedArticleEvent
from schemas.trend import Mention, Trend
from schemas.visibility_timer import VisibilityTimer
from tests.support.builders import NOON, article_event, id_of, kill_event, minutes
from tests.support.memory import of, revise, revise_tables, tables_of

CITY = Entity(name="Haugesund", kind=EntityKind.PLACE, count=1)


def naming(name: str, at: float, **more: object) -> EnrichedArticleEvent:
    event = article_event(name, at=at, **more)  # type: ignore[arg-type]
    return event.model_copy(
        update={"data": event.data.model_copy(update={"enrichment": ArticleEnrichment(entities=(CITY,))})}
    )


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
            if hours not in said or sent.value.count >= said[hours].count:
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
    assert mentioned(naming("story", 70, text="New."), at=71) == []
    assert mentioned(naming("other", 0), kill_event("other", at=1), at=2) == []
