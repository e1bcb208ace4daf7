"""An article as ninjs 3.0 (IPTC News in JSON). Pure."""

from __future__ import annotations

from typing import Any

from pipeline.search.exports.documents import Document, byline, changed, paragraphs, pictures, published, urn, version

MEDIA_TYPE = "application/json"


def ninjs(document: Document) -> dict[str, Any]:
    body = "\n\n".join(paragraphs(document))
    bodies = [
        {
            "role": "main",
            "contentType": "text/plain",
            "charCount": len(body),
            "wordCount": len(body.split()),
            "value": body,
        }
    ]
    if document.get("body_html"):
        bodies.append({"role": "main", "contentType": "text/html", "value": document["body_html"]})
    item = {
        "uri": urn(document),
        "standard": {
            "name": "ninjs",
            "version": "3.0",
            "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json",
        },
        "type": "text",
        "representationType": "full",
        "version": str(version(document)),
        "versionCreated": changed(document),
        "firstCreated": published(document),
        "contentCreated": published(document),
        "pubStatus": "usable",
        "language": document.get("language"),
        "urgency": document.get("urgency"),
        "headlines": [{"role": "main", "value": document.get("headline") or ""}],
        "descriptions": [{"role": "summary", "value": document["summary"]}] if document.get("summary") else None,
        "bodies": bodies if body else None,
        "by": byline(document),
        "slugline": document.get("slug"),
        "located": document.get("dateline"),
        "people": [{"name": name} for name in document.get("people", [])],
        "organisations": [{"name": name} for name in document.get("organisations", [])],
        "places": [{"name": name} for name in document.get("places", [])],
        "subjects": _subjects(document),
        "genres": [{"name": document["genre"]}] if document.get("genre") else None,
        "infoSources": [{"name": document["publisher"], "role": "publisher"}] if document.get("publisher") else None,
        "copyrightHolder": document.get("rights_holder"),
        "copyrightNotice": document.get("rights"),
        "usageTerms": document.get("usage_terms"),
        "associations": [_picture(one, n) for n, one in enumerate(pictures(document), 1)],
        "altIds": [{"role": "url", "value": document["url"]}] if document.get("url") else None,
    }
    return {name: value for name, value in item.items() if value not in (None, [])}


def _subjects(document: Document) -> list[dict[str, Any]]:
    coded = [
        {"name": one.get("name") or one["code"], "uri": _topic(one["code"])} for one in document.get("media_topics", [])
    ]
    return [*coded, *({"name": name} for name in document.get("topics", []))]


def _topic(code: str) -> str:
    return f"http://cv.iptc.org/newscodes/mediatopic/{code.removeprefix('medtop:')}"


def _picture(picture: dict[str, Any], number: int) -> dict[str, Any]:
    made: dict[str, Any] = {"name": f"picture-{number}", "uri": picture["url"], "type": "picture"}
    made["renditions"] = [{"name": "original", "href": picture["url"]}]
    if picture.get("caption"):
        made["descriptions"] = [{"role": "caption", "value": picture["caption"]}]
    if picture.get("credit"):
        made["by"] = picture["credit"]
    return made
