"""The formats, in the order in which they are tried. They are recognised by content, never by a file's name.

Only what reads items imports this: all formats together take a second to load.
"""

from __future__ import annotations

from pipeline.errors import Reject
from pipeline.formats import (
    commento,
    comments,
    coral,
    disqus,
    event_lines,
    feed,
    html_page,
    isso,
    json_feed,
    mhtml,
    newsml_1,
    newsml_g2,
    ninjs,
    nitf,
    opml,
    remark42,
    sitemap,
    telex,
    text_page,
    unknown,
    warc,
    wordpress_api,
    wxr,
)
from pipeline.formats.format import Format, Reading
from pipeline.formats.items import Item

__all__ = ["FORMATS", "Format", "Reading", "detect"]

FORMATS: tuple[Format, ...] = (
    warc.FORMAT,
    # JSON: Dateline's own events may contain anything, also what looks like ninjs
    event_lines.FORMAT,
    json_feed.FORMAT,
    isso.FORMAT,
    commento.FORMAT,
    remark42.FORMAT,
    wordpress_api.FORMAT,
    ninjs.FORMAT,
    comments.FORMAT,
    coral.FORMAT,
    # XML: by the root element; a WordPress export is also an RSS feed
    newsml_g2.FORMAT,
    newsml_1.FORMAT,
    nitf.FORMAT,
    wxr.FORMAT,
    disqus.FORMAT,
    feed.FORMAT,
    sitemap.FORMAT,
    opml.FORMAT,
    mhtml.FORMAT,
    html_page.FORMAT,
    # text: a wire also has a headline and paragraphs
    telex.FORMAT,
    text_page.FORMAT,
)


def detect(item: Item) -> Format:
    """The item's format: the first that recognises it. Raises Reject with what the item looks like and what it lacks."""
    if not item.content.strip():
        raise Reject("empty", "it is empty")
    if item.is_cut_off_json:
        raise Reject("truncated", unknown.description(item))
    for candidate in FORMATS:
        if candidate.recognises(item):
            return candidate
    raise Reject("unknown-format", f"{unknown.description(item)}. Known are: {', '.join(one.name for one in FORMATS)}")
