"""Matched words of search results, for a terminal and for JSON."""

from __future__ import annotations

import re

from rich.text import Text

from pipeline.search.matching import MARK_CLOSE, MARK_OPEN


def highlighted(text: str, style: str = "") -> Text:
    """For a terminal."""
    shown = Text(style=style)
    for nth, part in enumerate(re.split(f"{MARK_OPEN}|{MARK_CLOSE}", text)):
        shown.append(part, "black on yellow" if nth % 2 else "")
    return shown


def with_em(found: object) -> object:
    """For JSON: the usual <em>, as the text itself is not HTML here."""
    if isinstance(found, dict):
        return {name: with_em(value) for name, value in found.items()}
    if isinstance(found, list):
        return [with_em(value) for value in found]
    return found.replace(MARK_OPEN, "<em>").replace(MARK_CLOSE, "</em>") if isinstance(found, str) else found
