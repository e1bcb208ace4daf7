"""IPTC Media Topics: the seventeen top terms, and which of them a newsroom's own sections and older codes mean.

Source: https://iptc.org/standards/media-topics/ . The older Subject Codes share the top terms by their first two digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from schemas.article import Subject

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
_SECTIONS = {
    "01": "arts art culture kultur cultura entertainment media medien books film films movies tv television music musik theatre theater celebrity celebrities stage feuilleton spectacle",
    "02": "crime courts court justice law legal police polizei justiz faits-divers",
    "03": "disaster disasters accidents accident emergency emergencies",
    "04": "business economy finance markets money companies wirtschaft economie economia economía finanzen wirtschaft-finanzen negocios industry personal-finance real-estate",
    "05": "education schools universities bildung educacion educación",
    "06": "environment climate umwelt klima planete planète medioambiente environnement",
    "07": "health gesundheit sante santé salud coronavirus covid-19 wellness",
    "08": "human-interest people oddly-enough offbeat panorama vermischtes",
    "09": "labour labor jobs work employment arbeit karriere",
    "10": "lifestyle travel food fashion leisure reise style gastronomy motoring cars estilo voyage",
    "11": "politics government election elections politik politique politica política politics-government parliament westminster washington",
    "12": "religion faith glaube kirche",
    "13": "science technology tech wissenschaft technik digital sciences technologie ciencia tecnologia tecnología space",
    "14": "society gesellschaft societe société sociedad demographics",
    "15": "sport sports football soccer fussball fußball tennis cricket rugby golf basketball baseball deportes nba nfl olympics",
    "16": "conflict war conflicts krieg guerre guerra ukraine-war israel-gaza war-in-ukraine",
    "17": "weather wetter meteo météo tiempo",
}
_BY_SECTION = {word: code for code, words in _SECTIONS.items() for word in words.split()}
_ANPA = {"f": "04", "e": "01", "s": "15", "p": "11", "w": "11", "l": "10"}
"""Category letters of the ANPA wire that mean one subject; the others (national, international) are places."""


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
    for name in (section, *(subject.name for subject in subjects), *topics):
        if name and (code := _code_of(name)) is not None:
            add(topic(code))
    return tuple(found.values())


def _code_of(name: str) -> str | None:
    """`World Politics`, `politics/elections`, `Wirtschaft & Finanzen`: the first part that is known decides."""
    plain = unicodedata.normalize("NFC", name).casefold().strip()
    if len(plain) > 60:
        return None
    by_name = next((code for code, term in TOP_LEVEL.items() if term == plain), None)
    slug = re.sub(r"\s+", "-", plain)
    if by_name or slug in _BY_SECTION:
        return by_name or _BY_SECTION[slug]
    parts = [part for part in re.split(r"[^\w'-]+|-and-|-und-", plain) if part]
    return next((_BY_SECTION[part] for part in parts if part in _BY_SECTION), None) if len(parts) <= 3 else None
