"""Embargoes in words: a line by which a desk holds a story back, where no field gives the embargo's end.

Free words are never read as a time: the story is withheld until its provider sends it without them, or releases it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_I = re.IGNORECASE
_UNTIL = r"(?:until|till?|to|bis|jusqu|hasta|fino)"
_LINE = re.compile(
    r"^[\W_]*(?:(?:note to )?eds?(?:itors?)?\s*:\s*)?(?:"
    rf"(?:strict(?:ly)?\s+|under\s+(?:strict\s+)?)?embargoed\b\s*(?:{_UNTIL}\b|for\b|[:;,.)\]–—-]|$)"
    rf"|(?:strict\s+|under\s+)?embargo\s*(?:{_UNTIL}\b|[:)\]]|$)"
    r"|(?:strictly\s+)?not\s+for\s+(?:release|publication|use|broadcast|distribution)\s+(?:before|until|till)\b"
    r"|hold\s+for\s+release\b|(?:achtung\W+)?sperrfrist\b|(?:sous|bajo|sotto|onder)\s+embargo\b"
    r")",
    _I,
)
"""At the beginning of a headline or paragraph."""
_ASIDE = re.compile(rf"[(\[–—-]\s*(?:strictly\s+|under\s+)?embargo(?:ed)?\s*(?:{_UNTIL}\b|[:)\]])", _I)
_NOTE = re.compile(
    rf"\bembargoed\b|\b(?:strict|under|sous|bajo|sotto|onder)\s+embargo\b|\bembargo\s*(?::|$|{_UNTIL}\b|ends\b|lifts\b|expires\b|date\b|time\b)"
    r"|\bsperrfrist\b|\bhold\s+for\s+release\b|\bnot\s+for\s+(?:release|publication|use|broadcast|distribution)\s+(?:before|until|till)\b",
    _I,
)
_LIFTED = re.compile(
    r"\b(?:no(?:t|\s+longer)?\s+(?:under\s+)?embargo\w*|(?:embargo|sperrfrist)\s+(?:is\s+|was\s+|has\s+been\s+|now\s+)*(?:lifted|over|ended|expired|removed|broken|aufgehoben))",
    _I,
)
_LEAD = 2
"""Paragraphs at the beginning of a text that are looked at."""


def embargo_words(headline: str | None, paragraphs: Iterable[str], *notes: str | None) -> str | None:
    """The words by which the story is held back; None where there are none. `notes` are for editors or about use."""
    for text in (headline, *list(paragraphs)[:_LEAD]):
        if text and not _LIFTED.search(text) and (_LINE.search(text) or _ASIDE.search(text)):
            return text
    return next((note for note in notes if note and not _LIFTED.search(note) and _NOTE.search(note)), None)
