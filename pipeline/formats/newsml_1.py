"""NewsML 1.x (1.0 to 1.2): a story for each NewsItem, whatever the dialect.

Source: NewsML 1.2 Functional Specification, https://iptc.org/standards/newsml-1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, iptc, nitf, parts, plain_text, xml
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Link, Named, Picture, Subject

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEXT_MEDIA = frozenset({"", "text", "html", "xhtml"})
_SUMMARY = ("summary", "abstract", "lead", "teaser")
_LATE = ("related", "supporting", "sidebar", "caption", "footer", "disclaimer")


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) in ("NewsML", "NewsItem")


def read(item: Item) -> Iterator[Story | Reject]:
    """One story for each NewsItem. Raises Reject where it can't be parsed or holds none."""
    root = xml.parse(item.content)
    items = [root] if root.tag == "NewsItem" else list(root.iterfind("NewsItem"))
    if not items:
        raise Reject("no-story", "this is NewsML 1 without a NewsItem")
    originals = iter(xml.originals(item.content, "NewsItem") if len(items) > 1 else ())
    for number, element in enumerate(items, 1):
        own = next(originals, None)
        try:
            parsed = story(element)
        except Reject as reject:
            name = first_text(element, "Identification/NewsIdentifier/PublicIdentifier") or f"NewsItem {number}"
            yield Reject(reject.reason, f"{name}: {reject.detail}")
            continue
        parsed.original, parsed.original_type = own, "application/xml"
        yield parsed


def story(element: Element) -> Story:
    """The story of one NewsItem. Raises Reject naming what is missing."""
    management = element.find("NewsManagement")
    stable, every = _ids(element)
    state, embargo = _status(management)
    texts = list(_texts(element))
    summaries = [row for rows in _summaries(element) for row in rows]
    headline = (
        _first(element, "NewsLines/HeadLine")
        or _first(element, "NewsLines/SubHeadLine")
        or _embedded(element, "headline")
    )
    slug = _first(element, "NewsLines/SlugLine") or first_text(element, "Identification/NameLabel")
    paragraphs = [row for rows, _ in texts for row in rows]
    headline = plain_text.headline(headline, *paragraphs[:1], slug, stable)
    if not headline:
        raise Reject("no-id", "this is a NewsItem of NewsML 1, but it has neither NewsIdentifier, HeadLine nor text")
    note = _line(element, "edit", "note", "advisory", "instruction")
    corrected, correction = iptc.correction(
        note or _first(element, "NewsLines/SubHeadLine"),
        _names(management, "Instruction") + _names(element, ".//NewsLineType"),
    )
    markup = "\n".join(text for _, text in texts if text)
    return Story(
        headline=headline,
        paragraphs=paragraphs,
        body_html=html_text.reduced(markup) if markup else None,
        byline=_first(element, "NewsLines/ByLine") or _embedded(element, "byline"),
        dateline=_first(element, "NewsLines/DateLine"),
        slug=slug,
        summary=" ".join(summaries)
        or _first(element, "NewsLines/SubHeadLine")
        or _line(element, "summary", "abstract", "lead"),
        guid=stable,
        guids=every,
        url=_address(element),
        language=_language(element),
        published=first_text(management, "FirstCreated"),
        modified=first_text(management, "ThisRevisionCreated") or first_text(management, "FirstCreated"),
        version=iptc.number(first_text(element, "Identification/NewsIdentifier/RevisionId")),
        embargo_until=embargo,
        expires=_expires(element),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note=note,
        genre=next(iter(_names(element, ".//DescriptiveMetadata/Genre")), None),
        urgency=iptc.urgency(next(iter(_names(management, "Urgency")), None)),
        subjects=_subjects(element),
        topics=_keywords(element),
        named=_named(element),
        pictures=_pictures(element),
        rights=_first(element, "NewsLines/CopyrightLine", "NewsLines/RightsLine") or _rights(element, "Copyright"),
        rights_holder=_first(element, "RightsMetadata/Copyright/CopyrightHolder"),
        usage_terms=_rights(element, "UsageRights"),
        credit=_first(element, "NewsLines/CreditLine"),
        sender=next(iter(_names(element, ".//AdministrativeMetadata/Provider/Party")), None)
        or first_text(element, "Identification/NewsIdentifier/ProviderId"),
        links=_links(element),
    )


