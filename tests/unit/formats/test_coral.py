"""Coral's exports: what is only a tombstone, what has no words, who answers whom."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.comment import ReceivedComment
from tests.support.samples import events
from tests.unit.formats.test_exports import kinds, own, removed

DELETED: list[dict[str, Any]] = [
    {"deleted": True, "body": None}, {"deleted": True, "body": ""}, {"deleted": True, "body": "[deleted]"}, {"deletedAt": "2026-03-15T00:00:00Z", "body": "Gone"},
    {"body": None, "author": None}, {"deleted": "true"}, {"revision": None, "deleted": True}, {"revision": None},
]  # fmt: skip


@pytest.mark.parametrize("tombstone", DELETED)
def test_coral_removes_what_is_only_a_tombstone(tombstone: dict[str, Any]) -> None:
    good = {"id": "1", "body": "Good.", "storyID": "s1", "createdAt": "2026-03-14T09:00:00Z"}
    gone = {"id": "2", "storyID": "s1", "createdAt": "2026-03-14T09:00:00Z", **tombstone}
    read = events(json.dumps({"comments": [good, gone]}))
    assert (kinds(read), removed(read), read.rejects) == (["comment", "comment-removal"], ["2"], ())
    assert removed(events(json.dumps([gone]))) == ["2"], "alone too"


def test_coral_says_what_has_no_words_and_no_id() -> None:
    good = {"id": "1", "body": "Good.", "storyID": "s1"}
    read = events(json.dumps([good, {"body": None, "storyID": "s1"}, {"id": "3", "body": " ", "storyID": "s1"}]))
    assert (kinds(read), [reject.reason for reject in read.rejects]) == (["comment"], ["no-text", "no-text"])


def test_coral_replies_have_the_comment_around_them_as_parent() -> None:
    leaf = {"id": "3", "body": "Three."}
    nested = {
        "id": "1",
        "body": "One.",
        "createdAt": "x",
        "replies": {
            "nodes": [
                {"id": "2", "body": "Two.", "author": None, "replies": [leaf | {"author": None}]},
                {"id": "4", "body": "Four.", "author": {}},
            ]
        },
    }
    found: Any = [
        event.data for event in events(json.dumps({"stories": [{"id": "s", "comments": {"nodes": [nested]}}]})).events
    ]
    assert [(own(one.name), own(one.parent_name)) for one in found] == [
        ("1", None),
        ("2", "1"),
        ("3", "2"),
        ("4", "1"),
    ]


def test_coral_as_its_database_exports_it() -> None:
    at = {"$date": "2026-03-14T09:00:00Z"}
    revisions = [{"id": "r1", "body": "<p>Erst.</p>", "createdAt": at}, {"id": "r2", "body": "<p>Dann.</p>", "createdAt": {"$date": "2026-03-14T09:05:00Z"}}]  # fmt: skip
    rows = [
        {"_id": {"$oid": "65f0"}, "id": "1", "storyID": "s1", "parentID": None, "revisions": revisions, "status": "APPROVED", "createdAt": at},
        {"_id": {"$oid": "65f1"}, "id": "2", "storyID": "s1", "parentID": "1", "revisions": [], "createdAt": at, "deletedAt": at},
        {"_id": {"$oid": "65f2"}, "id": "3", "storyID": "s1", "revisions": [], "createdAt": {"$date": {"$numberLong": "1773478800000"}}},
        {"_id": {"$oid": "65f3"}, "id": "4", "storyID": "s1", "revisions": [{"id": "r", "body": "Neu."}], "createdAt": {"$date": {"$numberLong": "1773478800000"}}},
    ]  # fmt: skip
    read = events("\n".join(map(json.dumps, rows)))
    assert (sorted(kinds(read)), sorted(map(str, removed(read)))) == (
        ["comment"] * 2 + ["comment-removal"] * 2,
        ["2", "3"],
    )
    assert not read.rejects
    found: Any = {own(event.data.name): event.data for event in read.events if isinstance(event.data, ReceivedComment)}
    assert [found["1"].text, found["4"].text] == ["Dann.", "Neu."]
    assert str(found["1"].edited).startswith("2026-03-14T09:05")
    assert str(found["4"].posted).startswith("2026-03-14T09:00")


def test_coral_comments_of_a_story_that_another_comment_has_the_address_of() -> None:
    story = {"id": "s1", "url": "https://news.example/1"}
    rows = [{"id": "1", "body": "One.", "storyID": "s1"}, {"id": "2", "body": "Two.", "story": "s1"}, {"id": "3", "body": "Three.", "story": story}]  # fmt: skip
    read = events(json.dumps(rows))
    assert len({event.data.article_id for event in read.events}) == 1
