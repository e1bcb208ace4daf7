"""Arbitrary and mutated bytes through every format: events or a rejection, nothing else; what would go on for ever ends by the limit that every test has."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Reject
from pipeline.formats.items import Discussion, Item, Story
from pipeline.formats.table import FORMATS
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.push.docs import EXAMPLES
from pipeline.settings import Settings
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.support import samples
from tests.support.documents import ODD, PLACES, Path, Real, replaced

SETTINGS = Settings(_env_file=None)
RECEIVED = datetime(2026, 3, 20, tzinfo=UTC)

SEEDS: list[bytes] = [
    (example if isinstance(example, str) else json.dumps(example)).encode()
    for route in EXAMPLES.values()
    for _, example in route.values()
] + [
    samples.G2.encode(),
    samples.NEWSML.format(items=samples.newsml("a1")).encode(),
    b"\x01wnr0012 2 i 211  wnr 061\r\n\nHarbour/\r\n\x02Ferry crews walk out =\r\n\n   Varnholm (wnr) - They walked out.\r\n\x03\r\n140820 mar 26\r\n\x04",
    b"\x16\x16\x01a0127\x1f_-----\r\nu i\x13\x11 BC-EU--Harbour   03-14 0211\r\n\x02^BC-EU--Harbour,120<\r\n^Crews walk out<\r\n\t   VARNHOLM (WN) _ Out.\r\n\x03\r\nWN-03-14-26 0820GMT<\r\n\x04",
    b"ZCZC WNR\r#Strike\r$Ferry crews walk out\rFerry crews walked out.\r\rNNNN",
    b"<urlset><url><loc>https://w.example/a</loc><n:news xmlns:n='x'><n:title>T</n:title></n:news></url></urlset>",
    b"<disqus xmlns:dsq='d'><thread dsq:id='1'><link>https://w.example/a</link></thread><post dsq:id='2'><message>Hi</message><author><name>A</name></author><thread dsq:id='1'/></post></disqus>",
    samples.warc_record("https://w.example/a", "200 OK", "<html><h1>A headline of a page</h1><p>Text.</p></html>"),
    b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"T","content_text":"x"}]}',
    b'{"specversion":"1.0","type":"article.published","data":{}}',
    b'{"uri":"urn:\\ud800","headline":"half \xed\xa0\x80 a pair","body_text":"\\udfff"}',
]
PIECES = [b"<", b">", b"</", b"&", b"&amp;", b"]]>", b"<![CDATA[", b'"', b"{", b"}", b"[", b"null", b"\x00", b"\x01", b"\x02", b"\xff\xfe",
          b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"xmlns=''", b"-1", b"1e999", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"https://", b"<p>" * 50]  # fmt: skip


def check_odd_value(real: Real, path: Path, value: Any) -> None:
    content = real.written(replaced(real.document, path, value))
    url = None if real.kind == "events" else "https://w.example/page"  # an event isn't taken from an address
    read = read_item(Item(content, "test", None, url), Hints(), SETTINGS, RECEIVED)
    told = f"{real.kind}: {'.'.join(map(str, path))} is {str(value)[:80]!r}: {[str(one)[:200] for one in read.rejects]}"
    assert all(reject.reason != "failed" for reject in read.rejects), told
    assert read.kind == real.kind, told
    # a page is one story, which a contract may find too long
    if real.odd or len(str(value)) < 500:
        assert sum(real.says in event.to_json() for event in read.events) >= real.good, told


def _mutated(seed: bytes, rng: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(rng.randint(1, 8)):
        at = rng.randint(0, len(content))
        match rng.randint(0, 4):
            case 0:
                content[at:at] = rng.choice(PIECES)
            case 1:
                del content[at : at + rng.randint(1, 40)]
            case 2:
                content[at : at + 1] = bytes([rng.randint(0, 255)])
            case 3:
                cut = rng.randint(0, len(content))
                content[at:at] = content[cut : cut + 60]
            case _:
                content = content[:at] if rng.random() < 0.3 else content
    return bytes(content)


def _check(content: bytes) -> None:
    item = Item(content, "test", None, "https://w.example/page")
    read = read_item(item, Hints(), SETTINGS, RECEIVED)
    assert all(reject.reason != "failed" for reject in read.rejects), "an exception that no parser foresaw"
    assert all(isinstance(event, RawArticleEvent | RawCommentEvent) for event in read.events)
    for event in read.events:
        assert type(event).model_validate_json(event.to_json()) is not None
    # also where detection would have said otherwise
    for one in FORMATS:
        if not one.recognises(item):
            continue
        try:
            for reading in one.read(item):
                assert isinstance(reading, Story | Discussion | RawArticleEvent | RawCommentEvent | Reject)
        except (Reject, RecursionError):
            pass


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_arbitrary_bytes(content: bytes) -> None:
    _check(content)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["uri", "headline", "body_text", "items", "version", "comments", "article", "text", "subject", "bodies", "headlines", "url",
                     "id", "specversion", "type", "data", "renditions", "associations", "author", "story", "body", "storyID", "authors", "hubs"]), inner, max_size=6), max_leaves=25))  # fmt: skip
def test_arbitrary_json(value: object) -> None:
    _check(json.dumps(value).encode())


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_an_odd_value_refuses_its_own_part_of_a_document_alone(place: tuple[Real, Path], value: object) -> None:
    check_odd_value(*place, value)


@pytest.mark.parametrize(
    ("odd", "events", "reasons"),
    [
        ({"body": "odd", "storyID": "s1", "story": "https://news.example/a"}, 3, []),
        ({"body": "odd", "story": "s1"}, 3, []),
        ({"body": "odd", "story": 7}, 3, []),
        ({"body": "odd", "story": True}, 2, ["no-id"]),
        ({"revision": "odd", "storyID": "s1"}, 2, ["invalid"]),
        ({"body": {"text": 7}, "storyID": "s1"}, 2, ["invalid"]),
        ({"body": "odd", "storyID": "s1", "author": {"username": "x" * 5000}}, 2, ["invalid"]),
    ],
)
def test_an_odd_comment_of_coral_is_read_or_refused_by_itself(odd: Any, events: int, reasons: list[str]) -> None:
    good = [{"id": own, "body": "Good.", "storyID": "s1"} for own in ("1", "2")]
    read = samples.events(json.dumps({"comments": [good[0], odd, good[1]]}))
    assert len(read.events) == events
    assert [reject.reason for reject in read.rejects] == reasons


@pytest.mark.parametrize(
    "more",
    [
        {"place": [{"name": "Oslo", "geojson": {"coordinates": [10**400, 59.9]}}]},
        {"subject": [{"name": "strike", "code": "http://cv.iptc.org/newscodes/mediatopic/" + "9" * 600}]},
        {"person": [{"name": "Ann Lee", "code": "http://cv.iptc.org/newscodes/mediatopic/" + "9" * 600}]},
        {"links": [{"href": "https://w.example/x", "title": "x" * 5000}]},
    ],
)
def test_what_the_contract_cannot_hold_of_a_story_is_cut_or_left_out(more: dict[str, Any]) -> None:
    assert len(samples.events(json.dumps({"uri": "urn:1", "headline": "A", "body_text": "B.", **more})).events) == 1


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_mutated_items(number: int) -> None:
    rng = random.Random(number)
    for _ in range(60):
        _check(_mutated(SEEDS[number], rng))


def test_an_envelope_of_ninjs_and_other_things() -> None:
    """Found by chance: what isn't an object is refused by itself, and the others are read."""
    mixed: list[object] = [
        {"uri": "urn:1", "headline": "A", "body_text": "B."},
        None,
        True,
        [],
        {"uri": "urn:2", "headline": "C", "body_text": "D."},
    ]
    for document in ({"results": mixed}, mixed, [None, *mixed[:1], True, [], *mixed[4:]]):
        read = read_item(Item(json.dumps(document).encode(), "test"), Hints(), Settings(_env_file=None))
        assert len(read.events) == 2
        assert [reject.reason for reject in read.rejects] == ["unknown-format"] * 3
