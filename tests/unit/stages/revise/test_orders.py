"""Whatever the order, however often repeated and however cut into batches: the same documents."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.revise.states import States
from pipeline.stages.revise.version import revision_of
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, Record
from schemas.current import CurrentArticle, CurrentComment, SupersededArticle
from schemas.events import (
    CurrentArticleEvent,
    CurrentCommentEvent,
    EnrichedArticleEvent,
    EnrichedCommentEvent,
    SupersededArticleEvent,
)
from schemas.visibility_timer import VisibilityTimer
from tests.support.builders import article_event, comment_event, comment_notice, id_of, kill_event, minutes
from tests.support.memory import key_of, revise, revise_tables

Value = EnrichedArticleEvent | EnrichedCommentEvent | VisibilityTimer
Documents = dict[str, dict[str, Any]]


class Index:
    """What a reader of the compacted topics ends up with: the highest version of each key."""

    def __init__(self) -> None:
        self.public: Documents = {}
        self.hidden: Documents = {}
        self.history: Documents = {}
        self.versions: dict[str, int] = {}
        self.ever_public: list[str] = []

    def take(self, record: Record) -> None:
        if record.topic not in (ARTICLES_CURRENT, COMMENTS_CURRENT, ARTICLES_HISTORY):
            return
        assert isinstance(record.value, CurrentArticleEvent | CurrentCommentEvent | SupersededArticleEvent)
        data, key = record.value.data, key_of(record)
        body = data.model_dump(mode="json", exclude={"version", "moved"}) | {"revision": revision_of(data.version)}
        if isinstance(data, SupersededArticle):
            self.history[key] = body
            return
        assert isinstance(data, CurrentArticle | CurrentComment)
        if data.version < self.versions.get(key, -1):
            return
        self.versions[key] = data.version
        self.public.pop(key, None)
        self.hidden.pop(key, None)
        (self.public if data.visibility.public else self.hidden)[key] = body
        if data.visibility.public:
            self.ever_public.append(str(body))

    def documents(self) -> tuple[Documents, Documents, Documents]:
        return self.public, self.hidden, self.history


def run(records: list[tuple[Value, datetime]], cuts: random.Random) -> Index:
    """Drive the real decisions over records in this order, in batches of random length."""
    tables, index = revise_tables(), Index()
    at = 0
    while at < len(records):
        size = cuts.randint(1, 4)
        batch = revise(tables)
        for value, now in records[at : at + size]:
            batch.apply(value, now)
        for record in batch.run_all(records[min(at + size, len(records)) - 1][1]):
            index.take(record)
        at += size
    # the timers that are due at the end fire
    end = minutes(600)
    batch = revise(tables)
    for release in States(tables).due(end):
        batch.apply(release, end)
    for record in batch.run_all(end):
        index.take(record)
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
        results.append(index.documents())
        key = str(id_of("story"))
        assert key not in index.public
        assert index.hidden[key]["visibility"]["standing"] == "killed"
        everything = str(index.public) + str(index.hidden) + str(index.history)
        for text in ("first", "second", "third", "late older"):
            assert text not in everything
        assert not index.public, "comments follow their article out of sight"
    assert all(result == results[0] for result in results)


def test_twenty_orders_without_a_kill_end_alike() -> None:
    results = []
    for seed in range(20):
        index = run(shuffled(HISTORY, seed), random.Random(seed))
        results.append(index.documents())
        key = str(id_of("story"))
        assert index.public[key]["article"]["paragraphs"] == ["third, embargoed"]
        assert {h["article"]["paragraphs"][0] for h in index.history.values()} == {"first", "second", "late older one"}
        shown = {c["comment"]["text"] for k, c in index.public.items() if "comment" in c}
        assert shown == {"Well said.", "Nonsense, edited."}
        assert "Taken back." not in str(index.documents())
    assert all(result == results[0] for result in results)


def test_the_older_revision_never_stands_and_nothing_embargoed_shows_early() -> None:
    embargoed = article_event(at=20, text="secret", embargo=minutes(60))
    for seed in range(20):
        tables, index = revise_tables(), Index()
        records = [article_event(at=0, text="old"), embargoed, article_event(at=10, text="middle")]
        random.Random(seed).shuffle(records)
        seen_secret = False
        for value in records:
            batch = revise(tables)
            batch.apply(value, minutes(30))
            for record in batch.run_all(minutes(30)):
                index.take(record)
            seen_secret = seen_secret or value is embargoed
            if seen_secret:
                assert str(id_of("story")) not in index.public
        assert "secret" not in str(index.ever_public)
        assert list(States(tables).due(minutes(59))) == []
        batch = revise(tables)
        for release in States(tables).due(minutes(60)):
            batch.apply(release, minutes(60))
        for record in batch.run_all(minutes(60)):
            index.take(record)
        assert "secret" in str(index.public)
        assert list(States(tables).due(minutes(61))) == [], "a timer that fired is gone"


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
    assert first.documents() == second.documents()
