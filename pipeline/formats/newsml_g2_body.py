"""The text of a NewsML-G2 item: NITF, XHTML or plain text in its contentSet."""

from __future__ import annotations

import re

from pipeline.formats import html_text, nitf, plain_text, wire_markup, wire_text
from pipeline.formats.wire_markup import WireText
from pipeline.formats.xml import Element, first_text

_LOOKS_LIKE_HTML = re.compile(r"</(?:p|div|br|li|h\d)>|<(?:p|br)\b", re.IGNORECASE)


class Body:
    """What the contentSet holds, with the lines that NITF has of its own."""

    def __init__(self, element: Element) -> None:
        self.text = WireText("", [], [])
        self.headline: str | None = None
        self.title: str | None = None
        self.byline: str | None = None
        self.dateline: str | None = None
        for holder in element.iterfind("contentSet/inlineXML"):
            self._take_xml(holder)
            if self.text.paragraphs:
                return
        for holder in element.iterfind("contentSet/inlineData"):
            text = "".join(str(part) for part in holder.itertext())
            kind = (holder.get("contenttype") or "").casefold()
            if holder.get("encoding") or not text.strip() or kind.startswith(("image/", "video/", "audio/")):
                continue
            if (inner := nitf.in_text(text)) is not None:
                self._take_nitf(inner)
            elif "html" in kind or _LOOKS_LIKE_HTML.search(text[:20_000]):
                self.text = wire_markup.of_html(text)
            else:
                rows = plain_text.paragraphs(wire_text.plain(text))
                self.text = WireText("", rows, [])
            return

    @property
    def markup(self) -> str | None:
        return html_text.reduced(self.text.markup) if self.text.markup else None

    def _take_xml(self, holder: Element) -> None:
        inner = next((one for one in holder.iter() if one.tag == "nitf"), None)
        if inner is not None:
            self._take_nitf(inner)
            return
        root = next((one for one in holder.iter() if str(one.tag).casefold() == "body"), holder)
        text = "".join(str(part) for part in root.itertext())
        if not len(root) and (inner := nitf.in_text(text)) is not None:
            self._take_nitf(inner)
        elif not len(root) and _LOOKS_LIKE_HTML.search(text[:20_000]):
            self.text = wire_markup.of_html(text)
        else:
            self.text = wire_markup.of_element(root)

    def _take_nitf(self, inner: Element) -> None:
        body = nitf.body(inner)
        self.text = body.text
        self.headline, self.byline, self.dateline = body.headline, body.byline, body.dateline
        self.title = first_text(inner, "head/title")
