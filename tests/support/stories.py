"""Wire texts told again, and their stories by the pure stages."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID

from pipeline.stages.clustering.join import JoinBatch
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.sign import bands as all_bands
from pipeline.stages.declared import JOIN, MATCH
from pipeline.stages.stage import Batch
from pipeline.topics import (
    ARTICLES_CURRENT,
    STORY_BANDS,
    STORY_LABELS,
    STORY_MEMBERS,
    STORY_PAIRS,
    Record,
    Topic,
)
from schemas.events import EnrichedArticleEvent
from schemas.story import Relation
from tests.labelled.stories import Telling, tellings
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
