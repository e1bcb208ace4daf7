"""XML that is not well-formed: a fault costs the character that it is, and no word of the document."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"(?P<whole><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<[?!].*?(?:>|\Z))"
    r"|(?P<tag></?[A-Za-z_:](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*/?>)"
    r"|(?P<reference>&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})|(?P<name>amp|lt|gt|quot|apos));)"
    r"|(?P<bare>&|<)",
    re.DOTALL,
)
_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PREFIXED = re.compile(r"\"[^\"]*\"|'[^']*'|(?P<before>^</?|\s)(?P<prefix>[A-Za-z_][\w.-]*):(?=[\w.-])")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_NAMESPACES = {
    "a10": "http://www.w3.org/2005/Atom",
    "admin": "http://webns.net/mvcb/",
    "app": "http://www.w3.org/2007/app",
    "atom": "http://www.w3.org/2005/Atom",
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "wp": "http://wordpress.org/export/1.2/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
}
"""What well-known prefixes mean in a document that doesn't declare them."""
_WORD_PROCESSORS = "urn:schemas-microsoft-com:"


def repaired(text: str) -> str:
    """`text` with what no XML may have made good. A bare `&` or `<` is that character; what is no entity is text; control
    characters go; a reference to one is what browsers read it as. A prefix that is not declared means what it means
    elsewhere; of any other prefix, and of those of word processors, the element has a name without a prefix: `o-p`."""
    declared = {name: one or other for name, one, other in _DECLARED.findall(text)}
    used: set[str] = set()

    def prefixed(match: re.Match[str]) -> str:
        prefix = match["prefix"]
        if prefix is None or prefix in ("xml", "xmlns"):
            return match[0]
        if not declared.get(prefix, _NAMESPACES.get(prefix, _WORD_PROCESSORS)).startswith(_WORD_PROCESSORS):
            used.add(prefix)
            return match[0]
        return f"{match['before']}{prefix}-"

    def token(match: re.Match[str]) -> str:
        if match["bare"] is not None:
            return "&amp;" if match["bare"] == "&" else "&lt;"
        if match["tag"] is not None:
            tag = _PREFIXED.sub(prefixed, match["tag"]) if ":" in match["tag"] else match["tag"]
            return _AMPERSAND.sub("&amp;", tag) if "&" in tag else tag
        if match["decimal"] or match["hexadecimal"]:
            return _character(int(match["decimal"] or match["hexadecimal"], 10 if match["decimal"] else 16))
        return match[0]

    text = _TOKEN.sub(token, without_controls(text))
    missing = "".join(f' xmlns:{name}="{_NAMESPACES[name]}"' for name in sorted(used - declared.keys()))
    return re.sub(r"<[A-Za-z_][\w.:-]*", lambda match: match[0] + missing, text, count=1) if missing else text


def without_controls(text: str) -> str:
    """`text` without what is no character of XML; old page and line feeds part words."""
    return _FORBIDDEN.sub("", text.replace("\x0b", " ").replace("\x0c", " "))


def _character(code: int) -> str:
    if 0x80 <= code <= 0x9F:  # as HTML reads it: what Windows-1252 has there
        return bytes([code]).decode("cp1252", "ignore")
    if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
        return ""
    return f"&#{code};"
