"""An article as a newsItem of NewsML-G2 (IPTC, core conformance). Pure."""

from __future__ import annotations

from lxml import etree

from pipeline.search.exports import nitf, xml
from pipeline.search.exports.documents import Document, byline, changed, published, urn, version

MEDIA_TYPE = "application/vnd.iptc.g2.newsitem+xml"
_CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_40.xml"


def news_item(document: Document) -> bytes:
    make = xml.Maker("http://iptc.org/std/nar/2006-10-01/")
    item = make.root(
        "newsItem",
        {
            "guid": urn(document),
            "version": str(version(document)),
            "standard": "NewsML-G2",
            "standardversion": "2.33",
            "conformance": "core",
            xml.XML_LANG: document.get("language") or "und",
        },
    )
    make.add(item, "catalogRef", attributes={"href": _CATALOG})
    _rights(make, item, document)
    meta = make.add(item, "itemMeta")
    make.add(meta, "itemClass", attributes={"qcode": "ninat:text"})
    make.add(meta, "provider", attributes={"literal": document.get("publisher") or "unknown"})
    make.add(meta, "versionCreated", changed(document))
    make.add(meta, "firstCreated", published(document))
    make.add(meta, "pubStatus", attributes={"qcode": "stat:usable"})
    if document.get("correction_note"):
        make.add(meta, "edNote", document["correction_note"])
    _content_meta(make, item, document)
    inline = make.add(make.add(item, "contentSet"), "inlineXML", attributes={"contenttype": nitf.MEDIA_TYPE})
    inline.append(nitf.element(document))
    return xml.written(item)


def _rights(make: xml.Maker, item: etree._Element, document: Document) -> None:
    parts = {
        name: document.get(field) for name, field in (("copyrightNotice", "rights"), ("usageTerms", "usage_terms"))
    }
    holder = document.get("rights_holder")
    if not holder and not any(parts.values()):
        return
    rights = make.add(item, "rightsInfo")
    if holder:
        make.add(make.add(rights, "copyrightHolder", attributes={"literal": holder}), "name", holder)
    for name, text in parts.items():
        make.add_some(rights, name, text)


def _content_meta(make: xml.Maker, item: etree._Element, document: Document) -> None:
    meta = make.add(item, "contentMeta")
    if document.get("urgency"):
        make.add(meta, "urgency", str(document["urgency"]))
    make.add(meta, "contentCreated", published(document))
    make.add(meta, "contentModified", changed(document))
    if document.get("dateline"):
        make.add(make.add(meta, "located", attributes={"literal": document["dateline"]}), "name", document["dateline"])
    for author in document.get("authors", []):
        make.add(make.add(meta, "creator", attributes={"literal": author}), "name", author)
    if document.get("language"):
        make.add(meta, "language", attributes={"tag": document["language"]})
    if document.get("genre"):
        make.add(make.add(meta, "genre", attributes={"literal": document["genre"]}), "name", document["genre"])
    for topic in document.get("media_topics", []):
        subject = make.add(meta, "subject", attributes={"qcode": f"medtop:{topic['code'].removeprefix('medtop:')}"})
        make.add_some(subject, "name", topic.get("name"))
    for kind, names in (
        ("cpnat:person", "people"),
        ("cpnat:organisation", "organisations"),
        ("cpnat:geoArea", "places"),
    ):
        for name in document.get(names, []):
            make.add(make.add(meta, "subject", attributes={"type": kind, "literal": name}), "name", name)
    make.add_some(meta, "slugline", document.get("slug"))
    make.add(meta, "headline", document.get("headline") or "")
    make.add_some(meta, "dateline", document.get("dateline"))
    make.add_some(meta, "by", byline(document))
    make.add_some(meta, "creditline", document.get("credit"))
    if document.get("summary"):
        make.add(meta, "description", document["summary"], {"role": "drol:summary"})
