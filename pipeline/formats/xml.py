"""Untrusted XML: parsed without entities, without fetching anything, within limits.

A DTD is never read. Of an internal subset only declarations of single characters (`<!ENTITY nbsp "&#160;">`) are
honoured; an entity that holds text, other entities or a file is refused, which ends entity bombs and external entities
(https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html).
"""

from __future__ import annotations

import codecs
import html
import html.entities
import re
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import Reject
from pipeline.formats import encodings
from pipeline.formats.xml_repair import repaired, without_controls

Element = etree._Element

MAX_DEPTH = 200
"""Levels of nesting."""
_START = re.compile(r"<(?:\?xml|!DOCTYPE|!--|[A-Za-z_])")
_DECLARATION = re.compile(r"^[^<]{0,4}\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[>]*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(
    r"""<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w.-]+)\s+(?:(?P<external>SYSTEM|PUBLIC)\b[^>]*|(?P<quote>["'])(?P<value>.*?)(?P=quote)\s*)>""",
    re.DOTALL,
)
_ONE_CHARACTER = re.compile(r"&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});|[^&%<]")
_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_NOTICES = re.compile(
    rb"(?:\xef\xbb\xbf)?(?P<notices>\s*[^\s\xef\xff\xfe\x00].*?)<\?xml\s[^<>]*\?>(?:\s|<!--.*?-->|<\?.*?\?>)*<(?:[\w.-]+:)?(?:rss|feed|RDF|urlset|sitemapindex)[\s>]",
    re.DOTALL,
)
_PAGE = re.compile(rb"<!doctype|<html|<head|<body|<(?:rss|feed)[\s>]|<\?xml", re.IGNORECASE)
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def looks_like_xml(content: bytes) -> bool:
    """Whether the bytes begin as XML does, whatever their encoding."""
    head = content[:512]
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(mark)
    text = head.replace(b"\x00", b"").lstrip().decode("latin-1")
    return bool(
        _START.match(text) or (re.match(r"[^<\w]{1,3}<\?xml", text))
    )  # a stray byte order mark before the declaration


def without_notices(content: bytes) -> bytes:
    """A feed or sitemap without what its server wrote before it: warnings of PHP, lines of a cache."""
    match = _NOTICES.match(content[:16_384])
    if match is None or _PAGE.search(match["notices"]):
        return content
    return content[: match.start("notices")] + content[match.end("notices") :]


def root_name(content: bytes) -> str | None:
    """Local name of the root element, by a look at the first bytes; None where there is none."""
    head = content[:65536].replace(b"\x00", b"").decode("latin-1")
    head = re.sub(r"<!--.*?-->|<\?.*?\?>", "", head, flags=re.DOTALL)
    head = _DOCTYPE.sub("", head)
    match = re.search(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", head)
    return match[1] if match else None


def parse(content: bytes, *, recover: bool = False, prefixes: bool = False) -> Element:
    """The root element, its tags without namespaces (`prefixes`: with them; see `qualified`).

    `recover` reads what is not well-formed as far as possible. Raises Reject: entities, not-xml, too-deep.
    """
    text = without_controls(without_entities(decode(content)))
    text = text[max(0, text.find("<")) :]
    text = repaired(text) if recover else text
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, remove_pis=True, remove_comments=True,
        recover=recover,
    )  # fmt: skip
    try:
        root = _root(text, parser)
    except etree.XMLSyntaxError as e:
        if not is_whole(content):
            raise Reject("truncated", f"the document is cut off: {e.msg}") from None
        raise Reject("not-xml", f"not well-formed XML: {e.msg}") from None
    if root is None:
        raise Reject("not-xml", "there is no XML element in it")
    for element, depth in _walk(root):
        if depth > MAX_DEPTH:
            raise Reject("too-deep", f"elements are nested deeper than {MAX_DEPTH}")
        if not prefixes and "}" in str(element.tag):
            element.tag = etree.QName(element).localname
    return root


def _root(text: str, parser: etree.XMLParser) -> Element:
    """The root element, of the text as it is or else repaired."""
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        if (mended := repaired(text)) == text:
            raise
    return etree.fromstring(mended.encode(), parser)


