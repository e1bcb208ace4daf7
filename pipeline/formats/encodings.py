"""Bytes to text: by a byte order mark, the charset of HTTP, what the document declares, and what the bytes show.

Sources: RFC 7303, 3.2 (of mark, charset and declaration the first that is there counts); labels of encodings as in
https://encoding.spec.whatwg.org/#names-and-labels.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = (
    (re.compile(rb"\s*(?:[!-~]\x00\x00\x00){2}", re.DOTALL), "utf-32-le"),
    (re.compile(rb"(?:\x00\x00\x00[!-~]){2}"), "utf-32-be"),
    (re.compile(rb"(?:[\t\n\r -~]\x00){2}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r -~]){2}"), "utf-16-be"),
)
_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8",
    "cp866": "866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-ir-101 iso88592 iso_8859-2:1987 l2",
    "iso8859-3": "csisolatin3 iso-ir-109 iso88593 iso_8859-3:1988 l3",
    "iso8859-4": "csisolatin4 iso-ir-110 iso88594 iso_8859-4:1988 l4",
    "iso8859-5": "csisolatincyrillic iso-ir-144 iso88595 iso_8859-5:1988",
    "iso8859-6": "asmo-708 csiso88596e csiso88596i csisolatinarabic iso-8859-6-e iso-8859-6-i iso-ir-127 iso88596 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek elot_928 iso-ir-126 iso88597 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew iso-8859-8-e iso-8859-8-i iso-ir-138 iso88598 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-ir-157 iso885910 l6",
    "iso8859-13": "iso885913",
    "iso8859-14": "iso885914",
    "iso8859-15": "csisolatin9 iso885915 l9",
    "koi8-r": "cskoi8r koi koi8",
    "koi8-u": "koi8-ru",
    "mac-roman": "csmacintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "x-cp1250",
    "cp1251": "x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 us-ascii x-cp1252",
    "cp1253": "x-cp1253",
    "cp1254": "csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 x-cp1254",
    "cp1255": "x-cp1255",
    "cp1256": "x-cp1256",
    "cp1257": "x-cp1257",
    "cp1258": "x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese x-euc-jp",
    "iso2022-jp": "csiso2022jp",
    "cp932": "csshiftjis ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "iso2022-kr": "csiso2022kr",
    "utf-16-be": "unicodefffe",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
}
"""Labels that Python doesn't know, or reads otherwise than browsers do: `iso-8859-1` is Windows-1252."""
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "big5", "euc_jp", "cp932", "cp949", "johab", "euc_jis_2004"})
_STATEFUL = ("iso2022", "hz")
_NO_ENCODINGS = frozenset(
    {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"}
)
"""What Python calls an encoding and no document is in."""
_SURE = 6
"""Characters of UTF-8 that don't come by chance in text of an encoding that has several bytes a character, too."""
_WORD = re.compile(rb"[\x80-\xff]{4,}")
"""A word without any letter of ASCII."""
_SHOWN = 12
"""Bytes of such words that show the script."""


def decode(content: bytes, *labels: str | None) -> str:
    """The text, without a byte order mark. `labels` are the encodings that are declared for it, the most trusted first.
    Valid UTF-8 is UTF-8, whatever 8-bit encoding is declared; a byte that can't be read costs that byte. Never raises."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            bare = content[len(mark) :]
            return (_utf8(bare) if name == "utf-8" else bare.decode(name, "ignore")).lstrip("\ufeff")
    for pattern, name in _WITHOUT_MARK:
        if pattern.match(content):
            return content.decode(name, "ignore")
    declared = list(dict.fromkeys(known for label in labels if label and (known := codec(label))))
    for name in declared:
        fits = name.startswith(_STATEFUL) or (name.startswith("utf-16") and b"\x00" in content)
        if fits and (text := _strictly(content, name)) is not None:
            return text
    if (text := _strictly(content, "utf-8")) is not None:
        first = declared[0] if declared else "utf-8"
        if first not in _MULTIBYTE or sum(byte >= 0xC0 for byte in content) >= _SURE:
            return text
    for name in declared:
        if name == "utf-8" and _mostly_utf8(content):
            return _utf8(content)
        if name not in ("utf-8", *_STATEFUL) and (text := _strictly(content, name)) is not None:
            return text
    for name in declared:
        if name != "utf-8" and not name.startswith(_STATEFUL):
            return content.decode(name, "ignore")
    return text if text is not None else _undeclared(content)


@lru_cache(maxsize=1024)
def codec(label: str) -> str | None:
    """Python's name of the encoding with this label; None for an unknown one."""
    wanted = label.strip(" \t\r\n\f'\"").casefold()
    try:
        found = codecs.lookup(_CODECS.get(wanted, wanted))
        "".encode(found.name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name.replace("_", "-") in _NO_ENCODINGS else found.name


_XML = re.compile(rb"""^[^<]{0,8}<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([^"'>\s]+)""")
_HTML = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
_HTML_HEAD = 4096
"""Bytes in which a page declares its encoding; browsers read 1024."""


def declared(content: bytes) -> str | None:
    """The label in an XML declaration; of what has none, in a page's `meta`."""
    head = content[:_HTML_HEAD]
    if re.match(rb"[^<]{0,8}<\?xml\s", head):
        match = _XML.match(head)
    else:
        match = _HTML.search(head) if re.match(rb"[^<]{0,8}<", head) else None
    return match[1].decode("ascii", "ignore") if match else None


def is_packed(content: bytes) -> bool:
    """Whether it is no text, but packed, or an archive."""
    return content.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"WARC/", b"filedesc://"))


