"""The text of a wire in XML or HTML, as HTML: elements of an agency's own, lines that are no text, wire typography.

An element that HTML doesn't have is inline inside a sentence, and a block where it stands between blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import lxml.html

from pipeline.formats import cutting, html_text, private_marks, wire_text, xml
from pipeline.formats.xml import Element, text_of

_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdo", "big", "i", "u", "em", "strong", "span", "br", "sub", "sup", "small", "q", "cite", "time", "code",
     "font", "img", "s", "strike", "del", "ins", "mark", "kbd", "tt", "var", "wbr", "ruby", "rt", "person", "org", "location", "num", "money", "chron", "event",
     "function", "object.title", "virtloc", "lang", "pronounce", "classifier", "copyrite", "alt-code", "frac", "postaddr"]
)  # fmt: skip
_SENTENCES = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "li", "dt", "dd", "caption", "figcaption", "pre", "hl1", "hl2"]
)  # fmt: skip
_KNOWN = frozenset(
    ["div", "section", "article", "main", "header", "footer", "aside", "table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl", "blockquote",
     "hr", "figure", "script", "style", "head", "title", "iframe", "object", "media", "html", "body", "address", "center", "col", "colgroup"]
)  # fmt: skip
_NITF = {
    "hl1": "h2",
    "hl2": "h3",
    "block": "div",
    "bq": "blockquote",
    "note": "div",
    "nitf-table": "div",
    "fn": "p",
    "credit": "p",
}
_NO_TEXT = frozenset(["style", "script", "noscript", "media", "nav", "meta", "link", "keywords", "key-list"])
_LABELS = re.compile(
    r"(?:^|[\s_-])(?:kicker|dachzeile|overline|eyebrow|topline|spitzmarke|ober(?:zeile|titel)|surtitre|occhiello|ant[ei]t[íi]tulo|sobret[íi]tulo|volanta|cintillo|chap[ée]u|bovenkop|vinjett|stikktittel|key-?words?|schlagworte?|mots-?cl[eé]s|slug(?:line)?|routing|service-?line|closing-?line|sign-?off)(?=$|[\s_-])",
    re.I,
)
"""Classes and roles of what is above or below a text and isn't of it."""
_LEADS = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|standfirst|vorspann|chap[oô]|ingress|entradilla|sommario|lid)(?=$|[\s_-])", re.I
)
"""Classes and roles of a lead, which is text however short it is."""
_CHARS = wire_text.CHARACTERS


class WireText(NamedTuple):
    """Markup for `body_html`, its paragraphs, and what in it is not for publication."""

    markup: str
    paragraphs: list[str]
    notes: list[str]


def of_html(markup: str) -> WireText:
    """Of HTML in a string."""
    tree = html_text.fragment(wire_text.written_out(markup))
    return of_element(tree) if tree is not None else WireText(markup, html_text.paragraphs(markup), [])


def of_element(root: Element) -> WireText:
    """Of all that is inside an element, which is changed."""
    for element in root.iter():
        element.text = element.text and wire_text.without_styles(element.text)
        element.tail = element.tail and wire_text.without_styles(element.tail)
    notes = _without_what_is_no_text(root)
    _characters(root)
    _blocks(root)
    for element in root.iter():
        element.text = element.text and wire_text.written_out(wire_text.typography(element.text))
        element.tail = element.tail and wire_text.written_out(wire_text.typography(element.tail))
    made = xml.inner_xml(root) if not isinstance(root, lxml.html.HtmlElement) else private_marks.inner_html(root)
    return WireText(made, html_text.blocks(root), notes)


def without_head(text: WireText, headline: str | None, *lines: str | None) -> WireText:
    """Without the headline, a label above it, and lines such as the byline, where the text repeats them before it begins.
    A text that is nothing else stays."""
    gone = _head(text.paragraphs, headline, [one for one in lines if one])
    if not gone or gone >= len(text.paragraphs):
        return text
    markup = cutting.without_texts(text.markup, text.paragraphs[:gone])
    return WireText(markup or text.markup, text.paragraphs[gone:], text.notes)


def of_page(markup: str, title: str | None, *lines: str | None) -> WireText:
    """Of HTML that is a page's text and no wire's: only what it repeats above it is taken out."""
    return without_head(WireText(markup, html_text.paragraphs(markup) if markup else [], []), title, *lines)


