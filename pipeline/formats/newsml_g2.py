"""NewsML-G2: newsItem, packageItem, and newsMessage with any number of them.

Source: https://iptc.org/std/NewsML-G2/guidelines/ (2.9 to 2.35).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, iptc, nitf, parts, places, plain_text, xml
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from pipeline.formats.xml import Element, first_text, text_of
from pipeline.numbers import whole_number
from schemas.article import Hop, Link, Named, Picture, Subject

ROOTS = frozenset({"newsItem", "packageItem", "newsMessage"})
_NO_STORY = frozenset({"conceptItem", "knowledgeItem", "planningItem", "catalogItem"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PLACE_TYPES = ("geoarea", "geo", "poi", "place", "city", "country")


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) in ROOTS | _NO_STORY


def read(item: Item) -> Iterator[Story | Reject]:
    """One story for each newsItem and packageItem. Raises Reject where it can't be parsed or holds none."""
    root = xml.parse(item.content)
    if root.tag in _NO_STORY:
        raise Reject("no-story", f"this is a NewsML-G2 {root.tag}, which carries no story")
    items = [root] if root.tag != "newsMessage" else list(root.iterfind("itemSet/*"))
    found = 0
    originals = iter(xml.originals(item.content, "newsItem", "packageItem") if len(items) > 1 else ())
    for number, element in enumerate(items, 1):
        if element.tag not in ("newsItem", "packageItem"):
            continue
        found += 1
        own = next(originals, None)
        try:
            parsed = story(element)
        except Reject as reject:
            yield Reject(reject.reason, f"item {number} ({element.get('guid') or element.tag}): {reject.detail}")
            continue
        parsed.original, parsed.original_type = own, "application/xml"
        yield parsed
    if not found:
        raise Reject("no-story", "this is a NewsML-G2 newsMessage without a newsItem or packageItem")


def story(element: Element) -> Story:
    """The story of one item. Raises Reject naming what is missing."""
    schemes = {
        scheme.get("alias", ""): scheme.get("uri", "")
        for scheme in element.iterfind("catalog/scheme")
        if scheme.get("alias")
    }
    meta, content = element.find("itemMeta"), element.find("contentMeta")
    part = element.find("partMeta")
    content = content if content is not None else part
    kind = _code(meta.find("itemClass") if meta is not None else None, schemes) or ""
    state = iptc.state_of(_code(meta.find("pubStatus") if meta is not None else None, schemes))
    embargo = meta.find("embargoed") if meta is not None else None
    embargo_until = text_of(embargo)
    if embargo is not None and state is State.USABLE:
        state = State.EMBARGOED  # without a time: embargoed until the provider releases it (guidelines, "embargoed")
    body = _Body(element)
    headline = _by_role(content, "headline", ("hld:main", "main", "hlrole:main"), ("sub",)) or body.headline
    slug = first_text(content, "slugline")
    title = first_text(meta, "itemMeta/title", "title")
    description = _by_role(content, "description", ("summary", "abstract", "lead"), ("caption",))
    caption = _by_role(content, "description", ("caption",), ())
    guid = element.get("guid")
    headline = plain_text.headline(headline, title, body.title, slug, description, caption, *body.paragraphs[:1])
    headline = headline or guid  # a later revision can complete an item without text
    if not headline:
        raise Reject("no-id", f"this is a NewsML-G2 {element.tag}, but it has neither guid nor headline")
    note = _note(meta)
    corrected, correction = iptc.correction(note, " ".join(_codes(meta, "signal", schemes)))
    links, pictures = _links(element, meta), _pictures(element, content, caption or description, kind)
    package = [parts.link(link.url, link.title, "item") for link in _items(element)]
    rights = element.find("rightsInfo")
    paragraphs = body.paragraphs or ([description or caption or ""] if "text" not in kind else [])
    is_text = not kind or kind.endswith(("text", "composite"))
    return Story(
        headline=headline,
        paragraphs=[row for row in paragraphs if row],
        body_html=body.markup,
        byline=_byline(content) or body.byline,
        dateline=first_text(content, "dateline") or body.dateline,
        slug=slug,
        summary=description or (caption if caption and is_text else None),
        guid=guid,
        guids=[text for one in _all(content, "altId") if (text := text_of(one))],
        url=_address(element, meta),
        language=_language(element, content),
        published=first_text(meta, "firstCreated") or first_text(content, "contentCreated"),
        modified=first_text(meta, "versionCreated") or first_text(content, "contentModified"),
        version=iptc.number(element.get("version")),
        embargo_until=embargo_until,
        expires=_expires(element),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note=note,
        genre=_genre(content, kind, element.tag),
        urgency=iptc.urgency(first_text(content, "urgency")) or iptc.urgency(first_text(meta, "urgency")),
        subjects=_subjects(content, element, schemes),
        topics=[text for one in _all(content, "keyword") if (text := text_of(one))],
        named=_named(content, element, schemes),
        pictures=pictures,
        rights=first_text(rights, "copyrightNotice"),
        rights_holder=_name(rights.find("copyrightHolder") if rights is not None else None),
        usage_terms=first_text(rights, "usageTerms"),
        credit=first_text(content, "creditline") or _name(content.find("infoSource") if content is not None else None),
        sender=_name(meta.find("provider") if meta is not None else None),
        links=[*package, *links][:100],
        hops=_hops(element),
    )


