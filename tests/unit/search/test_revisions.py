"""Which revisions readers may see, and what changed between two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.revisions import difference, readable, timeline, tokens, words
from tests.support.newsroom import Newsroom

NOW = datetime(2026, 3, 20, tzinfo=UTC)


def shown(desk: Newsroom, now: datetime = NOW) -> list[str]:
    """The bodies that a reader of the only article can see, the current one last."""
    past = sorted(desk.documents.get("history", {}).values(), key=lambda one: one["revision_key"])
    return [one["body"] for one in readable(timeline(past, list(desk.documents["articles"].values())), now)]


def publish(desk: Newsroom, at: float, text: str, **fields: Any) -> None:
    desk.publish("one", at=at, headline="A headline", text=text, **fields)


def test_earlier_revisions_and_partial_updates_are_shown() -> None:
    desk = Newsroom()
    publish(desk, 0, "First.")
    desk.patch("one", at=1, paragraphs=["Second."])
    publish(desk, 2, "Third.")
    assert shown(desk) == ["First.", "Second.", "Third."]


@pytest.mark.parametrize(
    "hidden",
    [
        {"withheld": True},
        {"embargo_until": "2026-03-01T12:10:00Z"},
        {"embargo_until": "2099-01-01T00:00:00Z"},
        {"expires": "2026-03-10T00:00:00Z"},
    ],
)
def test_a_revision_that_was_hidden_while_it_was_current_stays_so(hidden: dict[str, Any]) -> None:
    desk = Newsroom()
    publish(desk, 0, "Hidden.", **hidden)
    publish(desk, 5, "Open.")
    publish(desk, 6, "Open again.")
    assert shown(desk) == ["Open.", "Open again."]


def test_an_embargo_that_was_over_before_the_next_revision_hides_nothing() -> None:
    desk = Newsroom()
    publish(desk, 0, "Under embargo for a while.", embargo_until="2026-03-01T12:02:00Z")
    publish(desk, 5, "Later.")
    assert shown(desk) == ["Under embargo for a while.", "Later."]


def test_what_a_partial_update_withholds_or_releases_counts_for_those_that_follow() -> None:
    desk = Newsroom()
    publish(desk, 0, "Open.")
    desk.patch("one", at=1, withheld=True, paragraphs=["Withheld."])
    desk.patch("one", at=2, paragraphs=["Still withheld."])
    desk.patch("one", at=3, withheld=False, paragraphs=["Released."])
    desk.patch("one", at=4, paragraphs=["Latest."])
    assert shown(desk) == ["Open.", "Released.", "Latest."]


def test_a_partial_update_of_a_withheld_text_is_withheld() -> None:
    desk = Newsroom()
    publish(desk, 0, "Withheld.", withheld=True)
    desk.patch("one", at=1, section="Sport")
    publish(desk, 2, "Open.")
    assert shown(desk) == ["Open."]


def test_a_revision_of_which_nothing_is_known_is_hidden() -> None:
    old = {"headline": "A", "body": "Old.", "status": "superseded", "revision": {"event_id": "1"}}
    current = {"headline": "A", "body": "New.", "status": "public", "revision": {"event_id": "2"}}
    assert readable([old, current], NOW) == [current]
    assert readable([old | {"withheld": False}, current], NOW) == [old | {"withheld": False}, current]
    assert readable([old | {"withheld": False, "expires": "not a time"}, current], NOW) == [current]
    assert readable([], NOW) == []


def test_a_change_is_shown_by_its_words() -> None:
    assert words("Some 5,000 passengers are ashore.", "Some 3,000 passengers wait ashore.") == (
        ("same", "Some "), ("out", "5,000"), ("in", "3,000"), ("same", " passengers "), ("out", "are"), ("in", "wait"), ("same", " ashore."),
    )  # fmt: skip
    assert words("船员在卑尔根罢工", "船员在奥斯陆罢工") == (
        ("same", "船员在"), ("out", "卑尔根"), ("in", "奥斯陆"), ("same", "罢工"),
    )  # fmt: skip
    assert words("Nothing of this.", "Entirely other words!") == (
        ("out", "Nothing of this."), ("in", "Entirely other words!"),
    )  # fmt: skip


def test_unchanged_paragraphs_are_counted_and_new_ones_stand_by_themselves() -> None:
    older = {"headline": "A", "body": "One stays here.\n\nTwo is changed a bit.\n\nThree goes away."}
    newer = {"headline": "A", "body": "One stays here.\n\nA wholly new thought.\n\nTwo was changed a bit."}
    found = difference(older, newer)
    assert not found.fields
    assert found.body[0] == 1
    assert (("in", "A wholly new thought."),) in found.body
    assert (("out", "Three goes away."),) in found.body
    assert difference(older, older).body == (3,)
    assert not difference(older, older)
    long = {"headline": "A", "body": "\n\n".join(map(str, range(3000)))}
    assert difference(older, long).too_long


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_from_their_difference(before: str, after: str) -> None:
    parts = words(before, after)
    assert "".join(text for kind, text in parts if kind != "in") == before
    assert "".join(text for kind, text in parts if kind != "out") == after
    assert "".join(tokens(before)) == before
