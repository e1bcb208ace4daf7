"""Whatever the order, however often repeated and however cut into batches: the same documents."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.revise.version import revision_of
from schemas.events import (
    EnrichedArticleEvent,
    EnrichedCommentEvent,
)
from schemas.visibility_timer import VisibilityTimer
from tests.support.builders import article_event, comment_event, comment_notice, id_of, kill_event, minutes
from tests.support.index import Indices
from tests.support.memory import due, revise, revise_tables

Value = EnrichedArticleEvent | EnrichedCommentEvent | VisibilityTimer
Documents = dict[str, dict[str, Any]]
NOW = minutes(0)
"""When the sink writes; no document that is compared has it."""


def records_of(index: Indices) -> tuple[Documents, Documents, Documents]:
    """What a reader of the topics has, without the steps of the versions: public, hidden, history."""

    def body(data: Any) -> dict[str, Any]:
        made: dict[str, Any] = data.model_dump(mode="json", exclude={"version", "moved"})
        return made | {"revision": revision_of(data.version)}

    public = {key: body(data) for key, data in index.current.items() if data.visibility.public}
    hidden = {key: body(data) for key, data in index.current.items() if not data.visibility.public}
    return public, hidden, {key: body(data) for key, data in index.history.items()}


def run(records: list[tuple[Value, datetime]], cuts: random.Random) -> Indices:
    """Drive the real decisions over records in this order, in batches of random length."""
    tables, index = revise_tables(), Indices()
    at = 0
    while at < len(records):
        size = cuts.randint(1, 4)
        batch = revise(tables)
        for value, now in records[at : at + size]:
            batch.apply(value, now)
        index.take(batch.run_all(records[min(at + size, len(records)) - 1][1]), NOW)
        at += size
    # the timers that are due at the end fire
    end = minutes(600)
    batch = revise(tables)
    for release in due(tables, end):
        batch.apply(release, end)
    index.take(batch.run_all(end), NOW)
    return index


HISTORY: list[Value] = [
    article_event(at=0, text="first"),
    article_event(at=10, text="second"),
    article_event(at=20, text="third, embargoed", embargo=minutes(60)),
    article_event(at=5, text="late older one"),
    comment_event(n=1, at=1),
    comment_event(n=2, at=2, text="Nonsense."),
    comment_event(n=2, at=2, edited=3, text="Nonsense, edited."),
    comment_notice(n=3, at=4, decision="rejected"),
    comment_event(n=3, at=3, text="Buy my pills."),
    comment_event(n=4, at=3, text="Taken back."),
    comment_notice(n=4, at=5),
]


def shuffled(records: list[Value], seed: int) -> list[tuple[Value, datetime]]:
    rng = random.Random(seed)
    many = [*records, *rng.choices(records, k=len(records))]
    rng.shuffle(many)
    return [(record, minutes(30 + i)) for i, record in enumerate(many)]


def test_twenty_orders_with_a_kill_end_alike() -> None:
    records = [*HISTORY, kill_event(at=40)]
    results = []
    for seed in range(20):
        index = run(shuffled(records, seed), random.Random(seed))
        public, hidden, history = records_of(index)
        results.append((public, hidden, history, index.all()))
        key = str(id_of("story"))
        assert key not in public
        assert hidden[key]["visibility"]["standing"] == "killed"
        everything = str(public) + str(hidden) + str(history) + str(index.all())
        for text in ("first", "second", "third", "late older"):
            assert text not in everything
        assert not public, "comments follow their article out of sight"
    assert all(result == results[0] for result in results)


def test_twenty_orders_without_a_kill_end_alike() -> None:
    results = []
    for seed in range(20):
        index = run(shuffled(HISTORY, seed), random.Random(seed))
        public, hidden, history = records_of(index)
        results.append((public, hidden, history, index.all()))
        key = str(id_of("story"))
        assert public[key]["article"]["paragraphs"] == ["third, embargoed"]
        assert {h["article"]["paragraphs"][0] for h in history.values()} == {"first", "second", "late older one"}
        shown = {c["comment"]["text"] for k, c in public.items() if "comment" in c}
        assert shown == {"Well said.", "Nonsense, edited."}
        assert "Taken back." not in str(results[-1])
    assert all(result == results[0] for result in results)


def test_the_older_revision_never_stands_and_nothing_embargoed_shows_early() -> None:
    embargoed = article_event(at=20, text="secret", embargo=minutes(60))
    for seed in range(20):
        tables, index = revise_tables(), Indices()
        records = [article_event(at=0, text="old"), embargoed, article_event(at=10, text="middle")]
        random.Random(seed).shuffle(records)
        seen_secret = False
        for value in records:
            batch = revise(tables)
            batch.apply(value, minutes(30))
            index.take(batch.run_all(minutes(30)), NOW)
            seen_secret = seen_secret or value is embargoed
            if seen_secret:
                assert str(id_of("story")) not in records_of(index)[0]
        assert "secret" not in str(index.ever_public)
        assert due(tables, minutes(59)) == []
        batch = revise(tables)
        for release in due(tables, minutes(60)):
            batch.apply(release, minutes(60))
        index.take(batch.run_all(minutes(60)), NOW)
        assert "secret" in str(records_of(index)[0])
        assert due(tables, minutes(61)) == [], "a timer that fired is gone"


@st.composite
def histories(draw: st.DrawFn) -> list[Value]:
    records: list[Value] = []
    for name in draw(st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2, unique=True)):
        for i in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, 3))
            embargo = draw(st.sampled_from([None, None, 45, 700]))
            expires = draw(st.sampled_from([None, None, None, 50, 800]))
            records.append(
                article_event(
                    name,
                    at=at,
                    version=draw(st.integers(0, 1)),
                    text=f"{name}{i}",
                    received=at + draw(st.integers(0, 1)),
                    embargo=minutes(embargo) if embargo else None,
                    expires=minutes(expires) if expires else None,
                )
            )
        for n in range(draw(st.integers(0, 3))):
            records.append(comment_event(name, n=n, at=n))
            kind = draw(st.sampled_from(["none", "edit", "remove", "held", "rejected then approved"]))
            if kind == "edit":
                records.append(comment_event(name, n=n, at=n, edited=n + 1, text="edited"))
            elif kind == "remove":
                records.append(comment_notice(name, n=n, at=n + 1))
            elif kind == "held":
                records.append(comment_notice(name, n=n, at=n + 1, decision="held"))
            elif kind == "rejected then approved":
                records.append(comment_notice(name, n=n, at=n + 1, decision="rejected"))
                records.append(comment_notice(name, n=n, at=n + 2, decision="approved"))
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            records.append(kill_event(name, at=draw(st.integers(0, 5))))
    return records


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 2**32), st.integers(0, 2**32))
def test_any_two_orders_of_any_history_end_alike(records: list[Value], one: int, other: int) -> None:
    first = run(shuffled(records, one), random.Random(one))
    second = run(shuffled(records, other), random.Random(other))
    assert (records_of(first), first.all()) == (records_of(second), second.all())
