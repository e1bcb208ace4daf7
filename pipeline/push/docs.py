"""Documentation that the ingest API serves: examples of each format for its OpenAPI description, and a page that shows them."""

from __future__ import annotations

import html
import json
from typing import Any

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
DESCRIPTION = (
    "Push stories and comments into Dateline. Every request carries `Authorization: Bearer dl_…`. 202 means that Kafka "
    "has everything that was accepted. Sending an item again has no further effect."
)

_NINJS = {
    "uri": "urn:wire-north:20260314:0001",
    "type": "text",
    "version": "1",
    "versioncreated": "2026-03-14T08:20:00Z",
    "pubstatus": "usable",
    "language": "en",
    "headline": "Ferry crews walk out at Varnholm",
    "byline": "Ingrid Solberg",
    "located": "Varnholm",
    "body_text": "VARNHOLM (Wire North) - Ferry crews walked out on Saturday.\n\nThree of nine ferries still sail.",
    "subject": [{"code": "20000533", "scheme": "http://cv.iptc.org/newscodes/mediatopic/", "name": "strike"}],
}
_G2 = """<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:wire-north:20260314:0001" version="1" standard="NewsML-G2" standardversion="2.35" xml:lang="en">
  <itemMeta><itemClass qcode="ninat:text"/><provider literal="wire-north"/><versionCreated>2026-03-14T08:20:00Z</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
  <contentMeta><headline>Ferry crews walk out at Varnholm</headline><by>Ingrid Solberg</by></contentMeta>
  <contentSet><inlineData contenttype="text/plain">Ferry crews walked out on Saturday.</inlineData></contentSet>
</newsItem>"""
_NITF = """<nitf><head><docdata><doc-id id-string="wire-north.0001"/><date.issue norm="20260314T082000Z"/></docdata></head>
<body><body.head><hedline><hl1>Ferry crews walk out at Varnholm</hl1></hedline><byline>Ingrid Solberg</byline></body.head>
<body.content><p>Ferry crews walked out on Saturday.</p></body.content></body></nitf>"""
_NEWSML_1 = """<NewsML Version="1.2"><NewsItem><Identification><NewsIdentifier><ProviderId>wire-north</ProviderId><DateId>20260314</DateId><NewsItemId>0001</NewsItemId><RevisionId PreviousRevision="0" Update="N">1</RevisionId><PublicIdentifier>urn:newsml:wire-north:20260314:0001:1</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20260314T082000Z</FirstCreated><ThisRevisionCreated>20260314T082000Z</ThisRevisionCreated><Status FormalName="Usable"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Ferry crews walk out at Varnholm</HeadLine></NewsLines><ContentItem><DataContent>Ferry crews walked out on Saturday.</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire North</title><entry><id>urn:wire-north:1</id><title>Ferry crews walk out</title><updated>2026-03-14T08:20:00Z</updated><content type="html">&lt;p&gt;Ferry crews walked out.&lt;/p&gt;</content></entry></feed>"""
_PAGE = """<!doctype html><html lang="en"><head><title>Ferry crews walk out</title></head><body><article><h1>Ferry crews walk out at Varnholm</h1><p>Ferry crews at the port of Varnholm walked out on Saturday after talks between their union and the port authority about night shifts failed.</p></article></body></html>"""
_COMMENTS_OWN = {
    "article": {"url": "https://news.example/ferries"},
    "comments": [
        {
            "id": "17",
            "author": "Lena",
            "posted": "2026-03-14T09:05:00Z",
            "text": "Is there any word on hospital trips?",
        },
        {
            "id": "18",
            "author": "Oskar",
            "posted": "2026-03-14T09:41:00Z",
            "text": "Tomorrow, they say.",
            "parent": "17",
        },
    ],
}
_CORAL = {
    "comments": [
        {
            "id": "5c1",
            "body": "<p>Good for them.</p>",
            "createdAt": "2026-03-14T10:00:00Z",
            "status": "APPROVED",
            "author": {"username": "Hanne"},
            "story": {"id": "s1", "url": "https://news.example/ferries"},
        }
    ]
}

EXAMPLES: dict[str, dict[str, tuple[str, Any]]] = {
    "/v1/items": {
        "ninjs": ("application/json", _NINJS),
        "newsml-g2": ("application/vnd.iptc.g2.newsitem+xml", _G2),
        "newsml 1.2": ("application/xml", _NEWSML_1),
        "nitf": ("application/nitf+xml", _NITF),
        "atom": ("application/atom+xml", _ATOM),
        "html page": ("text/html", _PAGE),
    },
    "/v1/comments": {"comments": ("application/json", _COMMENTS_OWN), "coral": ("application/json", _CORAL)},
}
"""Route → format → (media type, example)."""


