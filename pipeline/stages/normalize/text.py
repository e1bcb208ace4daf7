"""Clean text: Unicode NFC, double encoding repaired, no control characters, no stray white space.

Most texts need no repair, and a look at their characters shows it: the repair itself runs over the others only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import is_normalized, normalize

from ftfy import TextFixerConfig, fix_text
from ftfy.badness import BADNESS_RE

# quotes, ligatures and widths are the author's; what looks like HTML was escaped on purpose by the parser
_CONFIG = TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, normalization="NFC"
)
_SHORT = 4096
"""Characters up to which a text is remembered."""
_TAGS = re.compile(r"(<[^<>]*>)")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufdd0-\ufdef\ufeff\ufffe\uffff]")
"""Also noncharacters: highlights stand between two of them."""
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")

_CONTROLS = re.compile("[\x00-\x08\x0b\r\x0e-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ud800-\udfff\ufeff\ufff9-\ufffc]")
"""What is removed or turned into a line break, wherever it is."""
ODD = "[\x80-\x9f\xa1-\u02ff\u0384\u0385\u0402\u0490\u0491\u2010-\u2012\u2015\u2017\u201a\u201b\u201e-\u2025\u2027-\u2fff\uf8ff\ufb01\ufb02\ufffd]"
"""Characters of which text in a wrong encoding is made; quotes, dashes and letters of other alphabets are not among them."""
ALONE = "[ŒœÃÂ\x80-\x9f]"
CAPITALS, QUOTES = "[ВГРСΒΓΞΟ]", "[“”‘’]"
_DOUBTFUL = re.compile(f"[^\x00-\x7f](?:(?<={ALONE})|(?<={ODD})[^\x00-\x7f]|{ODD}|(?<={CAPITALS}){QUOTES})")
"""Every sign of a wrong encoding that ftfy knows has one of these: two characters in a row that are not ASCII, of which
one is odd, one of a few that are a sign by themselves, or one of a few capitals before a quote. tests/unit/stages/normalize/test_text.py reads it in ftfy."""


LONGEST_SIGN = 7
"""Characters of the longest sign of a wrong encoding that ftfy knows."""


def clean(text: str) -> str:
    """Repair and tidy `text`; line breaks stay, at most two in a row."""
    return _clean_again(text) if len(text) <= _SHORT else _clean(text)


def _clean(text: str) -> str:
    if text.isprintable() and "\ufffc" not in text:  # no controls, nothing invisible, no white space but spaces
        if not _in_doubt(text):
            return (" ".join(text.split()) if "  " in text else text).strip()
    elif not _CONTROLS.search(text) and not _in_doubt(text):
        return _tidy(text)
    return _tidy(fix_text(text, _CONFIG))


_clean_again = lru_cache(maxsize=512)(_clean)
"""Of the same paragraphs text, summary and opening are made; and many articles are copies."""


def line(text: str | None) -> str | None:
    """`text` on one line; None where nothing is left of it."""
    if text is None:
        return None
    return clean(text.replace("\n", " ")) or None


def repaired(markup: str) -> str:
    """HTML with the texts between its tags repaired as other texts are; everything else of it stays."""
    if not _in_doubt(markup.replace("&nbsp;", "\xa0")):
        return markup
    return "".join(part if part.startswith("<") else _repaired_part(part) for part in _TAGS.split(markup))


def _repaired_part(text: str) -> str:
    plain = text.replace("&nbsp;", "\xa0")  # half of an `à` in a wrong encoding
    return fix_text(plain, _CONFIG).replace("\xa0", "&nbsp;") if _in_doubt(plain) else text


def _in_doubt(text: str) -> bool:
    """Whether ftfy may find a wrong encoding in `text`, or characters that aren't composed."""
    if text.isascii():
        return False
    if not is_normalized("NFC", text) or len(text) > _CONFIG.max_decode_length:
        return True
    return _DOUBTFUL.search(text) is not None and any(_has_sign(f"{each}\n") for each in text.split("\n"))


def _has_sign(line: str) -> bool:
    """Whether ftfy finds a sign of a wrong encoding in this line. It is looked for around what is doubtful only."""
    return any(
        BADNESS_RE.search(line, max(0, doubt.start() - LONGEST_SIGN), doubt.end() + LONGEST_SIGN)
        for doubt in _DOUBTFUL.finditer(line)
    )


def _tidy(text: str) -> str:
    text, taken_out = _INVISIBLE.subn("", text)
    if taken_out:  # letter and accent may meet only now
        text = normalize("NFC", text)
    if "\n" not in text:
        return " ".join(text.split())
    text = _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", text))
    return _MANY_BREAKS.sub("\n\n", text).strip()
