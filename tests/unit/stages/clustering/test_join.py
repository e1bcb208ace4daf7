"""Which articles become one story, and which stories one."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID

from pipeline.stages.clustering.join import JOIN, JoinBatch, story_id
from pipeline.stages.clustering.match import MATCH, MatchBatch
from pipeline.stages.clustering.sign import bands as all_bands
from pipeline.stages.stage import Batch
from pipeline.topics import (
    ARTICLES_CURRENT,
    STORIES,
    STORY_BANDS,
    STORY_LABELS,
    STORY_MEMBERS,
    STORY_PAIRS,
    Record,
    Topic,
)
from schemas.events import EnrichedArticleEvent
from schemas.story import Relation, StoryRedirect
from tests.labelled.stories import Telling, tellings, told
from tests.support.builders import minutes
from tests.support.memory import config, of, revise, revise_tables, tables_of

TELLINGS = tellings()


def bands(event: EnrichedArticleEvent) -> list[Record]:
    return all_bands(event, config().partition_of)


def cluster(events: list[EnrichedArticleEvent], rng: random.Random) -> tuple[dict[UUID, UUID], dict[UUID, Relation]]:
    """Article to story, and what it is to it, when records come in a random order and some batches are done twice."""
    matched, joined, tables = tables_of(MATCH)["match"], tables_of(JOIN)["join"], revise_tables()
    waiting: list[Record] = [sent for event in events for sent in bands(event)]
    stories: dict[UUID, UUID] = {}
    relations: dict[UUID, Relation] = {}
    while waiting:
        rng.shuffle(waiting)
        taken, waiting = waiting[: (size := rng.randint(1, 40))], waiting[size:]
        making: list[tuple[tuple[Topic, ...], Callable[[], Batch]]] = [
            ((STORY_BANDS,), lambda: MatchBatch(matched)),
            ((STORY_PAIRS, STORY_LABELS), lambda: JoinBatch(joined)),
            ((STORY_MEMBERS,), lambda: revise(tables)),
        ]
        for topics, make in making:
            mine = [sent.value for sent in taken if sent.topic in topics]
            for last in [False] * rng.randint(0, 1) + [True]:
                batch = make()
                for value in mine:
                    batch.apply(value, minutes(0))
                waiting.extend(of(list(batch.before(minutes(0))), STORY_PAIRS, STORY_LABELS, STORY_MEMBERS))
                if last:  # else it died between delivering and saving
                    batch.checkpoint()
    now = minutes(60 * 24 * 365)
    for event in events:
        batch = revise(tables)
        batch.apply(event, now)
        (current,) = [one.value.data for one in of(batch.run_all(now), ARTICLES_CURRENT)]  # type: ignore[union-attr]
        stories[current.article_id] = current.story.story_id
        relations[current.article_id] = current.story.relation
    return stories, relations


def telling(name: str, hours: float) -> Telling:
    """One wire text, told again under another name so many hours after noon."""
    text = next(one for one in TELLINGS if one.event == "poopo")
    return text._replace(event=name, publisher=f"{name}.example", at=minutes(60 * hours))


def test_a_story_does_not_grow_for_longer_than_three_days_and_does_not_join_two_that_stand() -> None:
    names = {"a": 0.0, "b": 70.0, "c": 140.0, "d": 210.0}
    for seed in range(5):
        rng = random.Random(seed)
        first, _ = cluster([told(telling(name, hours)) for name, hours in names.items()], rng)
        by_name = {name: first[telling(name, hours).article_id] for name, hours in names.items()}
        assert by_name["a"] == by_name["b"]
        assert by_name["c"] != by_name["a"]


def test_a_story_that_becomes_part_of_an_earlier_one_leaves_a_redirect() -> None:
    rows, matched = tables_of(JOIN)["join"], tables_of(MATCH)["match"]
    events = [told(telling(name, hours)) for name, hours in (("late", 5.0), ("later", 6.0), ("early", 1.0))]
    sent: list[Record] = []
    for event in events:
        waiting = bands(event)
        while waiting:
            match, join = MatchBatch(matched), JoinBatch(rows)
            for one in waiting:
                if one.topic is STORY_BANDS:
                    match.apply(one.value, minutes(0))  # type: ignore[arg-type]
                elif one.topic in (STORY_PAIRS, STORY_LABELS):
                    join.apply(one.value, minutes(0))  # type: ignore[arg-type]
            waiting = [*match.before(minutes(0)), *join.before(minutes(0))]
            match.checkpoint()
            join.checkpoint()
            sent.extend(one for one in waiting if one.topic is STORIES)
    late, later, early = (story_id(UUID(event.subject)) for event in events)
    found = [one.value for one in sent if isinstance(one.value, StoryRedirect)]
    redirects = {one.story_id: one.merged_into for one in found}
    assert redirects == {late: early, later: early}
