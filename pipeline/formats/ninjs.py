"""ninjs, the IPTC's news in JSON: 1.x (`headline`, `body_text`), 2.x (`headlines`, `bodies`) and 3.x (camel case).

Source: https://www.iptc.org/std/ninjs/userguide/ and the JSON Schemas of each version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import (
    datelines,
    html_text,
    iptc,
    json_values,
    ninjs_ap,
    ninjs_check,
    ninjs_pictures,
    ninjs_texts,
    places,
    plain_text,
    wire_markup,
    wire_text,
)
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from schemas.article import Named, Subject

_MARKS = frozenset(
    {"headline", "headlines", "body_text", "body_html", "body_xhtml", "bodies", "description_text", "description_html",
     "descriptions", "versioncreated", "pubstatus", "representationtype", "renditions", "associations", "slugline",
     "profile", "standard", "copyrightholder", "usageterms", "contentcreated", "person", "people", "subject", "subjects",
     "located", "mimetype", "contenttype", "firstcreated", "altids", "infosources", "rightsinfo", "event", "type",
     "organisation", "organisations", "place", "places", "object", "byline", "by", "version", "language", "urgency",
     "copyrightnotice", "title", "ednote", "infosource", "digitalsourcetype", "$standard", "expires",
     "embargoed", "embargoeduntil", "genre", "charcount", "wordcount", "contactinfo", "trustindicator", "keywords", "advice", "linkedrights"}
)  # fmt: skip
_ENVELOPE = (
    "data",
    "item",
    "items",
    "_items",
    "content",
    "contents",
    "response",
    "result",
    "results",
    "newsitem",
    "newsitems",
    "hits",
    "_source",
)
"""Names under which an answer of an API has its items."""
Ninjs = dict[str, Any]


def recognises(item: Item) -> bool:
    """JSON objects one of which has a `uri` (or a `guid`) and something else that ninjs names."""
    return _has_ninjs(_things(item.json))


def is_ninjs(thing: Ninjs) -> bool:
    """Whether an object is ninjs, of any version, by its properties."""
    fields = {str(key).casefold(): value for key, value in thing.items()}
    keys = fields.keys()
    if keys & {"specversion", "items", "storyid", "asset_id"}:
        return False
    named = any(key.startswith(("body_", "headline_", "description_")) for key in keys)
    return (
        (("uri" in keys or "guid" in keys) and (named or bool(keys & _MARKS)))
        or ninjs_ap.is_ap(fields)
        or ninjs_check.is_marked(fields)
    )


def read(item: Item) -> Iterator[Story | Reject]:
    """The story of each object. An object that is no ninjs is refused by itself."""
    things = _things(item.json)
    for number, thing in enumerate(things, 1):
        try:
            if not isinstance(thing, dict):  # a list may hold anything besides ninjs objects
                raise Reject("unknown-format", f"it is {type(thing).__name__}, and should be an object")
            parsed = story(thing)
        except Reject as reject:
            yield Reject(reject.reason, f"item {number}: {reject.detail}") if len(things) > 1 else reject
            continue
        if len(things) > 1:
            parsed.original, parsed.original_type = json.dumps(thing, ensure_ascii=False).encode(), "application/json"
        yield parsed


def story(thing: Ninjs) -> Story:
    """One object's story. Raises Reject naming the property that is wrong or missing."""
    fields = {str(key).casefold(): value for key, value in thing.items() if value is not None}
    if ninjs_ap.is_ap(fields):
        fields = ninjs_ap.as_ninjs(fields)
    ninjs_check.check(fields)
    kind = str(fields.get("type") or "text")
    if kind in ("planning", "event"):
        raise Reject("no-story", f"this is ninjs of type {kind!r}: planning, which carries no story")
    body, own_headline, own_byline = ninjs_texts.body(fields)
    summary = ninjs_texts.description(fields)
    title = fields.get("title") if isinstance(fields.get("title"), str) else None
    slug = fields.get("slugline") or fields.get("slug")
    byline, authors = _byline(fields)
    place = _located(fields.get("located"))
    headline = html_text.plain(
        ninjs_texts.headline(fields) or own_headline or (None if plain_text.is_slug(title) else title)
    )
    text = wire_markup.without_head(body, headline, byline or own_byline, place, slug)
    opening = datelines.without(text.paragraphs)
    uri = ninjs_check.identifier(fields) or ""
    # a later revision can complete an item without text
    headline = wire_text.line(plain_text.headline(headline, *opening, title, slug, (summary or "").split("\n")[0], uri))
    state = iptc.state_of(fields.get("pubstatus"))
    if state is State.USABLE and any(
        name.startswith("embargo") and value is not False for name, value in fields.items()
    ):
        state = State.EMBARGOED  # also by a name that we don't know, or without a time
    names = _named(fields)
    note = fields.get("ednote") if isinstance(fields.get("ednote"), str) else None
    rights = json_values.as_dict(fields.get("rightsinfo"))
    corrected, correction = iptc.correction(note, fields.get("signals") or fields.get("signal"))
    return Story(
        headline=headline or uri,
        paragraphs=text.paragraphs or ([summary] if summary and kind != "text" else []),
        body_html=html_text.reduced(text.markup) if text.markup else None,
        byline=byline or ", ".join(authors) or own_byline,
        dateline=place,
        slug=slug,
        summary=summary,
        guid=uri or None,
        guids=_other_ids(fields),
        url=uri
        if uri.startswith(("http://", "https://")) and not fields.get("link")
        else json_values.text(fields.get("link")),
        language=json_values.text(fields.get("language")),
        published=first_time(
            json_values.text(fields.get("firstcreated")), json_values.text(fields.get("contentcreated"))
        ),
        modified=first_time(json_values.text(fields.get("versioncreated"))),
        version=iptc.number(fields.get("version")),
        embargo_until=first_time(
            json_values.text(fields.get("embargoeduntil")), json_values.text(fields.get("embargoed"))
        ),  # the name in 3.x, that in 1.x and 2.x
        expires=json_values.text(fields.get("expires")),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note="\n".join(filter(None, (note, *text.notes))) or None,
        genre=_genre(fields, kind),
        urgency=iptc.urgency(fields.get("urgency")),
        subjects=_subjects(fields),
        topics=[str(word) for word in json_values.as_list(fields.get("keywords")) if isinstance(word, str)],
        named=names,
        pictures=[*ninjs_pictures.own_pictures(fields, kind), *ninjs_pictures.associated(fields)],
        rights=json_values.text(fields.get("copyrightnotice")) or json_values.text(rights.get("copyrightnotice")),
        rights_holder=json_values.text(fields.get("copyrightholder"))
        or json_values.text(rights.get("copyrightholder")),
        usage_terms=json_values.text(fields.get("usageterms")) or json_values.text(rights.get("usageterms")),
        credit=_source(fields),
        links=ninjs_pictures.links(fields),
    )