class _Body:
    """What the contentSet holds: NITF, XHTML or plain text, with the lines that NITF has of its own."""

    def __init__(self, element: Element) -> None:
        self.markup: str | None = None
        self.paragraphs: list[str] = []
        self.headline: str | None = None
        self.title: str | None = None
        self.byline: str | None = None
        self.dateline: str | None = None
        for holder in element.iterfind("contentSet/inlineXML"):
            self._take_xml(holder)
            if self.paragraphs:
                return
        for holder in element.iterfind("contentSet/inlineData"):
            text = "".join(str(part) for part in holder.itertext())
            kind = (holder.get("contenttype") or "").casefold()
            if holder.get("encoding") or not text.strip() or kind.startswith(("image/", "video/", "audio/")):
                continue
            if "html" in kind or re.search(r"</(?:p|div|br|li|h\d)>|<(?:p|br)\b", text[:20_000], re.IGNORECASE):
                self.markup, self.paragraphs = html_text.reduced(text), html_text.paragraphs(text)
            else:
                self.paragraphs = plain_text.paragraphs(text)
            return

    def _take_xml(self, holder: Element) -> None:
        inner = holder.find(".//nitf")
        if inner is not None:
            body = nitf.body(inner)
            self.markup, self.paragraphs = body.markup, body.paragraphs
            self.headline, self.byline, self.dateline = body.headline, body.byline, body.dateline
            self.title = first_text(inner, "head/title")
            return
        root = holder.find(".//body")
        root = root if root is not None else holder
        markup = xml.inner_xml(root)
        self.markup, self.paragraphs = html_text.reduced(markup), html_text.paragraphs(_blocks_as_paragraphs(root))


def _blocks_as_paragraphs(root: Element) -> str:
    """The markup with elements that neither HTML nor NITF has, but which hold text of their own, as blocks."""
    known = re.compile(r"^(?:a|b|i|u|em|strong|span|br|sub|sup|small|q|cite|abbr|time|code|font|img|s|person|org|location|"
                       r"num|money|chron|event|function|object\.title|virtloc|lang|pronounce|classifier)$", re.IGNORECASE)  # fmt: skip
    for element in root.iter():
        if element is root or not isinstance(element.tag, str):
            continue
        name = element.tag.casefold()
        if not known.match(name) and not re.match(
            r"^(?:p|h\d|table|tbody|thead|tr|td|th|ul|ol|li|dl|dt|dd|blockquote|pre|hr|figure|figcaption|script|style|head|title|iframe|object|media)$",
            name,
        ):
            element.tag = "div"
        else:
            element.tag = name
    return xml.inner_xml(root)


