"""NewsML-G2: newsItem, packageItem, and newsMessage with any number of them.

Source: https://iptc.org/std/NewsML-G2/guidelines/ (2.9 to 2.35).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import (
    datelines,
    html_text,
    iptc,
    parts,
    plain_text,
    private_marks,
    wire_markup,
    wire_text,
    xml,
)
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from pipeline.formats.newsml_g2_body import Body
from pipeline.formats.newsml_g2_names import (
    all_of,
    by_role,
    byline,
    code_of,
    codes_of,
    language,
    name_of,
    named,
    subjects,
)
from pipeline.formats.xml import Element, first_text, text_of
from pipeline.numbers import whole_number
from schemas.article import Hop, Link, Picture

ROOTS = frozenset({"newsItem", "packageItem", "newsMessage"})
_NO_STORY = frozenset({"conceptItem", "knowledgeItem", "planningItem", "catalogItem"})


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
    notes = _private(element)
    schemes = {
        scheme.get("alias", ""): scheme.get("uri", "")
        for scheme in element.iterfind("catalog/scheme")
        if scheme.get("alias")
    }
    meta, content = element.find("itemMeta"), element.find("contentMeta")
    part = element.find("partMeta")
    content = content if content is not None else part
    kind = code_of(meta.find("itemClass") if meta is not None else None, schemes) or ""
    state = iptc.state_of(code_of(meta.find("pubStatus") if meta is not None else None, schemes))
    embargo = meta.find("embargoed") if meta is not None else None
    embargo_until = text_of(embargo)
    if embargo is not None and state is State.USABLE:
        state = State.EMBARGOED  # without a time: embargoed until the provider releases it (guidelines, "embargoed")
    body = Body(element)
    headline = by_role(content, "headline", ("hld:main", "main", "hlrole:main"), ("sub",)) or body.headline
    slug = first_text(content, "slugline")
    title = first_text(meta, "itemMeta/title", "title")
    description = by_role(content, "description", ("summary", "abstract", "lead"), ("caption",))
    caption = by_role(content, "description", ("caption",), ())
    guid = element.get("guid")
    repeated = (headline or title, byline(content) or body.byline, first_text(content, "dateline"), slug)
    story_text = wire_markup.without_head(body.text, *repeated, *(name_of(one) for one in all_of(content, "located")))
    opening = datelines.without(story_text.paragraphs)
    titles = (one for one in (title, body.title) if not plain_text.is_slug(one))
    others = (title, body.title, slug, description, caption)
    headline = wire_text.line(plain_text.headline(headline, *titles, *opening, *others))
    headline = headline or guid  # a later revision can complete an item without text
    if not headline:
        raise Reject("no-id", f"this is a NewsML-G2 {element.tag}, but it has neither guid nor headline")
    note = _note(meta, [*notes, *story_text.notes])
    corrected, correction = iptc.correction(_note(meta, []), " ".join(codes_of(meta, "signal", schemes)))
    links, pictures = _links(element, meta), _pictures(element, content, caption or description, kind)
    package = [parts.link(link.url, link.title, "item") for link in _items(element)]
    rights = element.find("rightsInfo")
    paragraphs = story_text.paragraphs or ([description or caption or ""] if "text" not in kind else [])
    is_text = not kind or kind.endswith(("text", "composite"))
    return Story(
        headline=headline,
        paragraphs=[row for row in paragraphs if row],
        body_html=html_text.reduced(story_text.markup) if story_text.markup else None,
        byline=byline(content) or body.byline,
        dateline=first_text(content, "dateline") or body.dateline,
        slug=slug,
        summary=wire_text.line(description) or (caption if caption and is_text else None),
        guid=guid,
        guids=[text for one in all_of(content, "altId") if (text := text_of(one))],
        url=_address(element, meta),
        language=language(element, content),
        published=first_time(first_text(meta, "firstCreated"), first_text(content, "contentCreated")),
        modified=first_time(first_text(meta, "versionCreated"), first_text(content, "contentModified")),
        version=iptc.number(element.get("version")),
        embargo_until=embargo_until,
        expires=_expires(element),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note=note,
        genre=_genre(content, kind, element.tag),
        urgency=iptc.urgency(first_text(content, "urgency")) or iptc.urgency(first_text(meta, "urgency")),
        subjects=subjects(content, element, schemes),
        topics=[text for one in all_of(content, "keyword") if (text := text_of(one))],
        named=named(content, element, schemes),
        pictures=pictures,
        rights=first_text(rights, "copyrightNotice"),
        rights_holder=name_of(rights.find("copyrightHolder") if rights is not None else None),
        usage_terms=first_text(rights, "usageTerms"),
        credit=first_text(content, "creditline")
        or name_of(content.find("infoSource") if content is not None else None),
        sender=name_of(meta.find("provider") if meta is not None else None),
        links=[*package, *links][:100],
        hops=_hops(element),
    )


def _private(element: Element) -> list[str]:
    """Takes out of the item what its constraints keep from readers (`pubconstraint`). What of it is text is for editors;
    names and addresses of contacts are for nobody."""
    found = []
    for one in list(element.iter()):
        if (
            private_marks.is_element(one)
            and one is not element
            and one.getparent() is not None
            and private_marks.is_constrained(one)
        ):
            if one.tag in ("description", "headline") or any(up.tag == "contentSet" for up in one.iterancestors()):
                found.append(text_of(one) or "")
            private_marks.remove(one)
    return [text for text in found if text]


def _note(meta: Element | None, notes: list[str]) -> str | None:
    """The notes for editors, each once, and what else isn't for readers."""
    own = [text for one in all_of(meta, "edNote") if (text := text_of(one))]
    return "\n".join(dict.fromkeys([*own, *notes]))[:10_000] or None


def _genre(content: Element | None, kind: str, tag: str) -> str | None:
    for one in all_of(content, "genre"):
        if name := name_of(one):
            return name
    if tag == "packageItem":
        return "package"
    plain = kind.rpartition(":")[2]
    return plain if plain and plain not in ("text", "composite") else None


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
    return [parts.picture(best, caption, first_text(content, "creditline") or byline(content))]


def _links(element: Element, meta: Element | None) -> list[Link]:
    found = []
    for one in all_of(meta, "link"):
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
    for one in all_of(meta, "link"):
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
        party = name_of(hop.find("party"))
        target = next(
            (target for action in actions if (target := name_of(action.find("target")) or action.get("target"))), None
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