def _body(route: str) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, (media_type, example) in EXAMPLES[route].items():
        schema = {"type": "object"} if media_type == "application/json" else {"type": "string"}
        entry = content.setdefault(media_type, {"schema": schema, "examples": {}})
        entry["examples"][name] = {"value": example}
    return {"requestBody": {"required": True, "content": content}}


PATCH = {
    "requestBody": {
        "required": True,
        "content": {
            "application/merge-patch+json": {
                "schema": {"type": "object", "minProperties": 1},
                "examples": {
                    "an embargo is lifted": {"value": {"embargo_until": None}},
                    "a correction": {
                        "value": {
                            "headline": "Ferry crews at Varnholm end walkout",
                            "correction_note": "An earlier headline named the wrong port.",
                        }
                    },
                },
            }
        },
    }
}
ITEMS = _body("/v1/items")
COMMENTS = _body("/v1/comments")
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}
_ERRORS = {
    400: "The request can't be read",
    401: "No key, or one that is no longer valid; or a signature that is missing, wrong, old or was used before",
    404: "Unknown, or not yours",
    409: "A request with the same Idempotency-Key is in progress",
    413: "Too large, or too many items",
    422: "Nothing was accepted: `items` has the reason for each",
    429: "Too many requests from this provider; try again after Retry-After seconds",
    503: "Kafka or Elasticsearch is unavailable or slow; try again after Retry-After seconds. Nothing is doubled",
}
_Responses = dict[int | str, dict[str, Any]]
_FOUND: _Responses = {
    200: {"description": "Found", "content": {"application/json": {"schema": {"type": "object"}}}},
    202: {
        "description": "Kafka has everything that was accepted",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}
RESPONSES: _Responses = _FOUND | {
    status: {"description": why, "content": {"application/problem+json": {"schema": _PROBLEM}}} for status, why in _ERRORS.items()
}  # fmt: skip

_STYLE = "body{font:16px/1.6 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1c1c1a;background:#fbfaf7}pre{background:#fff;border:1px solid #dedad2;border-radius:6px;padding:.8rem;overflow:auto;font-size:.85rem}h2{margin-top:2.5rem;border-top:3px double #dedad2;padding-top:1rem}code{background:#f0ede6;padding:0 .3em}table{border-collapse:collapse}td:first-child code{white-space:nowrap}td{border-top:1px solid #dedad2;padding:.3rem .8rem .3rem 0;vertical-align:top}@media(prefers-color-scheme:dark){body{color:#eceae4;background:#1a1917}pre{background:#23211e;border-color:#3a3833}code{background:#2b2925}}"


def page() -> str:
    """The routes with an example of each format, as one page without scripts."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Dateline push</title>",
        f"<style>{_STYLE}</style><h1>Pushing into Dateline</h1>",
        "<p>Each request carries <code>Authorization: Bearer dl_…</code>, a key made by <code>dateline keys new</code>. "
        "<code>202</code> means that Kafka has everything that was accepted. Sending an item again has no further effect. "
        "The machine-readable description is at <a href=/openapi.json>/openapi.json</a>.</p>",
        "<table><tr><td><code>POST /v1/items</code><td>stories, in any of the formats below; one or many"
        "<tr><td><code>POST /v1/comments</code><td>readers' comments"
        "<tr><td><code>PATCH /v1/items/{id}</code><td>change some fields of a story: "
        '<code>{"summary": "In short.", "embargo_until": null}</code>; null empties a field, the others stay'
        "<tr><td><code>DELETE /v1/items/{id}</code><td>kill a story, named by its address, your own id, or its article id"
        "<tr><td><code>GET /v1/items/{id}</code><td>how far a story has come</table>",
    ]
    for route, formats in EXAMPLES.items():
        parts.append(f"<h2>POST {route}</h2>")
        for name, (media_type, example) in formats.items():
            text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
            parts.append(
                f"<h3>{html.escape(name)} <small><code>{media_type}</code></small></h3><pre>{html.escape(text)}</pre>"
            )
    parts.append("<h2>Errors</h2><p>They are <code>application/problem+json</code> (RFC 9457).</p><table>")
    parts.extend(f"<tr><td><code>{status}</code><td>{html.escape(why)}" for status, why in _ERRORS.items())
    parts.append("</table></html>")
    return "".join(parts)
