"""What the IPTC's formats share: codes and their names, states, urgency, corrections.

Source: https://iptc.org/standards/newscodes/ (Media Topics, Subject Codes, publishing status, signals).
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.errors import Reject
from pipeline.formats.items import State
from pipeline.formats.mediatopics import TOP_LEVEL
from schemas.article import Subject

_STATES = {
    "usable": State.USABLE,
    "embargoed": State.EMBARGOED,
    "withheld": State.WITHHELD,
    "canceled": State.KILLED,
    "cancelled": State.KILLED,
    "killed": State.KILLED,
    "kill": State.KILLED,
    "withdrawn": State.KILLED,
    "deleted": State.KILLED,
}
_URI = re.compile(r"^https?://cv\.iptc\.org/newscodes/(?P<scheme>[a-z]+)/(?P<code>[^/#?]+)", re.IGNORECASE)
_SCHEMES = {"mediatopic": "medtop", "subjectcode": "subj", "genre": "genre", "scene": "scene"}
_CORRECTION = re.compile(
    r"\b(?:corrects?|correction|corrected|corrective|berichtigung|berichtigt|rectifi\w*|corrige\w*|korrigiert)\b", re.I
)


def state_of(word: Any) -> State:
    """The state of a publishing status (`usable`, `stat:canceled`, …). Raises Reject for a word that the IPTC doesn't know:
    a story must not be shown because its status could not be read."""
    if word is None or (isinstance(word, str) and not word.strip()):
        return State.USABLE
    plain = str(word).strip().rsplit("/", 1)[-1].rsplit(":", 1)[-1].casefold()
    if plain not in _STATES:
        raise Reject(
            "bad-status", f"the publishing status is {word!r}; usable, embargoed, withheld and canceled are known"
        )
    return _STATES[plain]


def code(value: Any, scheme: Any = None) -> str | None:
    """A code with its scheme's usual alias: `medtop:20000523`, `subj:04000000`, or the provider's own."""
    found = _with_scheme(value, scheme)
    return found[:512] if found else None


def _with_scheme(value: Any, scheme: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    value = value.strip()
    if match := _URI.match(value):
        return f"{_SCHEMES.get(match['scheme'].lower(), match['scheme'].lower())}:{match['code']}"
    if isinstance(scheme, str) and scheme.strip() and ":" not in value:
        scheme = scheme.strip()
        if match := _URI.match(scheme.rstrip("/") + "/" + value):
            return f"{_SCHEMES.get(match['scheme'].lower(), match['scheme'].lower())}:{match['code']}"
        if "mediatopic" in scheme.lower() or scheme.lower() == "medtop":
            return f"medtop:{value}"
        if "subjectcode" in scheme.lower() or scheme.lower() == "subj":
            return f"subj:{value}"
        if re.fullmatch(r"[\w.-]{1,40}", scheme):
            return f"{scheme}:{value}"
    if re.fullmatch(r"\d{8}", value):
        return f"medtop:{value}" if value.startswith("2") else f"subj:{value}"
    return str(value)


def subject(code_: str | None, name: str | None) -> Subject | None:
    """A subject with the name that the item gives it, or that the IPTC gives its top term; None where it has neither."""
    name = name or _top_name(code_)
    if not code_ and not name:
        return None
    return Subject(code=(code_ or f"name:{name}")[:512], name=name[:4096] if name else None)


def number(value: Any) -> int | None:
    """A version number as a number; None where it is none."""
    match = re.match(r"\s*(\d{1,9})", str(value)) if value is not None else None
    return int(match[1]) if match else None


def urgency(value: Any) -> int | None:
    """The IPTC's urgency, 1 to 9; None where it is none."""
    found = number(value)
    return found if found is not None and 1 <= found <= 9 else None


def correction(note: str | None, signal: Any = None) -> tuple[bool, str | None]:
    """Whether an item corrects an earlier one, and its note about the correction."""
    words = " ".join(str(one.get("code", one)) if isinstance(one, dict) else str(one) for one in signal) if isinstance(
        signal, list
    ) else str(signal or "")  # fmt: skip
    corrects = bool(note and _CORRECTION.search(note))
    return corrects or "correct" in words.casefold(), note if corrects else None


def _top_name(code_: str | None) -> str | None:
    match = re.fullmatch(r"(?:medtop|subj):(\d\d)000000", code_ or "")
    return TOP_LEVEL.get(match[1]) if match else None
