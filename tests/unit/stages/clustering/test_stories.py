"""Stories by the pure stages: who belongs together, in whatever order everything comes."""

from __future__ import annotations

import random
from itertools import combinations
from uuid import UUID

from pipeline.stages.clustering.join import story_id
from schemas.story import Relation
from tests.labelled.stories import told
from tests.support.stories import TELLINGS, cluster


def test_the_same_stories_in_twenty_orders() -> None:
    events = [told(telling) for telling in TELLINGS]
    first, relations = cluster(events, random.Random(0))
    together = {frozenset(a for a in first if first[a] == story) for story in first.values()}
    assert any(len(members) >= 3 for members in together)
    for seed in range(1, 20):
        assert cluster(events, random.Random(seed)) == (first, relations)
    for members in together:
        earliest = min((event for event in events if UUID(event.subject) in members), key=lambda e: e.time)
        assert {first[member] for member in members} == {story_id(UUID(earliest.subject))}
        assert relations[UUID(earliest.subject)] is Relation.ORIGINAL


def test_no_two_labelled_events_become_one_story() -> None:
    first, _ = cluster([told(telling) for telling in TELLINGS], random.Random(1))
    joined = [
        (a.headline, b.headline)
        for a, b in combinations(TELLINGS, 2)
        if a.event != b.event and first[a.article_id] == first[b.article_id]
    ]
    assert joined == []


def test_relations_of_a_wire_story() -> None:
    copies = [told(one) for one in TELLINGS if one.event == "poopo"]
    _, relations = cluster(copies, random.Random(3))
    assert [relations[UUID(e.subject)] for e in copies] == [Relation.ORIGINAL, Relation.COPY, Relation.COPY]
    rewrites = [told(one) for one in TELLINGS if one.event == "quake"][:3]
    _, relations = cluster(rewrites, random.Random(3))
    assert [relations[UUID(e.subject)] for e in rewrites] == [
        Relation.ORIGINAL, Relation.REWRITE, Relation.UPDATE,
    ]  # fmt: skip
