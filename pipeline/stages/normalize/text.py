"""Clean text: Unicode NFC, double encoding repaired, no control characters, no stray white space."""

from __future__ import annotations

import re

from ftfy import TextFixerConfig, fix_text

# quotes, ligatures and widths are the author's; what looks like HTML was escaped on purpose by the parser
_CONFIG = TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, normalization="NFC"
)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Repair and tidy `text`; line breaks stay, at most two in a row."""
    fixed = _INVISIBLE.sub("", fix_text(text, _CONFIG))
    fixed = _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", fixed))
    return _MANY_BREAKS.sub("\n\n", fixed).strip()


def line(text: str | None) -> str | None:
    """`text` on one line; None where nothing is left of it."""
    if text is None:
        return None
    return clean(text.replace("\n", " ")) or None
