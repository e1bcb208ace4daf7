"""A live blog's revisions: what is read of a thousand of them, and that it is the same as if all were read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import past, revisions
from pipeline.search.reader import Reader
from pipeline.settings import Settings
from tests.unit.search.test_revisions import revision

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200")
CURRENT = {"article_id": "a", "headline": "Now", "body": "Now.", "status": "public", "revision": {"event_id": "now", "received": "2026-03-14T11:00:00+00:00"}}  # fmt: skip


def partial(n: int, **fields: Any) -> dict[str, Any]:
    received = {"event_id": f"e{n}", "received": "2026-03-14T01:00:00+00:00"}
    return {"status": "partial", "revision_key": f"{n}.0.e{n}", "named_fields": list(fields), "revision": received, **fields}  # fmt: skip


def outline(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name in past._FIELDS}


def read(history: list[dict[str, Any]], most: int, until: int | None = None) -> tuple[past.Past, list[str]]:
    """What is shown, and the keys of the revisions that were read as a whole."""
    outlines = [outline(one) for one in history]
    wanted = past.window(outlines, CURRENT, NOW, most, until)
    keys = past.keys_of(wanted, outlines, CURRENT)
    texts = [one for one in history if one["revision_key"] in keys]
    return past.past(wanted, texts, CURRENT), keys


def test_of_a_long_history_only_what_is_shown_is_read() -> None:
    found, keys = read([revision(n) for n in range(1, 10)] * 1 + [revision(n) for n in range(10, 900)], 6)
    assert keys == [f"{n}.0.e{n}" for n in range(895, 900)]
    assert (found.first, found.total, len(found.shown)) == (895, 900, 6)
    before, keys = read([revision(n) for n in range(1, 900)], 6, found.first)
    assert (before.first, len(before.shown), len(keys)) == (890, 6, 6)
    assert before.shown[-1]["body"] == found.shown[0]["body"], "page by page without a gap"


def test_a_partial_update_is_read_with_what_it_was_made_of() -> None:
    history = [
        revision(1),
        revision(2),
        partial(3, summary="S."),
        partial(4, section="Sport"),
        revision(5, withheld=True),
    ]
    found, keys = read(history, 2)
    assert keys == ["2.0.e2", "3.0.e3", "4.0.e4"]
    assert [(one["body"], one.get("summary"), one.get("section")) for one in found.shown] == [("Text 2.", "S.", "Sport"), ("Now.", None, None)]  # fmt: skip


def test_correction_notes_are_told_of_all_revisions() -> None:
    notes = [None, "One.", "One.", None, "Two."]
    history = [revision(n, correction_note=note) for n, note in enumerate(notes, 1)]
    found, keys = read(history, 1)
    assert [one["note"] for one in found.corrections] == ["One.", "Two."]
    assert keys == []


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for n in range(draw(st.integers(0, 12))):
        fields: dict[str, Any] = draw(st.sampled_from([{}, {"withheld": True}, {"body": f"New {n}."}, {"expires": "2026-03-14T11:00:00+00:00"}, {"withheld": False}]))  # fmt: skip
        made.append(partial(n, **fields) if draw(st.booleans()) and n else revision(n, **fields))
    return made


@given(histories(), st.integers(1, 8), st.none() | st.integers(1, 20))
def test_the_same_is_shown_as_if_all_were_read(history: list[dict[str, Any]], most: int, until: int | None) -> None:
    every = revisions.readable(revisions.timeline(history, [CURRENT]), NOW)
    end = len(every) if until is None else min(until, len(every))
    found, _ = read(history, most, until)
    assert [(one["headline"], one.get("body")) for one in found.shown] == [
        (one["headline"], one.get("body")) for one in every[max(0, end - most) : end]
    ]
    assert found.total == len(every)


class Client:
    """An article with a thousand revisions; notes what is asked of the history."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.history = [{**revision(n % 10), "revision_key": f"{n}.0.e{n}", "revision": {"event_id": f"e{n}", "received": "2026-03-14T01:00:00+00:00"}} for n in range(1000)]  # fmt: skip

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        found: list[dict[str, Any]] = [CURRENT] if index == "articles" else []
        if index == "history":
            self.asked.append(body)
            keys = next((one["terms"]["revision_key"] for one in body["query"].get("bool", {}).get("filter", []) if "revision_key" in one.get("terms", {})), None)  # fmt: skip
            found = [one for one in self.history if keys is None or one["revision_key"] in keys]
        hits = [{"_id": "x", "_source": one} for one in found]
        return {"took": 1, "hits": {"total": {"value": len(hits)}, "hits": hits}}


@pytest.mark.parametrize("most", [6, 51])
def test_a_reader_asks_for_no_text_that_is_not_shown(most: int) -> None:
    client: Any = Client()
    found = Reader(client, SETTINGS, lambda: NOW).past(CURRENT, NOW, most)
    assert found is not None
    assert len(found.shown) == most
    outlines, texts = client.asked
    assert not {"body", "summary", "faq"} & set(outlines["_source"])
    assert texts["size"] == most - 1


def test_a_change_of_a_long_text_is_compared_and_sent_without_the_rest() -> None:
    long = [f"Paragraph {n}." for n in range(5000)]
    old, new = "\n\n".join(long), "\n\n".join([*long[:2500], "New.", *long[2500:]])
    assert list(revisions.paragraphs(old, new)) == [
        {"change": "same", "count": 2500}, {"change": "added", "text": "New."}, {"change": "same", "count": 2500},
    ]  # fmt: skip
