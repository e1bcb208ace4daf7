"""The dateline that opens a wire story: `YEREVAN, Armenia (AP) — …` is a place and an agency. AP and Reuters style."""

from __future__ import annotations

import re
from typing import NamedTuple

_MONTH = r"(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec|January|February|August|September|October|November|December)\.?"
_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ.’'-]+"
_UPPER = rf"(?:{_WORD}|ST\.|[A-Z]\.)(?:[ /]{_WORD}){{0,4}}"
_MIXED = r"[^\W\d_a-z][\w.’'-]+(?:[ /-](?:(?:de|da|do|del|di|la|las|los|le|am|of|de la|de los|an der) )?[^\W\d_a-z][\w.’'-]+){0,3}"
_REGION = rf"(?:, (?!{_MONTH} \d)[^\W\d_a-z][\w.’' -]{{1,30}}?)?"
_DAY = rf"(?:,? {_MONTH} \d{{1,2}}(?:, \d{{4}})?|,? \d{{1,2}}\.? (?:de )?[^\W\d_]{{3,9}}\.?(?: (?:de )?\d{{4}})?|,? \d{{1,2}}[./]\d{{1,2}}(?:[./](?:\d{{4}}|\d{{2}}))?\.?)"
_DATE = rf"{_DAY}?"
_WHOLE_DATE = rf"(?:,? {_MONTH} \d{{1,2}}, \d{{4}}|,? \d{{1,2}}\.? (?:de )?[^\W\d_]{{3,9}}\.? (?:de )?\d{{4}})"
_AGENCY = r"[^\W\d_a-z][\w.&/-]*(?: [^\W\d_a-z][\w.&/-]*){0,3}|dpa(?:[-/][a-z]{2,5})?|sda(?:-ats)?|ats|apa|ots|epd|kna|sid|efe|ansa|agi|ntb|tt|stt|ritzau|belga|anp|lusa|pap|čtk|ctk|mti|hina|bta|tass|afp|ap|rtr"
_DASH = r"\s*(?:—|–|--|-{1,2}|_)\s+"
_BEHIND_AGENCY = r"\s*(?:\.?\s?(?:—|–|--|-{1,2}|_)|=)\s+"
_COLON = r"NTB|TT|STT|FNB|Ritzau|dpa|sda|apa|APA|AFP|Reuters|ANP|BELGA|Belga"
"""Of these a colon may follow the agency. In others' texts it is somebody of a party who speaks: `Lind (Ap): …`."""
_FORMS = (
    # BERLIN, Germany, March 3 (Reuters) - …    Berlin (dpa) - …    Madrid, 14 mar (EFE).- …
    re.compile(
        rf"^(?P<place>(?:{_UPPER}|{_MIXED}){_REGION}){_DATE} ?\((?P<agency>{_AGENCY})\){_BEHIND_AGENCY}(?P<rest>\S)"
    ),
    # ROMA, 14 MAR - (ANSA) - …
    re.compile(rf"^(?P<place>{_UPPER}{_REGION}){_DATE}{_DASH}\((?P<agency>{_AGENCY})\){_DASH}(?P<rest>\S)"),
    # (ANSA) - ROMA, 14 MAR - …
    re.compile(rf"^\((?P<agency>{_AGENCY})\){_DASH}(?P<place>{_UPPER}{_REGION}){_DAY}{_DASH}(?P<rest>\S)"),
    # Oslo (NTB): …
    re.compile(rf"^(?P<place>(?:{_UPPER}|{_MIXED}){_REGION}){_DATE} ?\((?P<agency>{_COLON})\):\s+(?P<rest>\S)"),
    # MOSCOW, March 14. /TASS/. …
    re.compile(
        rf"^(?P<place>(?:{_UPPER}|{_MIXED}){_REGION}){_DATE}\.? /(?P<agency>{_AGENCY})/(?:\.|{_DASH})\s*(?P<rest>\S)"
    ),
    # New Delhi, Mar 14 (PTI) …
    re.compile(
        rf"^(?P<place>(?:{_UPPER}|{_MIXED}){_REGION}){_DAY} ?\((?P<agency>[A-Z]{{2,8}})\)\s+(?P<rest>[^\W\d_a-zß-öø-ÿ])"
    ),
    # (Reuters) - …
    re.compile(rf"^\((?P<agency>{_AGENCY})\){_DASH}(?P<rest>\S)"),
    # YEREVAN, Armenia — …   only where the place is in capitals: else it is an aside, but for one with a whole date
    re.compile(rf"^(?P<place>{_UPPER}{_REGION}){_DATE}{_DASH}(?P<rest>\S)"),
    re.compile(rf"^(?P<place>{_MIXED}{_REGION}){_WHOLE_DATE}{_DASH}(?P<rest>\S)"),
)
_ALERT = re.compile(
    r"(?:URGENT|URGENTE|BULLETIN|FLASH|(?:NEWS ?)?ALERT|ALERTE|EILMELDUNG|EIL|BREAKING(?: NEWS)?)(?:\s*[:–—-]+|\s+_)\s+"
)
"""What a desk writes above an alert, or before its dateline; it is no place."""


class Dateline(NamedTuple):
    """`place` and `agency` as written, and the paragraph without them."""

    place: str | None
    agency: str | None
    rest: str


def split(paragraph: str) -> Dateline | None:
    """The dateline at the beginning of `paragraph`; None where there is none."""
    alert = _ALERT.match(paragraph)
    paragraph = paragraph[alert.end() :] if alert else paragraph
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
