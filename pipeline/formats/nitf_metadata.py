"""The metadata of NITF: docdata, meta elements, subjects, names, rights."""

from __future__ import annotations

import re

from pipeline.dates import first_time
from pipeline.formats import iptc
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Named, Subject


def attribute(docdata: Element | None, name: str, attribute: str) -> str | None:
    if docdata is None:
        return None
    for one in docdata.iterfind(name):
        if value := (one.get(attribute) or "").strip():
            return value
    return None


def meta(head: Element | None, *names: str) -> str | None:
    if head is None:
        return None
    for one in head.iterfind("meta"):
        if (one.get("name") or "").casefold().rpartition("-")[2] in names and (
            value := (one.get("content") or "").strip()
        ):
            return value
    return None


def language(root: Element) -> str | None:
    for place in (root, root.find("body"), root.find("body/body.content")):
        if place is not None and (tag := place.get("{http://www.w3.org/XML/1998/namespace}lang") or place.get("lang")):
            return tag
    return None


def section(head: Element | None, root: Element) -> str | None:
    for one in root.iterfind(".//pubdata"):
        if section := one.get("position.section"):
            return section
    return meta(head, "section", "category", "category_name")


def latest_revision(root: Element) -> str | None:
    dates = [norm for one in root.iterfind(".//revision-history") if (norm := first_time(one.get("norm")))]
    return max(dates, default=None)


def genre(head: Element | None) -> str | None:
    if head is None:
        return None
    for path in ("tobject/tobject.property", "tobject"):
        for one in head.iterfind(path):
            if kind := one.get("tobject.property.type") or one.get("tobject.type"):
                return kind
    return None


def subjects(root: Element) -> list[Subject]:
    found = []
    for one in root.iterfind(".//tobject.subject"):
        number = (one.get("tobject.subject.refnum") or "").strip()
        names = [one.get(f"tobject.subject.{part}") for part in ("detail", "matter", "type")]
        code = f"subj:{number.zfill(8)}" if re.fullmatch(r"\d{7,8}", number) else iptc.code(number)
        found.append(iptc.subject(code, next((name for name in names if name), None)))
    for one in root.iterfind(".//identified-content/classifier"):
        value = one.get("value") or text_of(one)
        if value:
            found.append(iptc.subject(iptc.code(one.get("idsrc") and one.get("value"), one.get("idsrc")), value))
    return list({one.code: one for one in found if one is not None}.values())[:500]


def named(root: Element) -> list[Named]:
    found: dict[tuple[str, str], Named] = {}

    def add(kind: str, name: str | None, one: Element) -> None:
        if name:
            found.setdefault(
                (kind, name), Named(kind=kind, name=name[:512], code=iptc.code(one.get("value"), one.get("idsrc")))
            )

    for holder in (
        *root.iterfind("head//identified-content"),
        *root.iterfind("head/docdata/evloc/.."),
        *root.iterfind("body"),
    ):
        for one in holder.iter("person"):
            if not any(ancestor.tag == "byline" for ancestor in one.iterancestors()):
                add("person", first_text(one, "name.full") or text_of(one), one)
        for one in holder.iter("org"):
            add("organisation", one.get("value") if not text_of(one) else text_of(one), one)
        for one in holder.iter("location"):
            parts = [text for part in one if (text := text_of(part))]
            add(
                "place",
                (text_of(one) if one.text and one.text.strip() else ", ".join(parts)) or one.get("location-code"),
                one,
            )
    for one in root.iterfind(".//evloc"):
        add("place", one.get("city") or one.get("county-dist") or one.get("state-prov"), one)
    return list(found.values())[:500]


def notice(element: Element | None) -> str | None:
    if element is None:
        return None
    year, holder = element.get("year"), element.get("holder")
    return " ".join(filter(None, ("©", year, holder))) if year or holder else text_of(element)


def rights_holder(element: Element | None, root: Element) -> str | None:
    if element is not None and element.get("holder"):
        return element.get("holder")
    return first_text(root, "body/body.head/rights/rights.owner")


def rights(docdata: Element | None, root: Element) -> str | None:
    one = docdata.find("doc.rights") if docdata is not None else None
    if one is not None:
        words = [value for name in ("owner", "type", "limitations", "geography") if (value := one.get(name))]
        return ", ".join(words) or None
    return first_text(root, "body/body.head/rights")