def is_whole(content: bytes) -> bool:
    """Whether the document ends with the end of its root element, well-formed or not."""
    root = root_name(content)
    end = content[-4096:].replace(b"\x00", b"")
    return root is not None and re.search(rb"</(?:[\w.-]+:)?" + re.escape(root.encode()) + rb"\s*>", end) is not None


def parse_export(content: bytes, part: str, *, prefixes: bool = False) -> tuple[Element, Reject | None]:
    """Like `parse`, for exports of systems that write what is not quite XML: faults inside are read over. Of a document that
    is cut off what comes before its last unfinished element `part`, and the rejection of the rest. Raises Reject."""
    try:
        return parse(content, prefixes=prefixes), None
    except Reject as reject:
        if reject.reason == "not-xml":
            return parse(content, recover=True, prefixes=prefixes), None
        if reject.reason != "truncated":
            raise
        ends = list(re.finditer(rb"</" + re.escape(part.encode()) + rb"\s*>", content))
        before = content[: ends[-1].end()] if ends else b""
        if not ends or before.rfind(b"<![CDATA[") > before.rfind(b"]]>"):
            raise
        rest = Reject("truncated", f"the export is cut off after {len(ends)} whole parts <{part}>, which were read")
        return parse(before, recover=True, prefixes=prefixes), rest


def without_entities(text: str) -> str:
    """`text` with its DOCTYPE cut out, and the names that HTML or the DOCTYPE gives to single characters replaced by
    them. Raises Reject for any other entity."""
    known: dict[str, str] = {}
    if match := _DOCTYPE.search(text, 0, 65536):
        subset = match["subset"] or ""
        for entity in _ENTITY.finditer(subset):
            if entity["parameter"] and entity["external"]:
                continue  # a part of the DTD, which isn't read
            if entity["external"]:
                raise Reject("entities", f"entity {entity['name']} refers outside the document; send its text")
            if entity["parameter"] or not _ONE_CHARACTER.fullmatch(entity["value"]):
                raise Reject("entities", f"entity {entity['name']} is declared in the document; send its text instead")
            known[entity["name"]] = html.unescape(entity["value"])
        if subset.count("<!ENTITY") != len(_ENTITY.findall(subset)):
            raise Reject("entities", "the DOCTYPE declares an entity that can't be read")
        text = text[: match.start()] + text[match.end() :]
    if "<!ENTITY" in text[:65536]:
        raise Reject("entities", "the document declares entities; send their text instead")

    def replaced(reference: re.Match[str]) -> str:
        name = reference[1]
        if name in _XML_OWN:
            return reference[0]
        character = known.get(name) or html.entities.html5.get(f"{name};")
        return reference[0] if character is None else html.escape(character, quote=False)

    return _REFERENCE.sub(replaced, text)


def decode(content: bytes) -> str:
    """The text, without its XML declaration. What is declared wrongly is read as what it is."""
    return _DECLARATION.sub("", encodings.decode(content, encodings.declared(content)))


def text_of(element: Element | None) -> str | None:
    """All text in the element on one line; None where there is none."""
    if element is None:
        return None
    return " ".join("".join(str(part) for part in element.itertext()).split()) or None


def first_text(element: Element | None, *paths: str) -> str | None:
    """Text at the first of these paths that has any."""
    if element is None:
        return None
    for path in paths:
        for found in element.iterfind(path):
            if text := text_of(found):
                return text
    return None


def inner_xml(element: Element) -> str:
    """What is inside the element, as markup."""
    parts = [html.escape(element.text or "", quote=False)]
    parts.extend(etree.tostring(child, encoding="unicode") for child in element)
    return "".join(parts)


def qualified(element: Element) -> str:
    """The element's name as it is written, `prefix:name`."""
    if "}" not in str(element.tag):
        return str(element.tag)
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def markup(element: Element) -> bytes:
    """The element itself, as UTF-8."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def originals(content: bytes, *names: str) -> list[bytes]:
    """Each element with one of these local names, as in its document."""
    root = parse(content, prefixes=True)
    return [markup(e) for e in root.iter() if etree.QName(e).localname in names]


def _walk(root: Element) -> Iterator[tuple[Element, int]]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting.extend((child, depth + 1) for child in element)
