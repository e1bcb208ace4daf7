"""Stories by the pure stages: who belongs together, in whatever order everything comes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from pipeline.stages.clustering import match
from pipeline.stages.clustering.join import JOIN, JoinBatch, story_id
from pipeline.stages.clustering.match import MATCH, MatchBatch
from pipeline.stages.clustering.relate import relate
from pipeline.stages.clustering.sign import bands as all_bands
from pipeline.stages.clustering.sign import keys, sign
from pipeline.stages.rows import Rows
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
from schemas.story import Membership, Relation, Root, Signature, StoryRedirect
from tests.build import article_event, id_of, kill_event, minutes
from tests.labelled.stories import Telling, tellings, told
from tests.memory import config, key_of, of, revise, revise_tables, tables_of

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


def test_a_full_bucket_forgets_the_earliest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "ROW", 2)
    monkeypatch.setattr(match, "ROWS", 3)
    store: dict[bytes, bytes] = {}
    rows = Rows(store, match.RETENTION)
    key = key_of(bands(told(telling("x0", 0)))[0])
    for n in range(2 * (3 + 2)):
        batch = MatchBatch(rows)
        for sent in bands(told(telling(f"x{n}", n / 100)))[:1]:
            batch.apply(sent.value, minutes(0))  # type: ignore[arg-type]
        batch.checkpoint()
    first, last = map(int, (rows.get(key) or b"").partition(b"\n")[0].split())
    assert (first, last) == (2, 4)
    assert {name.decode() for name in store if name.startswith(key.encode() + b"/")} == {f"{key}/2", f"{key}/3"}


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


def test_a_notice_and_a_text_that_says_too_little_meet_nobody() -> None:
    assert bands(kill_event()) == []
    assert bands(article_event(text="Rain.")) == []


@pytest.mark.parametrize("hours", [0, 71, 73])
def test_the_relation_is_symmetric_and_has_a_window(hours: int) -> None:
    a, b = (signature(telling(name, at)) for name, at in (("a", 0), ("b", hours)))
    assert relate(a, b) == relate(b, a) == (Relation.COPY if hours < 72 else None)
    assert set(keys(a)) == set(keys(b))
    assert a.received + timedelta(hours=hours) == b.received


def signature(one: Telling) -> Signature:
    event = told(one)
    return sign(event.data, event.id)  # type: ignore[arg-type]
