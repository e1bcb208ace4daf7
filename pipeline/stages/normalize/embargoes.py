"""Embargoes in words: a line by which a desk holds a story back, where no field gives the embargo's end.

Free words are never read as a time: the story is withheld until its provider sends it without them, or releases it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.formats.html_text import paragraphs
from pipeline.stages.normalize.boilerplate import without_boilerplate
from pipeline.stages.normalize.embargo_phrases import ANYWHERE, HELD, LIFTED, STEMS
from pipeline.stages.normalize.text import clean

_I = re.IGNORECASE
_HELD = "|".join(HELD)
_LABEL = r"(?:[^\W\d_][^.!?:\n]{0,30}:\s*|(?:an\s+die|achtung)\s+redaktion(?:en)?\W+)?"
_LINE = re.compile(rf"[\W_]*(?:{_HELD})|[\W_]*{_LABEL}(?:{_HELD})", _I)
"""At the beginning of a headline or paragraph, or behind a label there."""
_ASIDE = re.compile(rf"[(\[【–—-](?<!\w-)[\s*]*(?:{_HELD})", _I)
"""Begins with a mark, so that the search can jump from mark to mark."""
_NOTE = re.compile(rf"(?:\b|(?=[\u0600-\uffff]))(?:{_HELD})|{'|'.join(ANYWHERE)}", _I)
_LIFTED = re.compile("|".join(LIFTED), _I)
_LEAD, _LINES = 2, 3
"""Paragraphs at the beginning of a text that are looked at, and lines of each."""
_HTML_LEAD = 20_000
"""Characters of the markup in which its first lines are looked for."""
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", _I)


def embargo_words(openings: Iterable[str | None], notes: Iterable[str | None]) -> str | None:
    """The words by which the story is held back; None where there are none. `openings` are headlines and first lines,
    `notes` are for editors or about use."""
    for text, plain in _suspects(openings):
        if (_LINE.match(plain) or _ASIDE.search(plain)) and not _LIFTED.search(plain):
            return text
    return next((note for note, plain in _suspects(notes) if _NOTE.search(plain) and not _LIFTED.search(plain)), None)


def _suspects(texts: Iterable[str | None]) -> Iterator[tuple[str, str]]:
    """(text, as it is read) of those that have words of an embargo at all. Often they are the same: each is read once."""
    for text in dict.fromkeys(filter(None, texts)):
        plain = _plain(text)
        if any(map(plain.lower().__contains__, STEMS)):
            yield text, plain


def first_lines(received: Iterable[str], cleaned: Iterable[str], body_html: str | None) -> Iterator[str]:
    """The lines where readers begin: in the text as it came, in what is left of it, and in its markup."""
    marked_up = without_boilerplate(tuple(paragraphs(body_html[:_HTML_LEAD])))[0] if body_html else ()
    for text in (received, cleaned, marked_up):
        yield from _beginning(text)


def _beginning(text: Iterable[str]) -> Iterator[str]:
    """Paragraphs without a letter or digit are none."""
    texts = (clean(paragraph) for paragraph in text)
    for one in islice((each for each in texts if any(map(str.isalnum, each))), _LEAD):
        yield from one.split("\n")[:_LINES]


def _plain(text: str) -> str:
    """The text as it is read: no markup, no characters that aren't seen, letters of any width."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    bare = unicodedata.normalize("NFKC", text)
    if bare.isprintable():
        return bare
    return "".join(c for c in bare if unicodedata.category(c) != "Cf")
