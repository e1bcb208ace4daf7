"""JSON as pages hold it in a script: inside comments or CDATA, escaped as HTML, followed by a semicolon, several values in a
row, with trailing commas or comments (https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents asks for none of it)."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from pipeline.formats.items import whole

_MAX_VALUES = 1000
_DECODER = json.JSONDecoder(strict=False)
_MARK = r"<!\[CDATA\[|\]\]>|<!--|-->|</?(?:p|br|div|span)\b[^>]*>"
_TOKENS = re.compile(rf'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//\s*(?:{_MARK})|(?<!:)//[^\n]*|{_MARK}', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(\s*[,}\]])', re.DOTALL)
_ODD_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|[\u00a0\u2028\u2029\u200b\ufeff]', re.DOTALL)
_STRING = re.compile(
    r'"((?:[^"\\]|\\.|"(?!\s*(?:[:}\]]|,\s*(?:["{\[\d-]|true\b|false\b|null\b|[}\]])|\Z)))*)"', re.DOTALL
)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_WRONG_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])(\'?)')


def values(text: str) -> list[Any]:
    """The JSON values in the text, in their order; what is no JSON is passed over. Never raises."""
    text = text.strip().strip("\ufeff")
    if not text:
        return []
    try:
        return [whole(_DECODER.decode(text))]
    except (ValueError, RecursionError):
        pass
    text = _ODD_SPACE.sub(lambda match: match[1] or " ", text)
    if '"' not in text and "&" in text:
        text = html.unescape(text)
    try:
        ways = (_several(_outside(text)), _several(_mended(text)))
        found = max(ways, key=len) or _several(_mended(_requoted(text)))
        return [whole(one) for one in found]
    except RecursionError:
        return []


def _several(text: str) -> list[Any]:
    """The values that the text has, up to one that is broken. What stands between them is passed over."""
    found: list[Any] = []
    at = _next(text, 0)
    while at is not None and len(found) < _MAX_VALUES:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except ValueError:
            break
        found.append(value)
        at = _next(text, end)
    return found


def _next(text: str, at: int) -> int | None:
    starts = [place for sign in "{[" if (place := text.find(sign, at)) >= 0]
    return min(starts, default=None)


def _outside(text: str) -> str:
    """Without marks and comments around values and between them."""
    return _TOKENS.sub(lambda match: match[1] or " ", text)


def _requoted(text: str) -> str:
    """With the quotation marks escaped that a template put into a text: those after which no JSON goes on."""
    return _STRING.sub(lambda match: f'"{_BARE_QUOTE.sub(chr(92) + chr(34), match[1])}"', text)


def _mended(text: str) -> str:
    """Also without commas that nothing follows, and with valid escapes."""
    text = _outside(text)
    text = _TRAILING.sub(lambda match: match[1] or match[2], _TRAILING.sub(lambda match: match[1] or match[2], text))
    return _WRONG_ESCAPE.sub(lambda match: match[1] or r"\\", text)
