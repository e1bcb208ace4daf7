"""NewsML 1.x (1.0 to 1.2): a story for each NewsItem, whatever the dialect.

Source: NewsML 1.2 Functional Specification, https://iptc.org/standards/newsml-1/
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import (
    datelines,
    iptc,
    newsml_1_ids,
    newsml_1_texts,
    nitf,
    parts,
    plain_text,
    wire_markup,
    wire_text,
    xml,
)
from pipeline.formats import newsml_1_metadata as metadata
from pipeline.formats.format import Format
from pipeline.formats.items import Item, State, Story
from pipeline.formats.xml import Element, first_text
from schemas.article import Link, Picture


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
    stable, every = newsml_1_ids.ids(element)
    state, embargo = _status(management)
    texts = newsml_1_texts.read(element)
    headline = (
        metadata.first(element, "NewsLines/HeadLine")
        or metadata.first(element, "NewsLines/SubHeadLine")
        or _embedded(element, "headline")
    )
    slug = metadata.first(element, "NewsLines/SlugLine") or first_text(element, "Identification/NameLabel")
    byline = metadata.first(element, "NewsLines/ByLine") or _embedded(element, "byline")
    dateline = metadata.first(element, "NewsLines/DateLine")
    text = wire_markup.without_head(texts.story, headline, byline, dateline, slug)
    headline = wire_text.line(plain_text.headline(headline, *datelines.without(text.paragraphs), slug, stable))
    if not headline:
        raise Reject("no-id", "this is a NewsItem of NewsML 1, but it has neither NewsIdentifier, HeadLine nor text")
    note = metadata.line(element, "edit", "note", "advisory", "instruction")
    corrected, correction = iptc.correction(
        note or metadata.first(element, "NewsLines/SubHeadLine"),
        metadata.names(management, "Instruction") + metadata.names(element, ".//NewsLineType"),
    )
    return Story(
        headline=headline,
        paragraphs=text.paragraphs,
        body_html=newsml_1_texts.markup(text),
        byline=byline,
        dateline=dateline,
        slug=slug,
        summary=wire_text.line(" ".join(texts.summaries))
        or metadata.first(element, "NewsLines/SubHeadLine")
        or metadata.line(element, "summary", "abstract", "lead"),
        guid=stable,
        guids=every,
        url=_address(element),
        language=metadata.language(element),
        published=first_time(first_text(management, "FirstCreated")),
        modified=first_time(first_text(management, "ThisRevisionCreated"), first_text(management, "FirstCreated")),
        version=iptc.number(first_text(element, "Identification/NewsIdentifier/RevisionId")),
        embargo_until=embargo,
        expires=metadata.expires(element),
        state=state,
        corrected=corrected,
        correction_note=correction,
        editor_note="\n".join(filter(None, (note, *texts.story.notes))) or None,
        genre=next(iter(metadata.names(element, ".//DescriptiveMetadata/Genre")), None),
        urgency=iptc.urgency(next(iter(metadata.names(management, "Urgency")), None)),
        subjects=metadata.subjects(element),
        topics=metadata.keywords(element),
        named=metadata.named(element),
        pictures=_pictures(element),
        rights=metadata.first(element, "NewsLines/CopyrightLine", "NewsLines/RightsLine")
        or metadata.rights(element, "Copyright"),
        rights_holder=metadata.first(element, "RightsMetadata/Copyright/CopyrightHolder"),
        usage_terms=metadata.rights(element, "UsageRights"),
        credit=metadata.first(element, "NewsLines/CreditLine"),
        sender=next(iter(metadata.names(element, ".//AdministrativeMetadata/Provider/Party")), None)
        or first_text(element, "Identification/NewsIdentifier/ProviderId"),
        links=_links(element),
    )


def _status(management: Element | None) -> tuple[State, str | None]:
    """State, and when an embargo ends: a status that will change to Usable at a moment."""
    if management is None:
        return State.USABLE, None
    word = next(iter(metadata.names(management, "Status")), None)
    state = iptc.state_of(word)
    change = management.find("StatusWillChange")
    future = next(iter(metadata.names(change, "FutureStatus")), "") if change is not None else ""
    when = first_text(change, "DateAndTime") if change is not None else None
    embargoed = (word or "").casefold() in ("embargoed", "withheld")
    if embargoed and when and future.casefold() == "usable":
        return State.USABLE, when
    for name in metadata.names(management, "Instruction"):
        if name.casefold() in ("delete", "kill", "cancel", "canceled", "withdraw"):
            return State.KILLED, None
    return state, None


def _embedded(element: Element, name: str) -> str | None:
    for inner in element.iter("nitf"):
        parsed = nitf.body(inner)
        if text := parsed.headline if name == "headline" else parsed.byline:
            return text
    return None


def _pictures(element: Element) -> list[Picture]:
    found = []
    for component in element.iter("NewsComponent"):
        for content in component.iterfind("ContentItem"):
            kinds = {name.casefold() for name in metadata.names(content, "MediaType")}
            href = content.get("Href") or ""
            if kinds & {"photo", "picture", "graphic", "image"} and addresses.is_link(href):
                caption = first_text(component, "NewsLines/HeadLine", "ContentItem/DataContent")
                found.append(
                    parts.picture(href, caption, first_text(component, "NewsLines/CreditLine", "NewsLines/ByLine"))
                )
    return list({picture.url: picture for picture in found}.values())[:50]


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
