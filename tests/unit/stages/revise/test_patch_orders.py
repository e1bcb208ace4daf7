"""Every order of every history of partial updates ends in the same documents."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import kill_event, minutes, raw_article, raw_patch
from tests.support.patches import Desk, enriched

FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "headline": st.sampled_from(["A fire in Paris", "A flood in Rome", "Nothing in Oslo"]),
        "paragraphs": st.sampled_from([["PARIS (AFP) - It burned."], ["It rained.", "It poured."], []]),
        "summary": st.sampled_from(["Short.", "Shorter.", None]),
        "byline": st.sampled_from(["By Ann Smith", None]),
        "section": st.sampled_from(["Sport", "Politics", None]),
        "embargo_until": st.sampled_from([minutes(900).isoformat(), minutes(10).isoformat(), None]),
        "withheld": st.booleans(),
        "topics": st.sampled_from([["fires"], []]),
    },
).filter(bool)


ONE = st.one_of(
    st.tuples(st.just("whole"), st.sampled_from(["First text.", "Second text.", "Third text."])),
    st.tuples(st.just("part"), FIELDS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ONE, min_size=1, max_size=7), st.sampled_from(["", "kill"]), st.randoms(use_true_random=False))
def test_every_order_of_every_history_ends_in_the_same_documents(
    told: list[tuple[str, Any]], killed: str, rng: random.Random
) -> None:
    events = [
        raw_article("story", at=n, text=what) if kind == "whole" else raw_patch("story", at=n, **what)
        for n, (kind, what) in enumerate(told)
    ]
    records = [enriched(event) for event in events]
    if killed:
        records.append(kill_event(at=len(told)))
    straight = Desk()
    for record in records:
        straight.take([record])

    shuffled = [*records, *rng.choices(records, k=3)]
    rng.shuffle(shuffled)
    desk = Desk()
    while shuffled:
        size = rng.randint(1, 3)
        taken, shuffled = shuffled[:size], shuffled[size:]
        if rng.random() < 0.3:
            desk.take(taken, dies=True)
        desk.take(taken)
    assert desk.end() == straight.end()
    if killed:
        assert all(one.article is None and one.patch is None for one in desk.indices.history.values())
    else:
        _check_against_a_plain_fold(told, straight)


def _check_against_a_plain_fold(told: list[tuple[str, Any]], desk: Desk) -> None:
    """What stands, said once more in the plainest way: the last whole text, and every later word on each field."""
    last = max((n for n, (kind, _) in enumerate(told) if kind == "whole"), default=None)
    if last is None:
        assert desk.indices.current == {}
        return
    wanted: dict[str, Any] = {"paragraphs": [told[last][1]], "headline": "Headline of story"}
    for _, what in told[last + 1 :]:
        wanted |= what
    if wanted["paragraphs"] == ["PARIS (AFP) - It burned."]:
        wanted["paragraphs"] = ["It burned."]
        assert (desk.article.dateline, desk.article.agency) == ("PARIS", "AFP")
    for name, value in wanted.items():
        found = getattr(desk.article, name)
        if name == "embargo_until":
            assert (found.utc.isoformat() if found else None) == value
        else:
            assert (list(found) if isinstance(found, tuple) else found) == value, name
    assert desk.article.revision.modified == minutes(len(told) - 1)
    assert len(desk.indices.history) == len(told) - (told[-1][0] == "whole"), (
        "whatever doesn't stand alone is in history"
    )