def _all(element: Element | None, name: str) -> list[Element]:
    return element.findall(name) if element is not None else []


def _by_role(content: Element | None, name: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> str | None:
    """Text of the best of several: by its role, else one without a role, else the first that isn't `unwanted`."""
    found = [(one.get("role") or "", text) for one in _all(content, name) if (text := _block_text(one))]
    for role, text in found:
        if any(word in role.casefold() for word in wanted):
            return text
    for role, text in found:
        if not role and name != "description":
            return text
    if name == "description":
        for role, text in found:
            if not role:
                return text
        return None
    return next((text for role, text in found if not any(word in role.casefold() for word in unwanted)), None)


def _block_text(element: Element) -> str | None:
    return html_text.plain(xml.inner_xml(element)) or text_of(element)


def _code(element: Element | None, schemes: dict[str, str]) -> str | None:
    """The code of a property by qcode, URI or literal, with the scheme's usual alias."""
    if element is None:
        return None
    qcode, uri = element.get("qcode"), element.get("uri")
    if qcode and ":" in qcode:
        alias, _, local = qcode.partition(":")
        if alias in schemes:
            return iptc.code(local, schemes[alias]) if iptc.code(local, schemes[alias]) != local else qcode
        return qcode
    return iptc.code(uri) if uri else qcode or element.get("literal") or None


def _codes(element: Element | None, name: str, schemes: dict[str, str]) -> list[str]:
    return [code for one in _all(element, name) if (code := _code(one, schemes))]


def _name(element: Element | None) -> str | None:
    """A party's or thing's name: as it is written, else its literal, else the code without its scheme."""
    if element is None:
        return None
    name = first_text(element, "name")
    if name:
        return name
    literal = (element.get("literal") or "").strip()
    return literal or (element.get("qcode") or "").partition(":")[2].strip() or text_of(element)


def _byline(content: Element | None) -> str | None:
    """The byline as written, else the names of the creators who are people."""
    if line := first_text(content, "by") or first_text(content, "byline"):
        return line
    names = [
        name
        for one in _all(content, "creator")
        if "org" not in (one.get("type") or "")
        and (name := first_text(one, "name") or (one.get("literal") or "").strip())
    ]
    return ", ".join(dict.fromkeys(names)) or None


def _language(element: Element, content: Element | None) -> str | None:
    for one in _all(content, "language"):
        if tag := one.get("tag"):
            return tag
    return element.get(_XML_LANG)


def _note(meta: Element | None) -> str | None:
    notes = [
        text
        for one in _all(meta, "edNote")
        if "nonpublic" not in (one.get("pubconstraint") or "") and (text := text_of(one))
    ]
    return "\n".join(dict.fromkeys(notes))[:10_000] or None


def _genre(content: Element | None, kind: str, tag: str) -> str | None:
    for one in _all(content, "genre"):
        if name := _name(one):
            return name
    if tag == "packageItem":
        return "package"
    plain = kind.rpartition(":")[2]
    return plain if plain and plain not in ("text", "composite") else None


def _subjects(content: Element | None, element: Element, schemes: dict[str, str]) -> list[Subject]:
    """The subjects that are no people, organisations or places; a name may be in the item's `assert` of the same code."""
    asserted = {_code(one, schemes): first_text(one, "name") for one in element.iterfind("assert")}
    found = []
    for one in _all(content, "subject"):
        code = _code(one, schemes)
        if any(word in (one.get("type") or "") for word in ("person", "organisation", *_PLACE_TYPES)):
            continue
        name = first_text(one, "name") or asserted.get(code)
        found.append(iptc.subject(code, name or (code if code and one.get("literal") == code else None)))
        for broader in one.iterfind("bag/bit"):
            found.append(iptc.subject(_code(broader, schemes), first_text(broader, "name")))
    unique = {one.code: one for one in found if one is not None}
    return list(unique.values())[:500]


def _named(content: Element | None, element: Element, schemes: dict[str, str]) -> list[Named]:
    found: dict[tuple[str, str], Named] = {}

    def add(kind: str, one: Element) -> None:
        if name := _name(one):
            code = _code(one, schemes)
            code = code[:512] if code and code != name else None
            position = one.find("geoAreaDetails/position") if kind == "place" else None
            where = (position.get("latitude"), position.get("longitude")) if position is not None else (None, None)
            named = places.place(name, code, *where) if kind == "place" else None
            found.setdefault((kind, name), named or Named(kind=kind, name=name[:512], code=code))

    for one in [*_all(content, "subject"), *(a for a in element.iterfind("assert"))]:
        kind = (one.get("type") or _code(one.find("type"), schemes) or "").casefold()
        if "person" in kind:
            add("person", one)
        elif "organisation" in kind:
            add("organisation", one)
        elif any(word in kind for word in _PLACE_TYPES):
            add("place", one)
    for one in _all(content, "located"):
        add("place", one)
    return list(found.values())[:500]


def _pictures(element: Element, content: Element | None, caption: str | None, kind: str) -> list[Picture]:
    """The best rendition of the picture that the item is; pictures that a text item carries along."""
    best, size = None, -1
    for one in element.iterfind("contentSet/remoteContent"):
        href, content_type = one.get("href") or "", one.get("contenttype") or ""
        if not addresses.is_link(href) or not (
            content_type.startswith("image/") or kind.endswith(("picture", "graphic"))
        ):
            continue
        width = whole_number(one.get("width")) or 0
        if width > size:
            best, size = href, width
    if best is None:
        return []
    return [parts.picture(best, caption, first_text(content, "creditline") or _byline(content))]


def _links(element: Element, meta: Element | None) -> list[Link]:
    found = []
    for one in _all(meta, "link"):
        href = one.get("href") or one.get("residref") or one.get("guidref")
        if href:
            relation = (one.get("rel") or "related").rpartition(":")[2] or "related"
            found.append(parts.link(href, first_text(one, "title") or first_text(one, "headline"), relation))
    return found


def _items(element: Element) -> list[Link]:
    """What a package refers to, in order."""
    found = []
    for one in element.iterfind(".//groupSet//itemRef"):
        where = one.get("href") or one.get("residref") or one.get("guidref")
        if where:
            title = first_text(one, "title") or first_text(one, "headline") or first_text(one, "description")
            found.append(parts.link(where, title, "item"))
    return found


def _address(element: Element, meta: Element | None) -> str | None:
    """The item's own page, where it names one."""
    for one in _all(meta, "link"):
        relation = (one.get("rel") or "").rpartition(":")[2].casefold()
        if relation in ("canonical", "itemweb", "websource", "permalink") and addresses.is_link(one.get("href")):
            return one.get("href")
    guid = element.get("guid") or ""
    return guid if addresses.is_link(guid) else None


def _expires(element: Element) -> str | None:
    for path in ("rightsInfo/validTo", "itemMeta/expires", "contentMeta/expires", "itemMeta/validTo"):
        if text := first_text(element, path):
            return text
    return None


def _hops(element: Element) -> list[Hop]:
    """Through whose hands the item went (hopHistory), oldest first."""
    hops = sorted(element.iterfind("hopHistory/hop"), key=lambda hop: iptc.number(hop.get("seq")) or 0)
    found = []
    for hop in hops[:50]:
        actions = list(hop.iterfind("action"))
        party = _name(hop.find("party"))
        target = next(
            (target for action in actions if (target := _name(action.find("target")) or action.get("target"))), None
        )
        when = hop.get("timestamp") or next(
            (action.get("timestamp") for action in actions if action.get("timestamp")), None
        )
        names = [
            name.partition(":")[2] or name
            for action in actions
            if (name := action.get("qcode") or action.get("literal"))
        ]
        if party or names:
            found.append(
                Hop(
                    party=(party or "unknown")[:512],
                    action=", ".join(names)[:512] or None,
                    target=target and target[:4096],
                    at=when and when[:4096],
                )
            )
    return found


FORMAT = Format("newsml-g2", "application/vnd.iptc.g2.newsitem+xml", recognises, read)
