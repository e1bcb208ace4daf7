"""What a text calls a person: the title before a name, or the description next to it. English."""

from __future__ import annotations

import re

from pipeline.stages.enrich.words import folded, stop_words

OFFICE = (
    r"(?:president|prime minister|minister|secretary|chancellor|premier|senator|representative|governor|mayor|judge|justice"
    r"|ambassador|envoy|spokesman|spokeswoman|spokesperson|director|chairman|chairwoman|chair|chief|head|leader|king|queen|prince"
    r"|princess|pope|bishop|sheikh|imam|rabbi|captain|colonel|major|general|admiral|commander|lieutenant|sergeant|doctor|professor"
    r"|lawyer|attorney|prosecutor|inspector|detective|officer|aide|adviser|advisor|ombudsman|ombudswoman|analyst|economist|expert"
    r"|scientist|researcher|coach|manager|owner|founder|author|director-general|deputy|member|witness|resident|activist|official"
    r"|pastor|priest|nurse|teacher|farmer|fisherman|candidate|executive|CEO)"
)
_OFFICE_WORDS = frozenset(re.findall(r"\w+", folded(OFFICE)))
"""Every description of an office has one of these words."""
_OFFICE_ENDS = tuple(_OFFICE_WORDS)
_OFFICES_END = frozenset(word[-3:] for word in _OFFICE_WORDS)
_WORD = re.compile(r"\w+")
_TITLE_AT_END = re.compile(rf"\b{OFFICE}\s+$", re.IGNORECASE)
_PART_OF_TITLE = re.compile(r"^(?:[A-Z][\w.-]*(?:[’']s)?|[a-z][a-z-]+)$")
_NOT_IN_TITLE = frozenset(
    ["the", "a", "an", "and", "but", "when", "as", "while", "that", "by", "from", "with", "to", "of", "in", "on", "at", "for", "after", "before",
     "said", "told", "says", "met", "also", "his", "her", "its", "their", "is", "was", "were", "are", "who", "which", "where", "last", "next", "this", "week", "month", "year", "monday", "tuesday", "wednesday",
     "thursday", "friday", "saturday", "sunday", "yesterday", "today"]
)  # fmt: skip
_MAX_TITLE = 6
"""Words."""
_DESCRIBED_BEFORE = re.compile(
    rf"\b(?:the|an?)\s+((?:[\w-]+\s+){{0,4}}{OFFICE}(?:\s+(?:of|for|at|to)\s+[^,.;]{{2,60}})?),\s*$", re.IGNORECASE
)
_DESCRIBED_AFTER = re.compile(
    rf"^,\s+((?:the|an?|his|her|its|their)?\s*(?:[\w’'-]+\s+){{0,5}}{OFFICE}\b[^,.;]{{0,60}}?)(?=[,.;])", re.IGNORECASE
)
_TO_MARK = re.compile(r",[^,.;]*")
"""In which the office is, of whatever _DESCRIBED_AFTER matches."""
_LEADING = re.compile(
    r"^(?:(?:the|an?|and|but|when|as|while|that|by|from|with|to|of|in|on|for|after|said|told|also|his|her|its|their|former(?=\s+former))\s+)+",
    re.IGNORECASE,
)


def role_of(paragraph: str, start: int, end: int) -> str | None:
    """What the text calls the person whose name is at `start` to `end`; None where it says nothing."""
    before, after = paragraph[max(0, start - 120) : start], paragraph[end : end + 120]
    if _ends_with_office(before) and (title := _TITLE_AT_END.search(before[-40:])):
        words = title[0].split()
        for word in reversed(before[: len(before) - len(title[0])].split()):
            if (
                word.lower() in _NOT_IN_TITLE
                or (word.islower() and word in stop_words())
                or not _PART_OF_TITLE.match(word)
                or len(words) >= _MAX_TITLE
            ):
                break
            words.insert(0, word)
        return _tidy(" ".join(words))
    if before.endswith(", ") and _names_office(before) and (match := _DESCRIBED_BEFORE.search(before)):
        return _tidy(match[1])
    if (beside := _TO_MARK.match(after)) and _names_office(beside[0]) and (match := _DESCRIBED_AFTER.match(after)):
        return _tidy(match[1])
    return None


def _ends_with_office(text: str) -> bool:
    end = text[-40:].rstrip()[-3:]
    if end.isascii() and end.lower() not in _OFFICES_END:
        return False
    return text[-1:].isspace() and folded(text[-40:]).rstrip().endswith(_OFFICE_ENDS)


def _names_office(text: str) -> bool:
    return not _OFFICE_WORDS.isdisjoint(_WORD.findall(folded(text)))


def _tidy(text: str) -> str | None:
    words = _LEADING.sub("", " ".join(text.split()))
    return words[:200] or None
