"""Which articles become one story, and which stories one."""

from __future__ import annotations

import random
from uuid import UUID

from pipeline.stages.clustering.join import JoinBatch, story_id
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.declared import JOIN, MATCH
from pipeline.topics import (
    STORIES,
    STORY_BANDS,
    STORY_LABELS,
    STORY_PAIRS,
    Record,
)
from schemas.story import Membership, StoryRedirect
from tests.labelled.stories import told
from tests.support.builders import minutes
from tests.support.memory import tables_of
from tests.support.stories import bands, cluster, telling


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


def test_an_article_alone_is_no_news_and_one_that_joins_is_told_once() -> None:
    """Each membership is a state, a record and a document written anew. The first of a story is a story of its own for
    revise before it hears anything."""
    earlier, later = (told(telling(name, hours)) for name, hours in (("early", 1.0), ("late", 5.0)))
    match, rows = MatchBatch(tables_of(MATCH)["match"]), tables_of(JOIN)["join"]
    for band in [band for event in (earlier, later) for band in bands(event)]:
        match.apply(band.value, minutes(0))  # type: ignore[arg-type]
    pairs = list(match.before(minutes(0)))
    assert len(pairs) == 2
    for pair in pairs:  # each in a batch of its own
        join = JoinBatch(rows)
        join.apply(pair.value, minutes(0))  # type: ignore[arg-type]
        sent = list(join.before(minutes(0)))
        join.checkpoint()
        members = [one.value for one in sent if isinstance(one.value, Membership)]
        mine = (pair.key or b"").decode() == later.subject
        assert [(str(one.article_id), str(one.root.article_id)) for one in members] == (
            [(later.subject, earlier.subject)] if mine else []
        )
