"""Authors who post too fast or say the same, and what revise makes of it: in any order, and with batches done twice."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pipeline.stages.flooding import (
    FAST,
    FLOODING,
    MAX_FAST,
    MAX_POSTS,
    MAX_REPEATED,
    REPEATED,
    FloodingBatch,
    Post,
    hold,
    posts,
)  # fmt: skip
from schemas.enrichment import CommentEnrichment, Moderation
from schemas.events import EnrichedCommentEvent
from schemas.flooding import FloodVerdict
from tests.support.builders import article_event, comment_event, comment_notice, minutes
from tests.support.memory import revise, revise_tables, tables_of

LATER = minutes(60 * 24 * 365)


def by_one_author(times: list[float], texts: list[str] | None = None) -> list[EnrichedCommentEvent]:
    """Comments of one author, one on each of several articles."""
    made = []
    for n, at in enumerate(times):
        event = comment_event(
            f"story {n % 3}", n=n, at=at, text=texts[n] if texts else f"My thought number {n} on this."
        )
        comment = event.data.comment.model_copy(update={"author": "Ann"})  # type: ignore[union-attr]
        made.append(event.model_copy(update={"data": event.data.model_copy(update={"comment": comment})}))
    return made


def held(events: list[EnrichedCommentEvent], seed: int = 0) -> dict[int, str]:
    """Which of the events are held and why, by their place in the list."""
    rng, rows = random.Random(seed), tables_of(FLOODING)["flooding"]
    places = {event.data.comment.comment_id: n for n, event in enumerate(events)}  # type: ignore[union-attr]
    found: dict[int, set[str]] = {}
    waiting = [sent for event in events for sent in posts(event)]
    rng.shuffle(waiting)
    while waiting:
        taken, waiting = waiting[: (size := rng.randint(1, 4))], waiting[size:]
        for dies in [True] * rng.randint(0, 1) + [False]:
            batch = FloodingBatch(rows)
            for sent in taken:
                batch.apply(sent.value, LATER)  # type: ignore[arg-type]
            for out in batch.before(LATER):
                assert isinstance(out.value, FloodVerdict)
                found.setdefault(places[out.value.comment_id], set()).add(out.value.phase)
            if not dies:
                batch.checkpoint()
    return {n: min(phases) for n, phases in sorted(found.items())}


def test_the_sixth_in_five_minutes_is_held_in_any_order() -> None:
    events = by_one_author([0, 0.5, 1, 1.5, 2, 2.5, 3, 60])
    for seed in range(20):
        assert held(events, seed) == {5: "flooding", 6: "flooding"}


def test_five_in_five_minutes_are_a_conversation() -> None:
    assert held(by_one_author([0, 1, 2, 3, 4, 5, 6, 7])) == {}


def test_the_third_time_the_same_is_held_and_short_thanks_are_not() -> None:
    same = "Vote  for the harbour list, everybody!"
    for seed in range(20):
        assert held(
            by_one_author([0, 60, 120, 180], [same, same.upper(), "Something else altogether here.", same]), seed
        ) == {3: "repeat"}
    assert held(by_one_author([0, 60, 120], ["Thanks"] * 3)) == {}
    assert held(by_one_author([0, 60, 60 * 30], [same] * 3)) == {}


def test_nothing_of_a_notice_or_without_an_author() -> None:
    assert posts(comment_notice(decision="held")) == []
    event = comment_event()
    nobody = event.data.comment.model_copy(update={"author": None})  # type: ignore[union-attr]
    assert posts(event.model_copy(update={"data": event.data.model_copy(update={"comment": nobody})})) == []


@pytest.mark.parametrize(
    ("machine", "moderator", "standing", "phase"),
    [("approved", None, "held", "flooding"), ("rejected", None, "rejected", "words"), ("approved", "approved", "public", "flooding")],
)  # fmt: skip
def test_a_verdict_holds_what_passed_and_a_moderator_wins(machine: str, moderator: str | None, standing: str, phase: str) -> None:  # fmt: skip
    event = comment_event()
    made = CommentEnrichment(
        moderation=Moderation(decision=machine, phase="passed" if machine == "approved" else "words")
    )
    event = event.model_copy(update={"data": event.data.model_copy(update={"enrichment": made})})
    comment = event.data.comment  # type: ignore[union-attr]
    verdict = FloodVerdict(article_id=comment.article_id, comment_id=comment.comment_id, phase="flooding")
    records: list[Any] = [
        verdict,
        article_event(),
        event,
        *([comment_notice(decision=moderator)] if moderator else []),
    ]
    seen = set()
    for seed in range(6):
        random.Random(seed).shuffle(records)
        tables = revise_tables()
        emitted = ""
        for record in records:
            batch = revise(tables)
            batch.apply(record, minutes(1))
            for one in batch.run_all(minutes(1)):
                if one.topic.name == "comments.current":
                    emitted = (one.encoded() or b"").decode()
        data = json.loads(emitted)["data"]
        seen.add((data["visibility"]["standing"], data["enrichment"]["moderation"]["phase"]))
    assert seen == {(standing, phase)}


def test_comments_of_the_future_do_not_push_those_of_today_out_of_the_memory() -> None:
    rows = tables_of(FLOODING)["flooding"]

    def run(events: list[EnrichedCommentEvent], now: datetime) -> list[FloodVerdict]:
        batch = FloodingBatch(rows)
        for event in events:
            for sent in posts(event):
                batch.apply(sent.value, now)  # type: ignore[arg-type]
        return [out.value for out in batch.run_all(now) if isinstance(out.value, FloodVerdict)]

    far = 60 * 24 * 365 * 70.0
    run(by_one_author([far + n / 10 for n in range(MAX_POSTS)]), minutes(10))
    today = by_one_author([1.0] * MAX_POSTS + [50 + n / 10 for n in range(8)])[MAX_POSTS:]
    assert len(run(today, minutes(60))) == 3


def plainly_held(author: list[Post]) -> list[UUID]:
    """The rule, word by word: each post against every earlier one."""
    found = []
    for n, post in enumerate(author):
        others = [one for one in author[:n] if one.comment_id != post.comment_id]
        fast = {one.comment_id for one in others if post.posted - one.posted < FAST}
        same = {one.comment_id for one in others if one.text == post.text and post.posted - one.posted < REPEATED}
        if len(fast) >= MAX_FAST or (post.text and len(same) >= MAX_REPEATED):
            found.append(post.comment_id)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_who_is_held_is_the_same_as_by_comparing_all_with_all(seed: int) -> None:
    rng = random.Random(seed)
    times = sorted(rng.choice([rng.uniform(0, 60), rng.uniform(0, 3000)]) for _ in range(60))
    author = [
        Post(article_id=UUID(int=0), comment_id=UUID(int=rng.randrange(40)), posted=minutes(at), text=rng.randrange(12))
        for at in times
    ]
    expected = plainly_held(author)
    assert [post.comment_id for post in hold(author)] == expected
    assert hold(author) == [], "each once"


class Compared(datetime):
    """A time that counts how often it is compared with another one."""

    times = 0

    def __sub__(self, other: Any) -> Any:
        Compared.times += 1
        return super().__sub__(other)


def test_a_busy_author_costs_a_few_comparisons_a_post() -> None:
    first = Compared.fromisoformat("2026-03-01T12:00:00+00:00")
    author = [
        Post.model_construct(
            article_id=UUID(int=0), comment_id=UUID(int=n), posted=first + timedelta(minutes=n), text=n, held=None
        )
        for n in range(MAX_POSTS)
    ]
    Compared.times = 0
    hold(author)
    assert Compared.times < 10 * MAX_POSTS


def test_the_event_loop_gets_its_turn_after_each_author() -> None:
    batch = FloodingBatch(tables_of(FLOODING)["flooding"])
    for n, event in enumerate(by_one_author([0, 1, 2])):
        (sent,) = posts(event)
        batch.apply(sent.value.model_copy(update={"author": f"{n:032x}"}), LATER)  # type: ignore[union-attr,arg-type]
    assert len(list(batch.prepare(LATER))) == 3
