"""IPTC Media Topics: the seventeen top terms, and which of them a newsroom's own sections, tags and older codes mean.

Source: https://iptc.org/standards/media-topics/ , whose ids and names are © IPTC, CC BY 4.0. The older Subject Codes share the top
terms by their first two digits. What sections and tags mean is our own list (sections.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.formats import sections
from schemas.article import Article, Subject

TOP_LEVEL = {
    "01": "arts, culture, entertainment and media",
    "02": "crime, law and justice",
    "03": "disaster, accident and emergency incident",
    "04": "economy, business and finance",
    "05": "education",
    "06": "environment",
    "07": "health",
    "08": "human interest",
    "09": "labour",
    "10": "lifestyle and leisure",
    "11": "politics and government",
    "12": "religion",
    "13": "science and technology",
    "14": "society",
    "15": "sport",
    "16": "conflict, war and peace",
    "17": "weather",
}
_BY_NAME = {name: code for code, name in TOP_LEVEL.items()}
_TOP = frozenset(f"medtop:{code}000000" for code in TOP_LEVEL)
_ANPA = {"f": "04", "e": "01", "s": "15", "p": "11", "w": "11", "l": "10"}
"""Category letters of the ANPA wire that mean one subject; the others (national, international) are places."""


class Facet(NamedTuple):
    """A subject, a desk or a section by which readers filter."""

    code: str | None
    """Of a Media Topic."""
    name: str


def topic(code: str) -> Subject:
    """A top term by its two digits."""
    return Subject(code=f"medtop:{code}000000", name=TOP_LEVEL[code])


def media_topics(section: str | None, topics: Iterable[str], subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """The Media Topics of an article: those that it carries, then the top terms that its older codes, its section and its
    topics mean. A name of the newsroom's own that means none is passed over."""
    found: dict[str, Subject] = {}

    def add(subject: Subject) -> None:
        known = found.get(subject.code)
        if known is None or (known.name is None and subject.name):
            found[subject.code] = subject

    subjects = list(subjects)
    for subject in subjects:
        if subject.code.startswith("medtop:"):
            digits = subject.code.removeprefix("medtop:")
            top = digits[:2] if re.fullmatch(r"\d{2}000000", digits) else None
            add(topic(top) if top in TOP_LEVEL else subject)
    for subject in subjects:
        if (match := re.fullmatch(r"(?:subj|iptc)?:?(\d{2})\d{6}", subject.code)) and match[1] in TOP_LEVEL:
            add(topic(match[1]))
        elif (match := re.fullmatch(r"anpa:([a-z])", subject.code, re.IGNORECASE)) and match[1].lower() in _ANPA:
            add(topic(_ANPA[match[1].lower()]))
    if section:
        for code in sections.of_section(section).topics:
            add(topic(code))
    for name in [*filter(None, (subject.name for subject in subjects)), *topics]:
        # `labour` alone may be a party
        known = _BY_NAME.get(plain) if " " in (plain := name.casefold().strip()) else None
        for code in (known,) if known else sections.of_tag(name).topics:
            add(topic(code))
    return tuple(found.values())


def facets(article: Article) -> tuple[Facet, ...]:
    """By which readers filter: the top terms of the article's Media Topics, then the desk of its section or the section's own
    name in one spelling."""
    found = [Facet(one.code, TOP_LEVEL[one.code[7:9]]) for one in article.media_topics if one.code in _TOP]
    desks = sections.facets(article.section) if article.section else ()
    return (*found, *(Facet(None, name) for name in desks))


def facet_names(value: str) -> tuple[str, ...]:
    """The names of facets that a reader means by `value`: one of them, a Media Topic's code, or what a newsroom calls a section."""
    if value in _TOP:
        return (TOP_LEVEL[value[7:9]],)
    if (plain := value.casefold().strip()) in _BY_NAME:
        return (plain,)
    topics = sections.of_section(value).topics
    return tuple(TOP_LEVEL[code] for code in topics) or sections.facets(value)[-1:]


def code_of(name: str) -> str | None:
    """The code of a facet's name; None for a desk's, and for a section's own."""
    return f"medtop:{_BY_NAME[name]}000000" if name in _BY_NAME else None
