"""Real documents of the formats, and each place in them where something odd may stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.builders import raw_article, raw_comment

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value inside a JSON document."""
_NINJS_1: dict[str, Any] = {
    "uri": "urn:odd", "type": "text", "version": "1", "versioncreated": "2026-03-14T08:20:00Z", "pubstatus": "usable",
    "urgency": 4, "language": "en", "headline": "Odd", "slugline": "odd", "byline": "Ann Lee", "located": "Oslo",
    "body_text": "One.", "body_html": "<p>One.</p>", "description_text": "Short.", "ednote": "Adds quote", "keywords": ["port"],
    "signals": [{"code": "sig:update"}], "infosources": [{"name": "Wire"}], "altids": {"own": "17"}, "genre": [{"name": "News"}],
    "rightsinfo": {"copyrightholder": "Wire", "usageterms": "Web only"}, "authors": [{"name": "Ann Lee"}],
    "subject": [{"code": "20000533", "scheme": "http://cv.iptc.org/newscodes/mediatopic/", "name": "strike"}],
    "person": [{"name": "Ann Lee", "rel": "author"}], "links": [{"href": "https://w.example/x", "title": "X", "rel": "related"}],
    "place": [{"name": "Oslo", "code": "p:1", "geojson": {"type": "Point", "coordinates": [10.7, 59.9]}}],
    "associations": {"main": {"uri": "urn:p", "type": "picture", "headline": "Harbour", "body_text": "",
                     "renditions": {"big": {"href": "https://w.example/p.jpg", "width": 2000, "mimetype": "image/jpeg"}}},
                     "more": {"uri": "urn:t", "type": "text", "headline": "More"}},
}  # fmt: skip
_NINJS_3: dict[str, Any] = {
    "uri": "urn:odd", "standard": {"name": "ninjs", "version": "3.0"}, "headlines": [{"role": "main", "value": "Odd"}],
    "bodies": [{"contentType": "text/html", "value": "<p>One.</p>"}], "descriptions": [{"contentType": "text/plain", "value": "Short."}],
    "people": [{"name": "Ann Lee", "rel": "author"}], "subjects": [{"name": "strike", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000533"}],
    "places": [{"name": "Oslo", "geoJSON": {"geometry": {"coordinates": [[[10.0, 59.0], [11.0, 60.0]]]}}}], "altIds": [{"role": "own", "value": "17"}],
    "associations": [{"uri": "urn:p", "type": "picture", "renditions": [{"href": "https://w.example/p.jpg", "width": 1}]}],
}  # fmt: skip
_STORY = {"id": "s1", "url": "https://news.example/a", "metadata": {"title": "Ferries"}}
_CORAL: dict[str, Any] = {
    "id": "c2", "body": "Odd.", "createdAt": "2026-03-14T10:00:00Z", "status": "APPROVED", "author": {"username": "Hanne"},
    "story": _STORY, "storyID": "s1", "storyURL": "https://news.example/a", "parent": {"id": "c1"}, "parentID": "c1",
    "revision": {"body": "Odd."}, "editing": {"edited": True, "editedAt": "2026-03-14T10:01:00Z"}, "deletedAt": None,
    "replies": {"edges": [{"node": {"id": "c9", "body": "No.", "storyID": "s1"}}]},
}  # fmt: skip
_FEED: dict[str, Any] = {
    "id": "2", "url": "https://w.example/2", "external_url": "https://x.example/2", "title": "Odd", "content_html": "<p>One.</p>",
    "content_text": "One.", "summary": "Short.", "image": "https://w.example/p.jpg", "date_published": "2026-03-14T08:20:00Z",
    "date_modified": "2026-03-14T08:20:00Z", "authors": [{"name": "Ann Lee"}], "author": {"name": "Ann Lee"}, "tags": ["port"], "language": "en",
    "attachments": [{"url": "https://w.example/p.jpg", "mime_type": "image/jpeg"}],
}  # fmt: skip
_COMMENT = {
    "id": "2",
    "author": "Lena",
    "posted": "2026-03-14T09:05:00Z",
    "edited": None,
    "text": "Odd.",
    "parent": "1",
    "status": "held",
}


DECLARED: dict[str, Any] = {
    "@context": "https://schema.org", "@graph": [
        {"@type": ["NewsArticle"], "@id": "#a", "headline": "Ferry crews walk out at Varnholm", "articleBody": "One.", "description": "Short.",
         "author": [{"@type": "Person", "name": "Ann Lee"}], "publisher": {"@type": "Organization", "name": "Wire", "logo": {"url": "https://w.example/l.png"}},
         "articleSection": ["Port"], "inLanguage": "en", "datePublished": "2026-03-14T08:20:00Z", "dateModified": "2026-03-14T08:20:00Z",
         "keywords": ["port", "ferry"], "image": [{"@type": "ImageObject", "url": "https://w.example/p.jpg", "caption": "Harbour"}],
         "about": [{"@type": "Place", "name": "Oslo", "geo": {"latitude": 59.9, "longitude": 10.7}}], "mentions": {"@type": "Person", "name": "Ann Lee"},
         "mainEntityOfPage": {"@id": "https://w.example/page"}, "liveBlogUpdate": [{"headline": "Now", "articleBody": "Two."}]},
        {"@type": "Question", "name": "Who?", "acceptedAnswer": {"@type": "Answer", "text": "They."}},
    ],
}  # fmt: skip


DECLARED_COMMENT: dict[str, Any] = {
    "@type": "Comment", "@id": "#c2", "identifier": 2, "url": "https://w.example/page#c2", "text": "Odd.", "dateCreated": "2026-03-14T09:05:00Z",
    "author": {"@type": "Person", "name": "Lena"}, "parentItem": {"@id": "#c1"}, "comment": [{"text": "An answer."}],
}  # fmt: skip


def page(declared: Any) -> bytes:
    text = "Ferry crews at the port of Varnholm walked out on Saturday after talks about night shifts failed, GOOD."
    return f"<!doctype html><html><head><title>T</title><script type='application/ld+json'>{json.dumps(declared)}</script></head><body><article><h1>Ferry crews walk out at Varnholm</h1><p>{text}</p><p>{text.replace('failed, GOOD', 'ended')}</p></article></body></html>".encode()


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _lines(events: Any) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in events)


@dataclass(frozen=True)
class Real:
    """A document as providers send it: what stands at `odd` may become anything, and as many events as `good` still have to say what the
    good parts say."""

    kind: str
    document: Any
    odd: Path
    good: int
    written: Callable[[Any], bytes] = as_json
    says: bytes = b"GOOD"


def _good(thing: dict[str, Any], own: str, **more: Any) -> dict[str, Any]:
    return {**thing, **dict.fromkeys((own,), "GOOD"), **more}


REAL = [
    Real("coral", {"comments": [{"id": "c1", "body": "GOOD", "story": _STORY}, _CORAL, {"id": "c3", "body": "GOOD", "storyID": "s1"}]}, ("comments", 1), 2),
    Real("coral", [{"id": "c1", "body": "GOOD", "story": _STORY}, _CORAL, {"id": "c3", "body": "GOOD", "storyID": "s1"}], (1,), 2),
    Real("coral", {"data": {"comments": {"edges": [{"node": _CORAL}, {"node": _good(_CORAL, "body", id="c3", replies=[])}]}}}, ("data", "comments", "edges", 0), 1),
    Real("coral", {"stories": [_STORY, {"id": "s2", "comments": {"nodes": [{"id": "c3", "body": "GOOD", "author": {}}]}}],
                   "comments": [{"id": "c1", "body": "GOOD", "storyID": "s1"}, {"id": "c3", "body": "GOOD", "asset_id": 7}]}, ("stories", 0), 3),
    Real("comments", {"article": {"id": "a"}, "comments": [_good(_COMMENT, "text", id="1"), _COMMENT, _good(_COMMENT, "text", id="3")]}, ("comments", 1), 2),
    Real("json feed", {"version": "https://jsonfeed.org/version/1.1", "items": [_FEED, _good(_FEED, "title", id="1", url="https://w.example/1")]}, ("items", 0), 1),
    Real("ninjs", [_NINJS_1, _good(_NINJS_1, "headline", uri="urn:1")], (0,), 1),
    Real("ninjs", {"results": [_NINJS_1, _good(_NINJS_1, "headline", uri="urn:1"), _good(_NINJS_1, "headline", uri="urn:2")]}, ("results", 0), 2),
    Real("ninjs", [{"uri": "urn:1", "headline": "GOOD", "body_text": "One."}, _NINJS_3], (1,), 1),
    Real("events", [json.loads(raw_article("a").to_json()), json.loads(raw_article("b", text="GOOD").to_json())], (0, "data"), 1, _lines),
    Real("events", [json.loads(raw_article("b", text="GOOD").to_json()), json.loads(raw_comment("a", 1).to_json())], (1,), 1, _lines),
    Real("html page", DECLARED, (), 1, page, b"article.published"),
    Real("html page", {"@type": "NewsArticle", "headline": "Ferry crews walk out", "comment": [{"text": "GOOD"}, DECLARED_COMMENT, {"text": "GOOD"}]}, ("comment", 1), 3, page),
]  # fmt: skip


ODD: list[Any] = [None, True, False, 0, -1.5, 10**400, float("inf"), "", " ", "odd", "https://news.example/odd", "x" * 5000, "https://w.example/" + "9" * 600,
                  "half \ud800 a pair", "\x00", [], {}, [None], ["odd"], [[7]], [{}], {"odd": 1}, {"id": []}, {"name": {}}, {"url": 7, "text": "odd"}, {"nodes": [3]}]  # fmt: skip


def places(value: Any, at: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, one in inner for place in places(one, (*at, name)))]


def value_at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def replaced(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    document = json.loads(json.dumps(document))  # whose parts have nothing in common
    value_at(document, path[:-1])[path[-1]] = value
    return document


PLACES = [(real, (*real.odd, *place)) for real in REAL for place in places(value_at(real.document, real.odd))]
