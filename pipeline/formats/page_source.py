"""A page's bytes as text: which characters they are, and where its HTML begins."""

from __future__ import annotations

import codecs
import re
from email.message import Message

from trafilatura.utils import decode_file

_BEGINNING = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_INSIDE = re.compile(rb"<(?:head|body|title|meta)[\s>]", re.IGNORECASE)
_OTHER = re.compile(rb"<(?:rss|feed|rdf:rdf|nitf|newsml|newsitem|newsmessage|urlset|sitemapindex|opml)[\s>]", re.IGNORECASE)
_MOST_BEFORE = 16_384
"""Bytes of warnings, comments and headers before a page."""
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_AS_BROWSERS_DO = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
"""Encodings that browsers read as a larger one (https://encoding.spec.whatwg.org/#names-and-labels)."""


def beginning(content: bytes) -> int:
    """Where the HTML of a page begins, that has something else before it; 0 where that isn't so."""
    start = content[:_MOST_BEFORE]
    match = _BEGINNING.search(start)
    if match is None or start[:1] in (b"{", b"[") or _OTHER.search(start[: match.start()]):
        return 0
    return match.start() if _INSIDE.search(content[match.start() : match.start() + 65_536]) else 0


def decoded(content: bytes, media_type: str | None) -> str:
    """The page's text from where its HTML begins: by its mark; as UTF-8 where it is; else as its transport or it itself
    declares, else as it looks."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content.decode(encoding, "replace").lstrip("\ufeff")
            return text[beginning(text[:_MOST_BEFORE].encode("latin-1", "replace")) :]
    content = content[beginning(content) :]
    for label in ("utf-8", _charset(media_type), *(one.decode("latin-1") for one in _DECLARED.findall(content[:8192])[:1])):
        if label and (read := _read(content, label)) is not None:
            return read
    broken = content.decode("utf-8", "replace")
    few = broken.count("\ufffd") * 50 < sum(byte > 127 for byte in content)
    return broken if few else decode_file(content)


def _read(content: bytes, label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        return content.decode(_AS_BROWSERS_DO.get(name, name))
    except (UnicodeDecodeError, LookupError):
        return None


def _charset(media_type: str | None) -> str | None:
    message = Message()
    message["Content-Type"] = media_type or ""
    return message.get_content_charset()

