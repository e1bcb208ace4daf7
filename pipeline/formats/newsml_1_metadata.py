"""The metadata of NewsML 1: names, lines, subjects, rights."""

from __future__ import annotations

import re

from pipeline.formats import iptc
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Named, Subject

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def first(element: Element, *paths: str) -> str | None:
    """The first text at these paths in the outermost component that has one."""
    for path in paths:
        for component in element.iter("NewsComponent"):
            if text := first_text(component, path):
                return text
    return None


def names(element: Element | None, path: str) -> list[str]:
    """Formal names at a path."""
    if element is None:
        return []
    return [name for one in element.iterfind(path) if (name := (one.get("FormalName") or "").strip())]


def line(element: Element, *words: str) -> str | None:
    """Text of a NewsLine whose type has one of these words."""
    for line in element.iter("NewsLine"):
        kind = " ".join(names(line, "NewsLineType")).casefold()
        if any(word in kind for word in words) and (text := first_text(line, "NewsLineText")):
            return text
    return None


def language(element: Element) -> str | None:
    declared = next(iter(names(element, ".//DescriptiveMetadata/Language")), None)
    if declared:
        return declared
    for one in (element, *element.iter("NewsComponent")):
        if tag := one.get(_XML_LANG):
            return tag
    return None


def subjects(element: Element) -> list[Subject]:
    found = []
    for holder in element.iter("SubjectCode"):
        for name in ("SubjectDetail", "SubjectMatter", "Subject", "SubjectQualifier"):
            for one in holder.iterfind(name):
                number = (one.get("FormalName") or "").strip()
                if number:
                    code = f"subj:{number.zfill(8)}" if re.fullmatch(r"\d{7,8}", number) else number[:512]
                    found.append(iptc.subject(code, (one.get("Value") or "").strip() or text_of(one)))
    return list({one.code: one for one in found if one is not None}.values())[:500]


def keywords(element: Element) -> list[str]:
    lines = [text for one in element.iter("KeywordLine") if (text := text_of(one))]
    values = [
        value
        for one in element.iter("Property")
        if (one.get("FormalName") or "").casefold() == "keyword" and (value := (one.get("Value") or "").strip())
    ]
    return list(dict.fromkeys([*lines, *values]))[:500]


def named(element: Element) -> list[Named]:
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
                kind = " ".join(names(declared, "TopicType")).casefold()
                name = first_text(declared, "Description") or next(iter(names(declared, "FormalName")), None)
                known = "person" if "person" in kind else "organisation" if "organi" in kind or "company" in kind else "place" if "place" in kind or "location" in kind or "country" in kind else None  # fmt: skip
                if name and known:
                    found.setdefault((known, name), Named(kind=known, name=name[:512]))
    return list(found.values())[:500]


def rights(element: Element, name: str) -> str | None:
    for one in element.iter(name):
        if text := text_of(one):
            return text[:4096]
    return None


def expires(element: Element) -> str | None:
    for one in element.iter("EndDate"):
        if text := text_of(one):
            return text
    for management in element.iterfind("NewsManagement/StatusWillChange"):
        future = next(iter(names(management, "FutureStatus")), "").casefold()
        if future in ("canceled", "cancelled", "withheld") and (when := first_text(management, "DateAndTime")):
            return when
    return None
