"""Which revisions readers may see, of articles that went through the real pipeline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.search.revisions import readable, timeline
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
