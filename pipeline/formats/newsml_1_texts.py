"""The texts of a NewsML 1 item: which of its content is the story, which a summary, and which is for desks only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.formats import (
    html_text,
    nitf,
    plain_text,
    private_marks,
    wire_markup,
    wire_text,
)
from pipeline.formats.newsml_1_metadata import names
from pipeline.formats.wire_markup import WireText
from pipeline.formats.xml import Element

_MEDIA = frozenset({"", "text", "html", "xhtml"})
_SUMMARY = ("summary", "abstract", "lead", "teaser")
_LATE = ("related", "supporting", "sidebar", "caption", "footer", "disclaimer")
_NO_TEXT = re.compile(
    r"stylesheet|(?<!sub)(?<!sub[ _-])headline|kicker|tweet|social|keyword|slug|routing|logo|\bsms\b|push|script\b"
)
_PRIVATE = re.compile(r"contact|kontakt|contatt|\bhinweis")
_CODE = re.compile(r"css|javascript|stylesheet")
_HTML = re.compile(r"</?(?:p|br|div|table|h\d|li)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|a|span|font)\b[^>]*>|<[A-Z]\w+ [^<>]*/>")


@dataclass
class Texts:
    """Of all content of an item. `story` has of several forms of one text the richest."""

    story: WireText
    summaries: list[str] = field(default_factory=list)


def read(element: Element) -> Texts:
    """The texts of a NewsItem."""
    found: list[tuple[int, int, WireText]] = []
    notes: list[str] = []
    texts = Texts(WireText("", [], []))
    for order, (content, data) in enumerate(_contents(element)):
        roles = _roles(content)
        role = " ".join(one.casefold() for one in roles)
        text = _text(data)
        if _PRIVATE.search(role) or any(map(private_marks.is_private_word, roles)):
            notes.extend(text.paragraphs)
        elif any(word in role.split() for word in _SUMMARY):
            texts.summaries.extend(text.paragraphs)
        elif text.paragraphs and not _NO_TEXT.search(role):
            found.append((1 if any(word in role for word in _LATE) else 0, order, text))
        notes.extend(text.notes)
    found.sort(key=lambda text: text[:2])
    texts.story = _one(found, notes)
    return texts


def _contents(element: Element) -> Iterator[tuple[Element, Element]]:
    """Each content that is a text, with its data."""
    for content in element.iter("ContentItem"):
        kinds = {name.casefold() for name in names(content, "MediaType")} or {""}
        mime = next(iter(names(content, "MimeType")), "").casefold()
        form = " ".join((mime, *names(content, "Format"))).casefold()
        if not kinds & _MEDIA or (mime and not mime.startswith("text/") and "xml" not in mime) or _CODE.search(form):
            continue
        data = content.find("DataContent")
        if data is not None and not any(True for _ in content.iterancestors("Encoding")):
            yield content, data


def _one(found: list[tuple[int, int, WireText]], notes: list[str]) -> WireText:
    """The main texts in one, without those that are the same in another form."""
    seen: set[str] = set()
    rows: list[str] = []
    markup: list[str] = []
    for late, _, text in found:
        if late and seen:
            continue
        fresh = [row for row in text.paragraphs if row not in seen]
        if not fresh or (seen and len(fresh) < len(text.paragraphs) / 2):
            continue
        seen.update(text.paragraphs)
        rows.extend(fresh)
        if text.markup and len(fresh) == len(text.paragraphs):
            markup.append(text.markup)
    return WireText("\n".join(markup), rows, notes)


def _roles(content: Element) -> list[str]:
    """Roles of the components around a content, innermost first."""
    return [name for one in content.iterancestors("NewsComponent") for name in names(one, "Role")]


def _text(data: Element) -> WireText:
    inner = data.find(".//nitf")
    if inner is None and not len(data):
        inner = nitf.in_text(data.text or "")
    if inner is not None:
        return nitf.body(inner).text
    if len(data):
        found = (one for name in ("body.content", "body") for one in data.iter() if str(one.tag).casefold() == name)
        return wire_markup.of_element(next(found, data))
    text = data.text or ""
    if _HTML.search(text):
        return wire_markup.of_html(text)
    rows = (" ".join(_TAG.sub("", row).split()) for row in plain_text.paragraphs(wire_text.plain(text)))
    return WireText("", [row for row in rows if row], [])


def markup(text: WireText) -> str | None:
    """For `body_html`."""
    return html_text.reduced(text.markup) if text.markup else None