def _ids(element: Element) -> tuple[str | None, list[str]]:
    """The id that all revisions of the item share, and every id that it has. A public identifier that doesn't name the
    item (some providers send one and the same) is no id."""
    identifier = element.find("Identification/NewsIdentifier")
    provider, date, own = (first_text(identifier, name) for name in ("ProviderId", "DateId", "NewsItemId"))
    public = first_text(identifier, "PublicIdentifier")
    every = [public] if public and (own is None or own in public) else []
    if provider and own:
        return f"urn:newsml:{provider}:{date or ''}:{own}", every
    return (public if every else own), every


def _status(management: Element | None) -> tuple[State, str | None]:
    """State, and when an embargo ends: a status that will change to Usable at a moment."""
    if management is None:
        return State.USABLE, None
    word = next(iter(_names(management, "Status")), None)
    state = iptc.state_of(word)
    change = management.find("StatusWillChange")
    future = next(iter(_names(change, "FutureStatus")), "") if change is not None else ""
    when = first_text(change, "DateAndTime") if change is not None else None
    embargoed = (word or "").casefold() in ("embargoed", "withheld")
    if embargoed and when and future.casefold() == "usable":
        return State.USABLE, when
    for name in _names(management, "Instruction"):
        if name.casefold() in ("delete", "kill", "cancel", "canceled", "withdraw"):
            return State.KILLED, None
    return state, None


def _texts(element: Element) -> Iterator[tuple[list[str], str | None]]:
    """(paragraphs, markup) of each text of the item, the main one first; of alternatives only the richest."""
    found: list[tuple[int, int, list[str], str | None]] = []
    for order, content in enumerate(element.iter("ContentItem")):
        kinds = {name.casefold() for name in (*_names(content, "MediaType"),)} or {""}
        mime = next(iter(_names(content, "MimeType")), "").casefold()
        if not kinds & _TEXT_MEDIA or (mime and not mime.startswith("text/") and "xml" not in mime):
            continue
        data = content.find("DataContent")
        if data is None or any(one.tag == "Encoding" for one in content.iterancestors("Encoding")):
            continue
        rows, markup = _text(data)
        if rows:
            role = _role(content)
            if any(word in role.split() for word in _SUMMARY):
                continue
            found.append((1 if any(word in role for word in _LATE) else 0, order, rows, markup))
    found.sort(key=lambda text: (text[0], text[1]))
    seen: set[str] = set()
    for late, _, rows, markup in found:
        if late and seen:
            continue
        fresh = [row for row in rows if row not in seen]
        if not fresh or (seen and len(fresh) < len(rows) / 2):
            continue  # the same text in another form
        seen.update(rows)
        yield (rows, markup) if len(fresh) == len(rows) else (fresh, None)


def _summaries(element: Element) -> Iterator[list[str]]:
    for content in element.iter("ContentItem"):
        data = content.find("DataContent")
        if data is not None and any(word in _role(content).split() for word in _SUMMARY):
            yield _text(data)[0]


def _role(content: Element) -> str:
    """Roles of the components around a content, innermost first."""
    return " ".join(name.casefold() for one in content.iterancestors("NewsComponent") for name in _names(one, "Role"))


def _text(data: Element) -> tuple[list[str], str | None]:
    inner = data.find(".//nitf")
    if inner is not None:
        parsed = nitf.body(inner)
        return parsed.paragraphs, parsed.markup
    if len(data):
        for name in ("body.content", "body"):
            if (holder := data.find(f".//{name}")) is not None:
                data = holder
                break
        markup = xml.inner_xml(data)
        return html_text.paragraphs(markup), markup
    text = data.text or ""
    if re.search(r"</?(?:p|br|div|table|h\d|li)\b[^>]*>", text, re.IGNORECASE):
        return html_text.paragraphs(text), text
    return plain_text.paragraphs(text), None


def _first(element: Element, *paths: str) -> str | None:
    """The first text at these paths in the outermost component that has one."""
    for path in paths:
        for component in element.iter("NewsComponent"):
            if text := first_text(component, path):
                return text
    return None


def _embedded(element: Element, name: str) -> str | None:
    for inner in element.iter("nitf"):
        parsed = nitf.body(inner)
        if text := parsed.headline if name == "headline" else parsed.byline:
            return text
    return None


def _names(element: Element | None, path: str) -> list[str]:
    """Formal names at a path."""
    if element is None:
        return []
    return [name for one in element.iterfind(path) if (name := (one.get("FormalName") or "").strip())]


