"""Real files of others beside the checkout, with what their own projects expect of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.dates import parse
from pipeline.errors import Reject
from pipeline.formats.items import Discussion, Item, Story
from pipeline.formats.table import detect
from tests.conftest import SHARED, load_json

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the samples are not beside this checkout")

WIRES = SHARED / "superdesk-wires"
FIELDS = {
    "headline": "headline", "language": "language", "version": "version", "versioncreated": "modified", "firstcreated": "published",
    "usageterms": "usage_terms", "byline": "byline", "abstract": "summary", "description_text": "summary", "embargoed": "embargo_until",
    "expiry": "expires", "keywords": "topics", "guid": "guid", "uri": "guid",
}  # fmt: skip
OTHERWISE = {
    # the peer joins guid and version, takes a byline or headline out of the text, or the second word of a dialect
    ("tag_reuters.com,0000_newsml_L4N1FL0N0_1132689232", "guid"), ("scoop.xml", "byline"), ("scoop.xml", "firstcreated"),
    ("afp_no_headline_2.xml", "headline"), ("ats.txt", "headline"), ("IPTC7901.txt", "headline"), ("tt_newsml_test.xml", "abstract"),
    ("belga_newsml_1_2.xml", "byline"), ("belga_newsml_1_2.xml", "guid"), ("kyodo.txt", "language"), ("kyodo.txt", "firstcreated"),
    ("kyodo.txt", "versioncreated"), ("stt_archive_newsml_created_date_test.xml", "versioncreated"),
    ("stt_archive_newsml_test.xml", "firstpublished"), ("stt_archive_newsml_created_date_test.xml", "firstpublished"),
    ("bbc-ninjs-comp-test.json", "headline"), ("bbc-ninjs-comp-test.json", "description_text"),
}  # fmt: skip
NAIVE = {"stt": "Europe/Helsinki", "ansa_belga": "Europe/Rome", "belga_newsml": "Europe/Brussels"}
"""Files whose times name no zone; a provider's zone is a setting."""


def _wires() -> list[Any]:
    return load_json(WIRES / "expected.json") if WIRES.is_dir() else []


def _read(path: Path, url: str | None = None) -> list[Any]:
    item = Item(path.read_bytes(), str(path), None, url)
    try:
        return list(detect(item).read(item))
    except Reject as reject:
        return [reject]


@pytest.mark.parametrize("entry", _wires(), ids=lambda entry: entry["file"])
def test_a_wire_file_says_what_its_source_says(entry: dict[str, Any]) -> None:
    path = WIRES / "files" / entry["file"]
    readings = _read(path)
    stories = [one for one in readings if isinstance(one, Story)]
    if entry["format"].startswith("xml-"):
        assert isinstance(readings[0], Reject), "an agency's own XML is refused by its root element"
        assert "root element" in readings[0].detail
        return
    checked = 0
    for check in entry["checks"]:
        field = check["path"][0] if check["path"] else ""
        evident = check.get("evidence") in ("in-source", "datetime")
        if not evident or field not in FIELDS or check["item"] >= len(stories) or (path.name, field) in OTHERWISE:
            continue
        story, wanted = stories[check["item"]], check["value"]
        found = getattr(story, FIELDS[field])
        if FIELDS[field] == "guid":
            assert wanted in (story.guid, story.url, *story.guids)
        elif check["evidence"] == "datetime":
            zone = next((zone for name, zone in NAIVE.items() if name in path.name), "UTC")
            at, said = parse(str(found), zone, datetime.now(UTC)), datetime.fromisoformat(wanted)
            assert at is not None
            assert at.utc == (said if said.tzinfo else said.replace(tzinfo=UTC)), field
        elif check["op"] == "contains":
            assert wanted in found, field
        else:
            assert " ".join(str(found).split()) == " ".join(str(wanted).split()), field
        checked += 1
    assert stories or not checked


@pytest.mark.parametrize(
    "name", list(load_json(SHARED / "iptc" / "ninjs_expected.json")) if (SHARED / "iptc").is_dir() else []
)
def test_ninjs_of_the_iptc(name: str) -> None:
    expected = load_json(SHARED / "iptc" / "ninjs_expected.json")[name]
    readings = _read(SHARED / "iptc" / "ninjs" / name)
    if expected.get("schema_verdict") == "pass":
        planning = any(isinstance(one, Reject) and one.reason == "no-story" for one in readings)
        assert planning or all(isinstance(one, Story) for one in readings)
    fields = expected.get("fields") or {}
    for story in [one for one in readings[:1] if isinstance(one, Story)]:
        assert fields.get("uri") in (None, story.guid)
        assert story.headline in (fields.get("headlines") or [story.headline])
        assert fields.get("versioncreated") in (None, story.modified)
        assert fields.get("byline") in (None, story.byline)
        assert set(fields.get("subject_names") or []) <= {one.name for one in story.subjects}
        assert set(fields.get("person_names") or []) <= {one.name for one in story.named}


@pytest.mark.parametrize(
    "name", list(load_json(SHARED / "iptc" / "newsml-g2_expected.json")) if (SHARED / "iptc").is_dir() else []
)
def test_newsml_g2_of_the_iptc(name: str) -> None:
    expected = load_json(SHARED / "iptc" / "newsml-g2_expected.json")[name]
    readings = _read(SHARED / "iptc" / "newsml-g2" / name)
    stories = {one.guid: one for one in readings if isinstance(one, Story)}
    for wanted in expected.get("items", []):
        if not wanted or not wanted.get("guid"):
            continue
        story = stories[wanted["guid"]]
        assert wanted.get("versionCreated") in (None, story.modified)
        assert wanted.get("embargoed") in (None, story.embargo_until)
        assert story.headline in (wanted.get("headlines") or [story.headline])
        assert {code for code in wanted.get("subjects") or [] if code} <= {one.code for one in story.subjects}


def test_comments_of_other_systems() -> None:
    folder = SHARED / "comments" / "files"
    posts = [one for one in _read(folder / "isso_wordpress.xml") if isinstance(one, Story)]
    assert sum(len(post.comments) for post in posts) == 8
    first = posts[0].comments
    assert [(c.author, c.text) for c in first[:2]] == [("Ohai", "Erster!1"), ("Tester", "Zweiter.")]
    assert first[2].parent == first[1].own_id
    threads = [one for one in _read(folder / "remark42_disqus.xml") if isinstance(one, Discussion) and one.url]
    shown = [c for thread in threads for c in thread.comments if c.state == "approved"]
    assert len(shown) == 4
    (fox,) = [c for c in shown if c.own_id == "299619020"]
    assert (fox.author, fox.posted) == ("Alexander Blah", "2011-08-31T15:16:29Z")
    assert "@" not in json.dumps([c.author for c in shown])


@pytest.mark.parametrize("folder", ["feedparser", "gofeed", "miniflux"])
def test_every_feed_of_other_projects_gives_stories_or_a_reason(folder: str) -> None:
    seen = 0
    for path in sorted((SHARED / folder).rglob("*.*")):
        if path.suffix in (".xml", ".json") and path.name != "expected.json":
            for one in _read(path, "https://example.org/feed"):
                assert isinstance(one, Story | Discussion | Reject), path
            seen += 1
    assert seen > 50
