"""The typography of wires, wherever a wire's text is: an underscore for a dash, doubled quotes, and characters that an
agency writes as elements of its own (`<endash/>`)."""

from __future__ import annotations

import html.entities
import re

_DASH = re.compile(r"(?<![\s_])(\s)_(?=\s+[^\s_])|^(\s*)_(?=\s+[^\s_])|(?<=\))()_(?=[^\s_)])")
_OPENING = re.compile(r"(?:(?<=[\s([—–-])|^)''(?=\w)")
_DOUBLED = ((re.compile(r'(?:(?<=[\s([—–-])|^)""(?=\w)'), "“"), (re.compile(r'(?<=[^\W\d]|[.,!?…’%)])""(?!\w)'), "”"))
_GERMAN = re.compile(r"(?:(?<=[\s(])|^),,(?=\w)")
_OWN = {
    "endash": "–", "emdash": "—", "dash": "–", "hyphen": "-", "nobreakspace": "\xa0", "hardspace": "\xa0", "space": " ",
    "ellipsis": "…", "bullet": "•", "softhyphen": "", "apostrophe": "’", "apos": "’", "lquote": "‘", "rquote": "’", "ldquote": "“",
    "rdquote": "”", "tab": " ", "degree": "°", "thinspace": "\u2009", "enspace": "\u2002", "emspace": "\u2003",
}  # fmt: skip
CHARACTERS = _OWN | {
    name: chr(point)
    for name, point in html.entities.name2codepoint.items()
    if 0xA0 <= point <= 0xFF or 0x2000 <= point <= 0x20FF
}
"""By the name of an element without content: the names that HTML has for marks and letters, and some more."""
_STYLES = re.compile(r"<(style|script)\b[^<>]{0,200}>", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("style", "script")}
_NAMES = "|".join(sorted(CHARACTERS, key=len, reverse=True))
_EMPTY = re.compile(rf"<({_NAMES})\s*/>|<({_NAMES})>\s*</\2>")
_ESCAPED = re.compile(rf"</?(?:{_NAMES})>")


def typography(text: str) -> str:
    """Dashes and quotes as readers know them."""
    if "_" in text:
        text = _DASH.sub(lambda m: f"{m[1] or m[2] or ' '}—{'' if m[3] is None else ' '}", text)
    if "``" in text:
        text = re.sub(r"''(?!\d)", "”", text.replace("``", "“"))
    elif "''" in text:
        text = re.sub(r"(?<!\d)''", "”", _OPENING.sub("“", text))
    if '""' in text:
        for mark, quote in _DOUBLED:
            text = mark.sub(quote, text)
    return _GERMAN.sub("„", text) if ",," in text else text


def plain(text: str) -> str:
    """The same of a text in lines."""
    return written_out("\n".join(typography(row) for row in text.split("\n")))


def line(text: str | None) -> str | None:
    """The same of a headline or a caption, which may have none."""
    return written_out(typography(text)).strip() if text else text


def without_styles(text: str) -> str:
    """Without style sheets and scripts that were escaped, and so became text. Each look for an end that isn't there is made
    once."""
    if "</" not in text:
        return text
    kept: list[str] = []
    at, endless = 0, set()
    for begun in _STYLES.finditer(text):
        name = begun[1].lower()
        if begun.start() < at or name in endless:
            continue
        if (end := _ENDS[name].search(text, begun.end())) is None:
            endless.add(name)
            continue
        kept.append(text[at : begun.start()])
        at = end.end()
    return "".join(kept) + text[at:]


def written_out(text: str) -> str:
    """Characters that are written as tags, in text or markup; style sheets and scripts go."""
    if "<" not in text:
        return text
    text = _EMPTY.sub(lambda m: CHARACTERS[m[1] or m[2]], without_styles(text))
    return _ESCAPED.sub("", text)