def _line(element: Element, *words: str) -> str | None:
    """Text of a NewsLine whose type has one of these words."""
    for line in element.iter("NewsLine"):
        kind = " ".join(_names(line, "NewsLineType")).casefold()
        if any(word in kind for word in words) and (text := first_text(line, "NewsLineText")):
            return text
    return None


def _language(element: Element) -> str | None:
    declared = next(iter(_names(element, ".//DescriptiveMetadata/Language")), None)
    if declared:
        return declared
    for one in (element, *element.iter("NewsComponent")):
        if tag := one.get(_XML_LANG):
            return tag
    return None


def _subjects(element: Element) -> list[Subject]:
    found = []
    for holder in element.iter("SubjectCode"):
        for name in ("SubjectDetail", "SubjectMatter", "Subject", "SubjectQualifier"):
            for one in holder.iterfind(name):
                number = (one.get("FormalName") or "").strip()
                if number:
                    code = f"subj:{number.zfill(8)}" if re.fullmatch(r"\d{7,8}", number) else number[:512]
                    found.append(iptc.subject(code, (one.get("Value") or "").strip() or text_of(one)))
    return list({one.code: one for one in found if one is not None}.values())[:500]


def _keywords(element: Element) -> list[str]:
    lines = [text for one in element.iter("KeywordLine") if (text := text_of(one))]
    values = [
        value
        for one in element.iter("Property")
        if (one.get("FormalName") or "").casefold() == "keyword" and (value := (one.get("Value") or "").strip())
    ]
    return list(dict.fromkeys([*lines, *values]))[:500]


def _named(element: Element) -> list[Named]:
    found: dict[tuple[str, str], Named] = {}
    for location in element.iter("Location"):
        for one in location.iter("Property"):
            value = (one.get("Value") or "").strip()
            if (one.get("FormalName") or "").casefold() in (
                "city",
                "country",
                "countryarea",
                "area",
                "sublocation",
            ) and value:
                found.setdefault(("place", value), Named(kind="place", name=value[:512]))
    for one in element.iter("TopicOccurrence"):
        topic = (one.get("Topic") or "").lstrip("#")
        for declared in element.getroottree().getroot().iter("Topic"):
            if declared.get("Duid") == topic:
                kind = " ".join(_names(declared, "TopicType")).casefold()
                name = first_text(declared, "Description") or next(iter(_names(declared, "FormalName")), None)
                known = "person" if "person" in kind else "organisation" if "organi" in kind or "company" in kind else "place" if "place" in kind or "location" in kind or "country" in kind else None  # fmt: skip
                if name and known:
                    found.setdefault((known, name), Named(kind=known, name=name[:512]))
    return list(found.values())[:500]


def _pictures(element: Element) -> list[Picture]:
    found = []
    for component in element.iter("NewsComponent"):
        for content in component.iterfind("ContentItem"):
            kinds = {name.casefold() for name in _names(content, "MediaType")}
            href = content.get("Href") or ""
            if kinds & {"photo", "picture", "graphic", "image"} and addresses.is_link(href):
                caption = first_text(component, "NewsLines/HeadLine", "ContentItem/DataContent")
                found.append(
                    parts.picture(href, caption, first_text(component, "NewsLines/CreditLine", "NewsLines/ByLine"))
                )
    return list({picture.url: picture for picture in found}.values())[:50]


def _rights(element: Element, name: str) -> str | None:
    for one in element.iter(name):
        if text := text_of(one):
            return text[:4096]
    return None


def _expires(element: Element) -> str | None:
    for one in element.iter("EndDate"):
        if text := text_of(one):
            return text
    for management in element.iterfind("NewsManagement/StatusWillChange"):
        future = next(iter(_names(management, "FutureStatus")), "").casefold()
        if future in ("canceled", "cancelled", "withheld") and (when := first_text(management, "DateAndTime")):
            return when
    return None


def _address(element: Element) -> str | None:
    public = first_text(element, "Identification/NewsIdentifier/PublicIdentifier")
    return public if addresses.is_link(public) else None


def _links(element: Element) -> list[Link]:
    found = []
    for one in element.iter("AssociatedWith", "DerivedFrom"):
        if where := one.get("NewsItem"):
            found.append(parts.link(where, rel="related" if one.tag == "AssociatedWith" else "derived-from"))
    for one in element.iter("NewsItemRef"):
        if where := one.get("NewsItem"):
            found.append(parts.link(where, rel="item"))
    return found[:100]


FORMAT = Format("newsml 1", "application/xml", recognises, read)
