"""Fields of WordPress exports, by their names as they are written (`wp:post_id`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.dates import names_no_time
from pipeline.formats import xml
from pipeline.formats.shortcodes import without_shortcodes
from pipeline.formats.xml import Element, text_of

_BLOCK = re.compile(r"<(?:p|div|table|ul|ol|h[1-6]|blockquote|figure|section|pre)\b", re.IGNORECASE)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")


def every(element: Element, name: str) -> Iterator[Element]:
    """Its children of this name."""
    return (one for one in element if xml.qualified(one) == name)


def text(element: Element, name: str) -> str | None:
    """The text of the first of this name on one line; None where there is none."""
    return text_of(next(every(element, name), None))


def raw(element: Element, name: str) -> str | None:
    """The text of the first of this name as it is; None where there is none."""
    child = next(every(element, name), None)
    return "".join(str(part) for part in child.itertext()) if child is not None else None


def markup(content: str | None) -> str:
    """A text as HTML: WordPress has empty lines between paragraphs, codes in brackets, and blocks in comments."""
    written = without_shortcodes(re.sub(r"<!--.*?-->", "", content or "", flags=re.DOTALL))
    several = [part for part in re.split(r"\n\s*\n", written) if part.strip()]
    if _BLOCK.search(written):
        return "\n".join(part if _BLOCK.search(part) else f"<p>{part}</p>" for part in several)
    return "\n".join(f"<p>{part.strip()}</p>" for part in several)


def time(element: Element, name: str) -> str | None:
    """The time in GMT, as ISO 8601; where that is zeros, as for some drafts and imports, the one in the site's own zone."""
    gmt = text(element, f"{name}_gmt")
    if gmt and not names_no_time(gmt):
        return f"{gmt.replace(' ', 'T')}Z" if _WRITTEN.fullmatch(gmt) else gmt
    local = text(element, name)
    return local if local and not names_no_time(local) else None
