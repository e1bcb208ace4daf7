"""Codes and names in NewsML-G2: qcodes through the item's catalog, parties, people, organisations, places, subjects."""

from __future__ import annotations

from pipeline.formats import html_text, iptc, places, xml
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Named, Subject

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PLACE_TYPES = ("geoarea", "geo", "poi", "place", "city", "country")


def all_of(element: Element | None, name: str) -> list[Element]:
    return element.findall(name) if element is not None else []


def by_role(content: Element | None, name: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> str | None:
    """Text of the best of several: by its role, else one without a role, else the first that isn't `unwanted`."""
    found = [(one.get("role") or "", text) for one in all_of(content, name) if (text := _block_text(one))]
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


def code_of(element: Element | None, schemes: dict[str, str]) -> str | None:
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


def codes_of(element: Element | None, name: str, schemes: dict[str, str]) -> list[str]:
    return [code for one in all_of(element, name) if (code := code_of(one, schemes))]


def name_of(element: Element | None) -> str | None:
    """A party's or thing's name: as it is written, else its literal, else the code without its scheme."""
    if element is None:
        return None
    name = first_text(element, "name")
    if name:
        return name
    literal = (element.get("literal") or "").strip()
    return literal or (element.get("qcode") or "").partition(":")[2].strip() or text_of(element)


def byline(content: Element | None) -> str | None:
    """The byline as written, else the names of the creators who are people."""
    if line := first_text(content, "by") or first_text(content, "byline"):
        return line
    names = [
        name
        for one in all_of(content, "creator")
        if "org" not in (one.get("type") or "")
        and (name := first_text(one, "name") or (one.get("literal") or "").strip())
    ]
    return ", ".join(dict.fromkeys(names)) or None


def language(element: Element, content: Element | None) -> str | None:
    for one in all_of(content, "language"):
        if tag := one.get("tag"):
            return tag
    return element.get(_XML_LANG)


def subjects(content: Element | None, element: Element, schemes: dict[str, str]) -> list[Subject]:
    """The subjects that are no people, organisations or places; a name may be in the item's `assert` of the same code."""
    asserted = {code_of(one, schemes): first_text(one, "name") for one in element.iterfind("assert")}
    found = []
    for one in all_of(content, "subject"):
        code = code_of(one, schemes)
        if any(word in (one.get("type") or "") for word in ("person", "organisation", *_PLACE_TYPES)):
            continue
        name = first_text(one, "name") or asserted.get(code)
        found.append(iptc.subject(code, name or (code if code and one.get("literal") == code else None)))
        for broader in one.iterfind("bag/bit"):
            found.append(iptc.subject(code_of(broader, schemes), first_text(broader, "name")))
    unique = {one.code: one for one in found if one is not None}
    return list(unique.values())[:500]


def named(content: Element | None, element: Element, schemes: dict[str, str]) -> list[Named]:
    found: dict[tuple[str, str], Named] = {}

    def add(kind: str, one: Element) -> None:
        if name := name_of(one):
            code = code_of(one, schemes)
            code = code[:512] if code and code != name else None
            position = one.find("geoAreaDetails/position") if kind == "place" else None
            where = (position.get("latitude"), position.get("longitude")) if position is not None else (None, None)
            named = places.place(name, code, *where) if kind == "place" else None
            found.setdefault((kind, name), named or Named(kind=kind, name=name[:512], code=code))

    for one in [*all_of(content, "subject"), *(a for a in element.iterfind("assert"))]:
        kind = (one.get("type") or code_of(one.find("type"), schemes) or "").casefold()
        if "person" in kind:
            add("person", one)
        elif "organisation" in kind:
            add("organisation", one)
        elif any(word in kind for word in _PLACE_TYPES):
            add("place", one)
    for one in all_of(content, "located"):
        add("place", one)
    return list(found.values())[:500]
