"""The dateline that opens a wire story: `YEREVAN, Armenia (AP) — …` is a place and an agency. AP and Reuters style."""

from __future__ import annotations

import re
from typing import NamedTuple

_MONTH = r"(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec|January|February|August|September|October|November|December)\.?"
_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ.’'-]+"
_UPPER = rf"(?:{_WORD}|ST\.|[A-Z]\.)(?:[ /]{_WORD}){{0,4}}"
_MIXED = r"[^\W\d_a-z][\w.’'-]+(?:[ /-][^\W\d_a-z][\w.’'-]+){0,3}"
_REGION = rf"(?:, (?!{_MONTH} \d)[^\W\d_a-z][\w.’' -]{{1,30}}?)?"
_DATE = rf"(?:,? {_MONTH} \d{{1,2}}(?:, \d{{4}})?|,? \d{{1,2}}\.? [^\W\d_]{{3,9}}\.?(?: \d{{4}})?)?"
_AGENCY = r"[^\W\d_a-z][\w.&/-]*(?: [^\W\d_a-z][\w.&/-]*){0,3}|dpa(?:[-/][a-z]{2,5})?|sda(?:-ats)?|ats|apa|ots|epd|kna|sid|efe|ansa|agi|ntb|tt|stt|ritzau|belga|anp|lusa|pap|čtk|ctk|mti|hina|bta|tass|afp|ap|rtr"
_DASH = r"\s*(?:—|–|--|-{1,2}|_)\s+"
_FORMS = (
    # BERLIN, Germany, March 3 (Reuters) - …    Berlin (dpa) - …
    re.compile(rf"^(?P<place>(?:{_UPPER}|{_MIXED}){_REGION}){_DATE} ?\((?P<agency>{_AGENCY})\){_DASH}(?P<rest>\S)"),
    # (Reuters) - …
    re.compile(rf"^\((?P<agency>{_AGENCY})\){_DASH}(?P<rest>\S)"),
    # YEREVAN, Armenia — …   only where the place is in capitals: else it is an aside
    re.compile(rf"^(?P<place>{_UPPER}{_REGION}){_DATE}{_DASH}(?P<rest>\S)"),
)


class Dateline(NamedTuple):
    """`place` and `agency` as written, and the paragraph without them."""

    place: str | None
    agency: str | None
    rest: str


def split(paragraph: str) -> Dateline | None:
    """The dateline at the beginning of `paragraph`; None where there is none."""
    for form in _FORMS:
        if match := form.match(paragraph[:160]):
            groups = match.groupdict()
            return Dateline(groups.get("place"), groups.get("agency"), paragraph[match.start("rest") :])
    return None


def place_and_agency(line: str) -> tuple[str | None, str | None]:
    """A dateline from a field of its own: `YEREVAN, Armenia (AP)`."""
    match = re.fullmatch(rf"(?P<place>.*?)\s*(?:\((?P<agency>{_AGENCY})\))?\s*[—–-]*", line.strip())
    return (match["place"] or None, match["agency"]) if match else (line, None)


def without(paragraphs: list[str]) -> list[str]:
    """The first paragraph without its dateline, for an item without a headline; none where there is none."""
    return [opening.rest if (opening := split(paragraph)) else paragraph for paragraph in paragraphs[:1]]
