"""ninjs, the IPTC's news in JSON: 1.x (`headline`, `body_text`), 2.x (`headlines`, `bodies`) and 3.x (camel case).

Source: https://www.iptc.org/std/ninjs/userguide/ and the JSON Schemas of each version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import html_text, iptc, json_values, parts, places, plain_text
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from schemas.article import Link, Named, Picture, Subject

_TYPES = frozenset(
    {"text", "audio", "video", "picture", "graphic", "composite", "planning", "component", "event", "package", "news", "live", "story", "article"}
)  # fmt: skip
_MARKS = frozenset(
    {"headline", "headlines", "body_text", "body_html", "body_xhtml", "bodies", "description_text", "description_html",
     "descriptions", "versioncreated", "pubstatus", "representationtype", "renditions", "associations", "slugline",
     "profile", "standard", "copyrightholder", "usageterms", "contentcreated", "person", "people", "subject", "subjects",
     "located", "mimetype", "contenttype", "firstcreated", "altids", "infosources", "rightsinfo", "event", "type",
     "organisation", "organisations", "place", "places", "object", "byline", "by", "version", "language", "urgency",
     "copyrightnotice", "title", "ednote", "infosource", "digitalsourcetype", "$standard", "expires",
     "embargoed", "embargoeduntil", "genre", "charcount", "wordcount", "contactinfo", "trustindicator", "keywords", "advice", "linkedrights"}
)  # fmt: skip
_STRINGS = (
    "uri", "type", "mimetype", "representationtype", "profile", "versioncreated", "firstcreated", "contentcreated",
    "embargoed", "embargoeduntil", "pubstatus", "copyrightholder", "copyrightnotice", "language", "byline", "headline", "title",
    "body_text", "body_html", "body_xhtml", "description_text", "description_html", "slugline", "slug", "ednote",
    "expires",
)  # fmt: skip
_LISTS = ("person", "people", "organisation", "organisations", "place", "places", "subject", "subjects", "event",
          "events", "object", "objects", "headlines", "bodies", "descriptions")  # fmt: skip

Ninjs = dict[str, Any]


def recognises(item: Item) -> bool:
    """JSON objects one of which has a `uri` (or a `guid`) and something else that ninjs names."""
    return _has_ninjs(_things(item.json))


def is_ninjs(thing: Ninjs) -> bool:
    """Whether an object is ninjs, of any version, by its properties."""
    keys = {str(key).casefold() for key in thing}
    if keys & {"specversion", "items", "storyid", "asset_id"}:
        return False
    named = any(key.startswith(("body_", "headline_", "description_")) for key in keys)
    return ("uri" in keys or "guid" in keys) and (named or bool(keys & _MARKS))


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
    _check(fields)
    kind = str(fields.get("type") or "text")
    if kind in ("planning", "event"):
        raise Reject("no-story", f"this is ninjs of type {kind!r}: planning, which carries no story")
    body_html = _content(fields, "bod", ("body_html", "body_xhtml"), html=True)
    body_text = _content(fields, "bod", ("body_text",), html=False)
    summary = _content(fields, "description", ("description_text",), html=False) or html_text.plain(
        _content(fields, "description", ("description_html",), html=True)
    )
    paragraphs = html_text.paragraphs(body_html) if body_html else plain_text.paragraphs(body_text or "")
    title = fields.get("title") if isinstance(fields.get("title"), str) else None
    slug = fields.get("slugline") or fields.get("slug")
    headline = html_text.plain(_headline(fields) or title) or slug or (summary or "").split("\n")[0]
    uri = str(fields.get("uri") or fields.get("guid") or "")
    state = iptc.state_of(fields.get("pubstatus"))
    if state is State.USABLE and any(
        name.startswith("embargo") and value is not False for name, value in fields.items()
    ):
        state = State.EMBARGOED  # also by a name that we don't know, or without a time
    headline = plain_text.headline(headline, *paragraphs[:1], uri)  # a later revision can complete an item without text
    names = _named(fields)
    place = _located(fields.get("located"))
    note = fields.get("ednote") if isinstance(fields.get("ednote"), str) else None
    rights = json_values.as_dict(fields.get("rightsinfo"))
    byline, authors = _byline(fields)
    corrected, correction = iptc.correction(note, fields.get("signals") or fields.get("signal"))
    return Story(
        headline=headline or uri,
        paragraphs=paragraphs or ([summary] if summary and kind != "text" else []),
        body_html=html_text.reduced(body_html) if body_html else None,
        byline=byline or ", ".join(authors) or None,
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
        modified=json_values.text(fields.get("versioncreated")),
        version=iptc.number(fields.get("version")),
        embargo_until=first_time(
            json_values.text(fields.get("embargoeduntil")), json_values.text(fields.get("embargoed"))
        ),  # the name in 3.x, that in 1.x and 2.x
        expires=json_values.text(fields.get("expires")),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note=note,
        genre=_genre(fields, kind),
        urgency=iptc.urgency(fields.get("urgency")),
        subjects=_subjects(fields),
        topics=[str(word) for word in json_values.as_list(fields.get("keywords")) if isinstance(word, str)],
        named=names,
        pictures=[*_own_pictures(fields, kind), *_associated(fields)],
        rights=json_values.text(fields.get("copyrightnotice")) or json_values.text(rights.get("copyrightnotice")),
        rights_holder=json_values.text(fields.get("copyrightholder"))
        or json_values.text(rights.get("copyrightholder")),
        usage_terms=json_values.text(fields.get("usageterms")) or json_values.text(rights.get("usageterms")),
        credit=_source(fields),
        links=_links(fields),
    )


def _check(fields: Ninjs) -> None:
    for name in _STRINGS:
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            raise Reject("invalid", f"{name} has to be a string, not {json_values.kind_of(value)}")
    version = fields.get("version")
    if (
        version is not None
        and not isinstance(version, str)
        and (isinstance(version, bool) or not isinstance(version, int))
    ):
        raise Reject("invalid", f"version has to be a string, not {json_values.kind_of(version)}")
    for name in _LISTS:
        value = fields.get(name)
        if value is not None and not isinstance(value, list):
            raise Reject("invalid", f"{name} has to be a list, not {json_values.kind_of(value)}")
    if "usageterms" in fields and not isinstance(fields["usageterms"], str):
        raise Reject("invalid", f"usageterms has to be a string, not {json_values.kind_of(fields['usageterms'])}")
    urgency = fields.get("urgency")
    if urgency is not None and not (isinstance(urgency, int | str) and iptc.urgency(urgency)):
        raise Reject("invalid", f"urgency has to be a whole number from 1 to 9, not {urgency!r}")
    for name in ("person", "people", "organisation", "organisations", "place", "places", "subject", "subjects"):
        for nth, one in enumerate(json_values.as_list(fields.get(name))):
            if not isinstance(one, dict):
                raise Reject("invalid", f"{name}[{nth}] has to be an object, not {json_values.kind_of(one)}")
    kind = fields.get("type")
    if kind and kind not in _TYPES:
        raise Reject("invalid", f"type is {kind!r}; ninjs knows {', '.join(sorted(_TYPES))}")
    if not (fields.get("uri") or fields.get("guid")):
        raise Reject("no-id", "uri is missing: ninjs needs it to distinguish an item's revisions from other items")


def _things(loaded: Any) -> list[Any]:
    """What a document holds: one object, a list, or the list inside an envelope; a list may contain anything."""
    if isinstance(loaded, list):
        return loaded
    if isinstance(loaded, dict):
        for inner in () if is_ninjs(loaded) else loaded.values():
            if isinstance(inner, list) and _has_ninjs(inner):
                return inner
        return [loaded]
    return []


def _has_ninjs(things: list[Any]) -> bool:
    return any(isinstance(one, dict) and is_ninjs(one) for one in things)


def _headline(fields: Ninjs) -> str | None:
    """`headline` or `headline_main` in 1.x, of the `headlines` of later versions the main one."""
    named = {
        key: value
        for key, value in fields.items()
        if key.startswith("headline") and isinstance(value, str) and value.strip()
    }
    for key in ("headline", "headline_main", *named):
        if key in named:
            return str(named[key])
    found = [
        one
        for one in json_values.as_list(fields.get("headlines"))
        if isinstance(one, dict) and json_values.text(one.get("value"))
    ]
    found.sort(key=lambda one: ((role := str(one.get("role") or "").casefold()) and (0 if "main" in role else 2)) or 1)
    return json_values.text(found[0]["value"]) if found else None


def _content(fields: Ninjs, stem: str, names: tuple[str, ...], *, html: bool) -> str | None:
    """A body or a description: `body_html` and the like in 1.x (where any name may follow `body_`), an entry of `bodies`
    by its content type later."""
    for name in names:
        if isinstance(fields.get(name), str) and fields[name].strip():
            return str(fields[name])
    plural, prefix = ("bodies", "body_") if stem == "bod" else ("descriptions", "description_")
    for one in json_values.as_list(fields.get(plural)):
        if isinstance(one, dict) and isinstance(one.get("value"), str) and one["value"].strip():
            kind = str(one.get("contenttype") or one.get("contentType") or "").casefold()
            if ("html" in kind or "xml" in kind or (not kind and _is_html(one["value"]))) is html:
                return str(one["value"])
    known = ("body_html", "body_xhtml", "body_text", "description_html", "description_text")
    for key, value in fields.items():
        if (
            key.startswith(prefix)
            and key not in known
            and isinstance(value, str)
            and value.strip()
            and _is_html(value) is html
        ):
            return value
    return None


def _is_html(text: str) -> bool:
    return bool(re.search(r"</?(?:p|br|div|h\d|ul|table)\b[^>]*>", text, re.IGNORECASE))


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


def _own_pictures(fields: Ninjs, kind: str) -> list[Picture]:
    if kind not in ("picture", "graphic"):
        return []
    picture = _picture(fields)
    return [picture] if picture else []


def _associated(fields: Ninjs) -> list[Picture]:
    found = []
    for one in json_values.objects(fields.get("associations")):
        inner = {str(key).casefold(): value for key, value in one.items()}
        if inner.get("type") in (None, "picture", "graphic") and (picture := _picture(inner)):
            found.append(picture)
    return found[:50]


def _picture(fields: Ninjs) -> Picture | None:
    best, size = None, -1
    for one in json_values.objects(fields.get("renditions")):
        href = json_values.text(one.get("href") or one.get("url"))
        width = one.get("width") if isinstance(one.get("width"), int) else 0
        kind = str(one.get("mimetype") or one.get("contenttype") or one.get("contentType") or "image/")
        if href and kind.startswith("image/") and addresses.is_link(href) and (width or 0) > size:
            best, size = href, width or 0
    if best is None:
        return None
    caption = _content(fields, "description", ("description_text",), html=False) or html_text.plain(
        _content(fields, "description", ("description_html",), html=True)
    )
    return parts.picture(
        best,
        caption or _headline(fields),
        next(
            filter(
                None, (json_values.text(fields.get(name)) for name in ("byline", "by", "creditline", "copyrightholder"))
            ),
            None,
        ),
    )


def _links(fields: Ninjs) -> list[Link]:
    found = []
    for one in json_values.objects(fields.get("associations")):
        uri = json_values.text(one.get("uri"))
        if uri and str(one.get("type") or "text") not in ("picture", "graphic"):
            found.append(parts.link(uri, html_text.plain(_headline(one) or json_values.text(one.get("title")))))
    for one in json_values.as_list(fields.get("links")):
        if isinstance(one, dict) and (href := json_values.text(one.get("href") or one.get("uri") or one.get("url"))):
            found.append(parts.link(href, json_values.text(one.get("title")), json_values.text(one.get("rel"))))
    return found[:100]


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