def _head(rows: Sequence[str], headline: str | None, lines: Sequence[str]) -> int:
    """How many paragraphs at the beginning only repeat the lines above the text."""
    first = 0
    known = _letters(headline)
    for at, row in enumerate(rows[:3]):
        if known and _letters(row) == known:
            first = at + 1
            break
        if len(row) > 60 or re.search(r"[.!?]$", row):
            break
    labels = first + 2 if first else 0
    others = {letters for one in lines for letters in (_letters(one), "by" + _letters(one))}
    others -= {"", "by"}
    while first < min(len(rows) - 1, 6) and (
        _letters(rows[first]) in others or (first < labels and _is_label(rows[first]))
    ):
        first += 1
    return first


def _is_label(row: str) -> bool:
    """A kicker, or where and who: `Football`, `Bern, our correspondent`."""
    return len(row) <= 30 and len(row.split()) <= 3 and row[-1:] not in '.!?:…”"»'


def _letters(text: str | None) -> str:
    return re.sub(r"[\W_]", "", text or "").casefold()


def _without_what_is_no_text(root: Element) -> list[str]:
    notes = private_marks.take_private(root)
    sentences = _Sentences()
    for element in list(root.iter()):
        if not private_marks.is_element(element) or element is root or element.getparent() is None:
            continue
        name = _name(element)
        label = name == "keyword" or any(_LABELS.search(element.get(one) or "") for one in ("class", "role"))
        if name in _NO_TEXT or (
            label and not ((name in _INLINE or name == "keyword") and sentences.holds(element.getparent()))
        ):
            private_marks.remove(element)
        elif name == "header":
            _keep_lead(element)
    return notes


def _keep_lead(header: Element) -> None:
    """Of a header only its sentences are text: a lead, not the headline, labels, keywords and dates."""
    leads = [one for one in _below(header) if any(_LEADS.search(one.get(mark) or "") for mark in ("class", "role"))]
    kept = {one for lead in leads for one in (*lead.iter(), *lead.iterancestors())}
    for element in list(_below(header)):
        if element in kept:
            continue
        name, text = _name(element), text_of(element) or ""
        above = takewhile(lambda up: up is not header, element.iterancestors())
        if element.getparent() is None or any(_name(up) in ("p", "div") for up in above):
            continue
        inner = any(_name(one) in _SENTENCES for one in _below(element))
        sentence = len(text) >= 40 and re.search(r"[.!?…][\"”»’)]*$", text)
        if name not in ("p", "div", "section", "hgroup") or not (inner or sentence):
            private_marks.remove(element)
    header.text = None


def _characters(root: Element) -> None:
    for element in list(root.iter()):
        if not private_marks.is_element(element) or element is root or len(element) or (element.text or "").strip():
            continue
        character = _CHARS.get(_name(element))
        if character is not None:
            element.tail = character + (element.tail or "")
            private_marks.remove(element)


def _blocks(root: Element) -> None:
    """Elements get the names of HTML: as they are, NITF's, or of a block."""
    sentences = _Sentences()
    for element in root.iter():
        if element is root or not private_marks.is_element(element):
            continue
        name = _name(element)
        if name in _NITF:
            element.tag = _NITF[name]
        elif name in _INLINE or name in _SENTENCES or name in _KNOWN:
            element.tag = name
        else:
            element.tag = "span" if _is_inline(element, root, sentences) else "div"


class _Sentences:
    """Which elements have text of their own beside their children, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[Element, bool] = {}

    def holds(self, element: Element | None) -> bool:
        if element is None:
            return False
        if element not in self._known:
            own = (element.text or "").strip() or any((one.tail or "").strip() for one in element)
            self._known[element] = bool(own)
        return self._known[element]


def _is_inline(element: Element, root: Element, sentences: _Sentences) -> bool:
    if any(_name(one) in _SENTENCES or _name(one) in _KNOWN for one in _below(element)):
        return False
    for up in element.iterancestors():
        if _name(up) in _SENTENCES or sentences.holds(up):
            return True
        if up is root or _name(up) not in _INLINE:
            return False
    return False


def _below(element: Element) -> Iterator[Element]:
    return (one for one in element.iter() if one is not element and private_marks.is_element(one))


def _name(element: Element) -> str:
    tag = str(element.tag)
    return tag.rpartition("}")[2].casefold()
