"""Which earlier revisions readers may see, and what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.search.revisions import for_readers, paragraphs, readable, timeline

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def revision(n: int, **fields: Any) -> dict[str, Any]:
    return {
        "headline": f"Head {n}", "body": f"Text {n}.", "status": "superseded", "withheld": False, "revision_key": f"{n}.0.e{n}",
        "revision": {"event_id": f"e{n}", "received": f"2026-03-14T0{n}:00:00+00:00"}, **fields,
    }  # fmt: skip


def headlines(*superseded: dict[str, Any]) -> list[str]:
    return [
        one["headline"]
        for one in for_readers(readable(timeline(list(superseded), [revision(9, status="public")]), NOW))
    ]


@pytest.mark.parametrize("hidden", [{"withheld": True}, {"expires": "2026-03-14T11:00:00+00:00"}])
def test_a_text_that_a_partial_update_hid_stays_hidden_under_a_later_revision(hidden: dict[str, Any]) -> None:
    update = {"status": "partial", "revision_key": "2.0.e2", "named_fields": list(hidden), "revision": {"event_id": "e2", "received": "2026-03-14T02:00:00+00:00"}, **hidden}  # fmt: skip
    assert headlines(revision(1), update, revision(3)) == ["Head 3", "Head 9"]
    update |= {"named_fields": ["headline"], "headline": "Head 2"} | dict.fromkeys(hidden)
    del update[next(iter(hidden))]
    assert headlines(revision(1), update, revision(3)) == ["Head 1", "Head 2", "Head 3", "Head 9"]


def test_what_changed_is_shown_from_one_to_the_next() -> None:
    one = revision(1, body="A.\n\nB.", embargo_until="2026-03-14T00:00:00+00:00")
    two = revision(
        9, status="public", body="A.\n\nC.\n\nD.", correction_note="B was wrong.", modified="2026-03-14T09:00:00Z"
    )
    first, last = for_readers(readable(timeline([one], [two]), NOW))
    assert (first["number"], "changes" in first) == (1, False)
    assert last["correction_note"] == "B was wrong."
    assert last["at"] == "2026-03-14T09:00:00Z"
    assert [one["field"] for one in last["changes"]] == ["headline", "correction_note", "modified"]
    assert last["body"] == [
        {"change": "same", "count": 1}, {"change": "removed", "text": "B."}, {"change": "added", "text": "C."},
        {"change": "added", "text": "D."},
    ]  # fmt: skip
    assert list(paragraphs("a", "a")) == list(paragraphs("", "")) == []


@pytest.mark.parametrize(
    "hidden",
    [
        {"withheld": True},
        {"headline": None, "body": None, "status": "killed"},
        {"expires": "2026-03-14T11:00:00+00:00"},
        {"embargo_until": "2026-03-15T00:00:00+00:00"},
        {
            "embargo_until": "2026-03-14T08:59:00+00:00"
        },  # it ended after the next revision had come: nobody has seen this one
    ],
)
def test_what_readers_could_not_see_then_or_may_not_now_is_left_out(hidden: dict[str, Any]) -> None:
    assert headlines(revision(1), revision(2, **hidden), revision(3)) == ["Head 1", "Head 3", "Head 9"]


def test_what_was_seen_after_its_embargo_may_be_seen() -> None:
    assert headlines(revision(1, embargo_until="2026-03-14T01:30:00+00:00"), revision(2)) == [
        "Head 1",
        "Head 2",
        "Head 9",
    ]


def test_a_partial_update_of_a_hidden_revision_is_hidden_with_it() -> None:
    """What it leaves as it was is the hidden text."""
    partial = {"status": "partial", "named_fields": ["summary"], "summary": "New.", "revision_key": "3.0.e3", "revision": {"event_id": "e3", "received": "2026-03-14T03:00:00+00:00"}}  # fmt: skip
    assert headlines(revision(2, withheld=True), partial) == ["Head 9"]
    assert headlines(revision(2, withheld=True), {**partial, "withheld": False}) == ["Head 2", "Head 9"]
    assert headlines(revision(2), partial) == ["Head 2", "Head 2", "Head 9"]