def charset(content_type: str | None) -> str | None:
    """The charset of a Content-Type header."""
    match = re.search(r""";\s*charset\s*=\s*["']?\s*([^\s"';,]+)""", content_type or "", re.IGNORECASE)
    return match[1][:100] if match else None


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _undeclared(content: bytes) -> str:
    """Text in UTF-8 with odd bytes; else what the bytes of another script show; else Windows-1252, which most other text
    is."""
    words = sum(map(len, _WORD.findall(content)))
    if words >= max(_SHOWN, sum(byte >= 0x80 for byte in content) / 2) and not _mostly_utf8(content):
        best = from_bytes(re.sub(rb"<[^<>]*>", b" ", content[:50_000])).best()
        if best is not None and (text := _strictly(content, best.encoding)) is not None:
            return text
    found, odd = _shown(content)
    return _utf8(content) if found * _ONE_OF >= odd else content.decode("cp1252", "ignore")


_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CHANCE = re.compile(rb"[\xc4-\xe1\xe3-\xff][\x84\x85\x91-\x94\x96\x97\x9b\xa0\xab\xbb].*", re.DOTALL)
"""What is a letter before a quote, dash or space of Windows-1252 as well: `ß“`."""
_ONE_OF = 8
"""Text in UTF-8 has at least one character for so many odd bytes."""


def _mostly_utf8(content: bytes) -> bool:
    found, odd = _shown(content)
    return found >= odd


def _shown(content: bytes) -> tuple[int, int]:
    """Characters of UTF-8 that don't come by chance in Windows-1252, and bytes that are no UTF-8."""
    sequences = _SEQUENCE.findall(content)
    odd = sum(byte >= 0x80 for byte in content) - sum(map(len, sequences))
    return sum(_CHANCE.fullmatch(one) is None for one in sequences), odd


def _utf8(content: bytes) -> str:
    return content.decode("utf-8", "dateline-odd-bytes")


def _odd_byte(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are no UTF-8: what a letter, quote or dash of Windows-1252 would be; nothing for the rest
    of a character that was cut."""
    assert isinstance(error, UnicodeDecodeError)
    odd = error.object[error.start : error.end]
    following = error.object[error.end : error.end + 1]
    cut = len(odd) > 1 or (odd in (b"\xc2", b"\xc3", b"\xe2") and not following.isalpha())
    return "" if cut else odd.decode("cp1252", "ignore"), error.end


codecs.register_error("dateline-odd-bytes", _odd_byte)
