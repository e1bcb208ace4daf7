"""Outside text, as it may be shown: nothing in it moves a cursor, changes a terminal, or is a link, picture or HTML."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and newline (of both ranges: 0x9b begins a sequence as ESC [ does), and those that
change the direction of what follows."""
_BACKTICKS = re.compile("`+")


def printable(text: str) -> str:
    """For a terminal: without what controls it. What would have been a sequence is plain text then."""
    return _CONTROL.sub("", text)


def printable_json(text: str) -> str:
    """The same JSON, with such characters written as `\\u009b`: they are in its strings only."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def code_span(text: str) -> str:
    """For Markdown: the text as it is, on one line, in a code span, where nothing has a meaning."""
    line = " ".join(printable(text).split())
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(line)), default=0))
    return f"{fence} {line} {fence}"
