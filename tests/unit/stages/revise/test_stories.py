"""The story of an article, in its current revision."""

from __future__ import annotations

import random
from typing import Any

from pipeline.stages.clustering.join import story_id
from schemas.story import Membership, Relation, Root
from tests.support.builders import article_event, id_of, kill_event, minutes
from tests.support.memory import revise, revise_tables


def test_memberships_in_any_order_and_before_the_article() -> None:
    def member(root: float, told_at: float, relation: Relation) -> Membership:
        return Membership(
            article_id=id_of("story"),
            root=Root(received=minutes(root), article_id=id_of(f"r{root}")),
            first_published=minutes(told_at),
            relation=relation,
        )

    records: list[Any] = [member(5, 5, Relation.ORIGINAL), member(1, 5, Relation.REWRITE), member(3, 5, Relation.COPY), article_event()]  # fmt: skip
    seen = set()
    for seed in range(10):
        random.Random(seed).shuffle(records)
        tables = revise_tables()
        for record in records:
            batch = revise(tables)
            batch.apply(record, minutes(9))
            emitted = batch.run_all(minutes(9))
        batch = revise(tables)
        batch.apply(article_event(), minutes(9))
        emitted = batch.run_all(minutes(9))
        seen.add(emitted[-1].value.data.story)  # type: ignore[union-attr]
    assert {(s.story_id, s.relation) for s in seen if s} == {(story_id(id_of("r1")), Relation.COPY)}


def test_a_killed_article_says_nothing_of_its_story() -> None:
    batch = revise(revise_tables())
    batch.apply(article_event(), minutes(1))
    batch.apply(kill_event(at=1), minutes(1))
    assert batch.run_all(minutes(1))[-1].value.data.story is None  # type: ignore[union-attr]
