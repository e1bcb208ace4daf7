"""The zone that a written time names: an offset (`+5:30`, `GMT+5.30`), an abbreviation (`CEST`), or words (`ET`, `Paris time`).

Sources: the IANA time zone database for which place uses which abbreviation, RFC 5322 4.3 for those of North America.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_OFFSETS: dict[str, tuple[float, ...]] = {
    "UTC": (0,), "GMT": (0,), "UT": (0,), "Z": (0,), "WET": (0,), "WEST": (1,), "WESZ": (1,), "WEZ": (0,),
    "BST": (1, 6, 11), "IST": (5.5, 1, 2), "IDT": (3,), "CET": (1,), "CEST": (2,), "MET": (1,), "MEST": (2,), "MEZ": (1,), "MESZ": (2,),
    "CEDT": (2,), "EET": (2,), "EEST": (3,), "OEZ": (2,), "OESZ": (3,), "EEDT": (3,), "MSK": (3,), "МСК": (3,), "MSD": (4,), "FET": (3,), "TRT": (3,),
    "SAMT": (4,), "YEKT": (5,), "OMST": (6,), "KRAT": (7,), "NOVT": (7,), "IRKT": (8,), "YAKT": (9,), "VLAT": (10,), "MAGT": (11,), "PETT": (12,),
    "GET": (4,), "AZT": (4,), "AMT": (-4, 4), "IRST": (3.5,), "IRDT": (4.5,), "GST": (4, -2), "AFT": (4.5,), "PKT": (5,), "UZT": (5,), "TMT": (5,),
    "TJT": (5,), "MVT": (5,), "NPT": (5.75,), "BTT": (6,), "BDT": (6, 8), "KGT": (6,), "ALMT": (5, 6), "MMT": (6.5,), "ICT": (7,), "WIB": (7,),
    "WITA": (8,), "WIT": (9,), "SGT": (8,), "MYT": (8,), "PHT": (8,), "PHST": (8,), "HKT": (8,), "ULAT": (8,), "AWST": (8,), "WST": (8, 13), "AWDT": (9,),
    "JST": (9,), "KST": (9,), "ACST": (9.5,), "ACDT": (10.5,), "AEST": (10,), "AEDT": (11,), "LHST": (10.5,), "LHDT": (11,), "PGT": (10,),
    "CHST": (10,), "SBT": (11,), "NCT": (11,), "VUT": (11,), "NZST": (12,), "NZDT": (13,), "FJT": (12,), "TOT": (13,),
    "EAT": (3,), "CAT": (2,), "SAST": (2,), "WAT": (1,), "WAST": (2,), "MUT": (4,), "SCT": (4,), "RET": (4,),
    "EST": (-5,), "EDT": (-4,), "CST": (-6, 8, -5), "CDT": (-5, 9, -4), "MST": (-7, 8, 6.5), "MDT": (-6,), "PST": (-8, 8), "PDT": (-7,),
    "AKST": (-9,), "AKDT": (-8,), "HST": (-10,), "HDT": (-9,), "HAST": (-10,), "AST": (-4, 3), "ADT": (-3, 4), "NST": (-3.5,), "NDT": (-2.5,),
    "SST": (-11, 8), "HNE": (-5,), "HAE": (-4,), "HNC": (-6,), "HAC": (-5,), "HNP": (-8,), "HAP": (-7,), "HNR": (-7,), "HAR": (-6,), "HNA": (-4,), "HAA": (-3,),
    "ART": (-3,), "BRT": (-3,), "BRST": (-2,), "CLT": (-4,), "CLST": (-3,), "COT": (-5,), "PET": (-5,), "ECT": (-5,), "VET": (-4,), "BOT": (-4,),
    "PYT": (-4, -3), "PYST": (-3,), "UYT": (-3,), "GFT": (-3,), "SRT": (-3,), "GYT": (-4,), "CVT": (-1,), "AZOT": (-1,), "AZOST": (0,),
}  # fmt: skip
"""Hours from UTC. Of several, the first is the one that is meant where the provider's own zone has no such name."""
_RFC = frozenset({"UT", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"})
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles", "AKT": "America/Anchorage",
    "EASTERN": "America/New_York", "CENTRAL": "America/Chicago", "MOUNTAIN": "America/Denver", "PACIFIC": "America/Los_Angeles",
    "CENTRAL EUROPEAN": "Europe/Paris", "EASTERN EUROPEAN": "Europe/Helsinki", "UK": "Europe/London", "BRITISH": "Europe/London",
    "ISRAEL": "Asia/Jerusalem", "INDIA": "Asia/Kolkata", "JAPAN": "Asia/Tokyo", "KOREA": "Asia/Seoul", "BEIJING": "Asia/Shanghai", "CHINA": "Asia/Shanghai",
    "DELHI": "Asia/Kolkata", "NEW DELHI": "Asia/Kolkata", "WASHINGTON": "America/New_York", "GENEVA": "Europe/Zurich", "CET/CEST": "Europe/Paris", "CE(S)T": "Europe/Paris",
    "BRASÍLIA": "America/Sao_Paulo", "BRASILIA": "America/Sao_Paulo", "LISBOA": "Europe/Lisbon", "ROMA": "Europe/Rome", "LONDRES": "Europe/London",
    "LONDRA": "Europe/London", "PARIGI": "Europe/Paris", "BRUXELLES": "Europe/Brussels", "GENÈVE": "Europe/Zurich", "BERNE": "Europe/Zurich",
    "MOSCOU": "Europe/Moscow", "MOSCÚ": "Europe/Moscow", "EST/EDT": "America/New_York", "CST/CDT": "America/Chicago", "MST/MDT": "America/Denver", "PST/PDT": "America/Los_Angeles", "GMT/BST": "Europe/London",
}  # fmt: skip
"""Names of a place's wall clock, whatever the season."""
_LOCAL = ("local", "ortszeit", "locale", "lokal", "plaatselijke")

_CLOCK = r"(?:\d{1,2}(?:[:.h]\d{2}){1,2}(?:[.,]\d+)?|\d{1,2}(?=\s*[ap]\.?\s?m))(?:\s*[ap]\.?\s?m\b\.?)?(?:\s*(?:uhr|hrs?|hours|noon)\b\.?)?"
_NUMBER = r"(?P<sign>[+−–-])\s?(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d{2}))?"
_END = r"(?=$|[\s),;\]])"
_OFFSET = re.compile(
    rf"(?P<clock>{_CLOCK})\s*(?P<open>[(\[]\s*)?(?:(?P<prefix>GMT|UTC|UT)\s?)?{_NUMBER}{_END}(?:\s*[)\]])?(?:\s*(?:\(?[A-Z]{{2,5}}\)?|\([^\W\d_][^()\d]{{2,50}}\))$)?",
    re.I,
)
_ABBREVIATION = "|".join(sorted(map(re.escape, {*_OFFSETS, *_PLACES} - {"Z"}), key=len, reverse=True))
_BEHIND = re.compile(
    rf"(?P<clock>{_CLOCK}),?\s*[(\[]?\s*(?P<name>(?-i:{_ABBREVIATION})|cest|cet|gmt|utc|msk|мск|(?-i:Eastern|Central|Mountain|Pacific)(?!\s+(?:standard|daylight|summer|european|time)))(?![\w/+−-])\s*[)\]]?(?P<other>\s*[/(,|]\s*{_CLOCK}\s*(?-i:[A-Z]{{2,5}})\s*\)?)?",
    re.I,
)
_BEFORE = re.compile(rf"(?<![\w/])(?P<name>{_ABBREVIATION})\s*:?\s*(?=\d{{1,2}}[:.]\d{{2}})")
_LAST = re.compile(rf"(?<![\w/])[(\[]?(?P<name>{_ABBREVIATION})[)\]]?$")
_WORDS = re.compile(
    rf"(?P<clock>{_CLOCK}),?\s*\(?(?:(?P<place>[^\W\d_][^\W\d_ .'-]*(?:[ .'-][^\W\d_]+){{0,2}}?)\s+(?:(?:standard|daylight|summer)\s+)?(?:time|zeit|tijd|tid)"
    r"|(?:heure|horário|horario|hora|ora)\s+(?:locale?|(?:de|di|d['’])\s*(?P<of>[^\W\d_]+(?:[ -][^\W\d_]+)?))|(?P<local>ortszeit))\b\)?",
    re.I,
)
_IANA = re.compile(
    r"\s*\[?(?P<name>(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[\w/+-]+)\]?$"
)
_AT_A_TIME = re.compile(_CLOCK, re.I)


@dataclass(frozen=True)
class Written:
    """A zone as it is written: offsets from UTC of which one is meant, or a place's wall clock."""

    name: str
    hours: tuple[float, ...] = ()
    place: str | None = None

    def at(self, wall: datetime, home: str) -> tzinfo:
        """The zone at a wall clock's time. Of several zones with one name it is the one of the provider's own zone."""
        if self.place is not None:
            return ZoneInfo(self.place)
        return _of_home(self.name, wall.replace(tzinfo=None), home) or timezone(timedelta(hours=self.hours[0]))

    def is_certain(self, wall: datetime, home: str) -> bool:
        """Whether everybody reads the name as the same zone, or the provider's own zone has it."""
        one = len(self.hours) < 2 or self.name in _RFC
        return one or _of_home(self.name, wall.replace(tzinfo=None), home) is not None


@lru_cache(maxsize=4096)
def parted(text: str) -> tuple[str, Written] | None:
    """A written time without its zone, and the zone; None where it names none. A zone that is the provider's own ("local
    time") has no offsets and no place."""
    if match := _IANA.search(text):
        return (text[: match.start()], Written("", place=match["name"])) if _is_known(match["name"]) else None
    for match in _OFFSET.finditer(text):
        if (offset := _offset(match, text)) is not None:
            return _without(text, match, match["clock"]), Written("", hours=(offset,))
    if match := _BEHIND.search(text):
        return _without(text, match, match["clock"]), _named(match["name"].upper())
    if match := _WORDS.search(text):
        found = match["place"] or match["of"]
        if match["local"] or found is None or found.casefold() in _LOCAL:
            return _without(text, match, match["clock"]), Written("local")
        place = _PLACES.get(found.upper()) or _cities().get(found.casefold())
        if place is not None:
            return _without(text, match, match["clock"]), Written("", place=place)
    if match := _BEFORE.search(text):
        return _without(text, match, ""), _named(match["name"])
    if _AT_A_TIME.search(text) and (match := _LAST.search(text)):
        return _without(text, match, ""), _named(match["name"])
    return None


def _named(name: str) -> Written:
    return Written(name, place=_PLACES[name]) if name in _PLACES else Written(name, hours=_OFFSETS[name])


def _without(text: str, match: re.Match[str], instead: str) -> str:
    return " ".join(f"{text[: match.start()]} {instead} {text[match.end() :]}".split())


def _offset(match: re.Match[str], text: str) -> float | None:
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 14 or minutes > 59:
        return None
    if not match["minutes"] and not match["prefix"] and match.end() != len(text):
        return None  # "10:41 -12 May": a day
    if not match["prefix"] and not match["open"] and re.search(r"[+−–-]\s", match[0][len(match["clock"]) :]):
        return None  # "10:00 - 11:00": a span
    return (hours + minutes / 60) * (1 if match["sign"] == "+" else -1)


@lru_cache(maxsize=4096)
def _of_home(name: str, wall: datetime, home: str) -> tzinfo | None:
    """The offset of that name in the provider's zone: at that time, else in that year."""
    zone = ZoneInfo(home)
    for at in (wall, wall.replace(month=1, day=1), wall.replace(month=7, day=1)):
        there = at.replace(tzinfo=zone)
        own, offset = there.tzname() or "", there.utcoffset()
        if offset is None:
            continue
        hours = offset / timedelta(hours=1)
        if own in (name, f"A{name}") or (not own.isalpha() and hours in _OFFSETS.get(name, ())):
            return timezone(offset)
    return None


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """IANA's zones by the name of their city."""
    return {
        name.rpartition("/")[2].replace("_", " ").casefold(): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    }


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