def _things(loaded: Any, depth: int = 0) -> list[Any]:
    """What a document holds: one object, a list, or either inside envelopes; a list may contain anything."""
    if isinstance(loaded, list):
        return [_opened(one) for one in loaded]
    if isinstance(loaded, dict):
        for name, inner in () if is_ninjs(loaded) or depth > 4 else loaded.items():
            if isinstance(inner, list) and _has_ninjs(opened := [_opened(one) for one in inner]):
                return opened
            if (
                isinstance(inner, dict)
                and str(name).casefold() in _ENVELOPE
                and _has_ninjs(found := _things(inner, depth + 1))
            ):
                return found
        return [loaded]
    return []


def _opened(one: Any) -> Any:
    """An item of a list without the envelope of its own."""
    if isinstance(one, dict) and not is_ninjs(one):
        for name in ("item", "_source", "content", "newsitem"):
            inner = one.get(name)
            if isinstance(inner, dict) and is_ninjs(inner):
                return inner
    return one


def _has_ninjs(things: list[Any]) -> bool:
    return any(isinstance(one, dict) and is_ninjs(one) for one in things)


def _byline(fields: Ninjs) -> tuple[str | None, list[str]]:
    authors = [
        name
        for one in json_values.as_list(fields.get("authors"))
        if isinstance(one, dict) and (name := json_values.text(one.get("name")))
    ]
    people = [
        name
        for one in [*json_values.as_list(fields.get("person")), *json_values.as_list(fields.get("people"))]
        if isinstance(one, dict)
        and str(one.get("rel") or "").casefold() in ("author", "creator", "byline")
        and (name := json_values.text(one.get("name")))
    ]
    return json_values.text(fields.get("byline")) or json_values.text(fields.get("by")), [*authors, *people]


def _genre(fields: Ninjs, kind: str) -> str | None:
    for name in ("genre", "genres"):
        for one in json_values.as_list(fields.get(name)):
            if text := json_values.text(one.get("name") if isinstance(one, dict) else one):
                return text
    return kind if kind not in ("text", "composite", "news", "story", "article") else None


def _named(fields: Ninjs) -> list[Named]:
    found = []
    for kind, names in (
        ("person", ("person", "people")),
        ("organisation", ("organisation", "organisations")),
        ("place", ("place", "places")),
    ):
        for name in names:
            for one in json_values.as_list(fields.get(name)):
                if isinstance(one, dict) and (
                    text := json_values.text(one.get("name")) or json_values.text(one.get("literal"))
                ):
                    code = iptc.code(one.get("code") or one.get("uri"), one.get("scheme"))
                    where = places.middle(one.get("geojson") or one.get("geoJSON")) if kind == "place" else (None, None)
                    named = places.place(text, code, *where) if kind == "place" else None
                    found.append(named or Named(kind=kind, name=text[:512], code=code))
    return found[:500]


def _subjects(fields: Ninjs) -> list[Subject]:
    found = []
    for one in [*json_values.as_list(fields.get("subject")), *json_values.as_list(fields.get("subjects"))]:
        if isinstance(one, dict):
            code = iptc.code(one.get("code") or one.get("qcode") or one.get("uri"), one.get("scheme"))
            found.append(iptc.subject(code, json_values.text(one.get("name")) or json_values.text(one.get("literal"))))
    return [one for one in found if one is not None][:500]


def _other_ids(fields: Ninjs) -> list[str]:
    altids = fields.get("altids")
    if isinstance(altids, dict):
        return [str(value) for value in altids.values() if isinstance(value, str) and value]
    return [
        text
        for one in json_values.as_list(altids)
        if isinstance(one, dict) and (text := json_values.text(one.get("value")))
    ]


def _source(fields: Ninjs) -> str | None:
    if text := json_values.text(fields.get("infosource")) or json_values.text(fields.get("source")):
        return text
    for one in [*json_values.as_list(fields.get("infosources")), *json_values.as_list(fields.get("infosource"))]:
        if isinstance(one, dict) and (text := json_values.text(one.get("name"))):
            return text
    return None


def _located(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("name") or value.get("city")
    return json_values.text(value)


FORMAT = Format("ninjs", "application/json", recognises, read)
