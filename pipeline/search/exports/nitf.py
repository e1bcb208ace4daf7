"""An article as NITF 3.6 (IPTC News Industry Text Format). Pure."""

from __future__ import annotations

from lxml import etree

from pipeline.search.exports import xml
from pipeline.search.exports.documents import Document, byline, changed, paragraphs, pictures, published, urn

MEDIA_TYPE = "application/nitf+xml"
NAMESPACE = "http://iptc.org/std/NITF/2006-10-18/"


def nitf(document: Document) -> bytes:
    return xml.written(element(document))


def element(document: Document) -> etree._Element:
    make = xml.Maker(NAMESPACE)
    root = make.root("nitf")
    _head(make, root, document)
    body = make.add(root, "body", attributes={xml.XML_LANG: document.get("language")})
    head = make.add(body, "body.head")
    make.add(make.add(head, "hedline"), "hl1", document.get("headline") or "")
    if document.get("correction_note"):
        note = make.add(head, "note", attributes={"noteclass": "editorsnote"})
        make.add(make.add(note, "body.content"), "p", document["correction_note"])
    if by := byline(document):
        make.add(head, "byline", by)
    if document.get("dateline"):
        make.add(make.add(head, "dateline"), "location", document["dateline"])
    if document.get("summary"):
        make.add(make.add(head, "abstract"), "p", document["summary"])
    content = make.add(body, "body.content")
    for text in paragraphs(document):
        make.add(content, "p", text)
    for picture in pictures(document):
        media = make.add(content, "media", attributes={"media-type": "image"})
        make.add(media, "media-reference", attributes={"mime-type": "image/*", "source": picture["url"]})
        make.add_some(media, "media-caption", picture.get("caption"))
        make.add_some(media, "media-producer", picture.get("credit"))
    return root


def _head(make: xml.Maker, root: etree._Element, document: Document) -> None:
    head = make.add(root, "head")
    make.add(head, "title", document.get("headline") or "")
    data = make.add(head, "docdata", attributes={"management-status": "usable"})
    if document.get("urgency"):
        make.add(data, "urgency", attributes={"ed-urg": str(document["urgency"])})
    make.add(data, "doc-id", attributes={"id-string": urn(document)})
    make.add(data, "date.issue", attributes={"norm": _norm(published(document))})
    make.add(data, "date.release", attributes={"norm": _norm(changed(document))})
    if document.get("rights_holder"):
        make.add(data, "doc.copyright", attributes={"holder": document["rights_holder"]})
    if document.get("topics"):
        listed = make.add(data, "key-list")
        for topic in document["topics"]:
            make.add(listed, "keyword", attributes={"key": topic})


def _norm(at: str) -> str:
    """ISO 8601 in the basic form, as NITF's `norm` is written."""
    date, _, time = at.partition("T")
    clock, zone = time[:8], time[8:].lstrip(".0123456789")
    return f"{date.replace('-', '')}T{clock.replace(':', '')}{zone.replace(':', '') or 'Z'}"
