"""Whether a name is only a piece of something longer, or a title: by the characters right before and behind it. English and marks of
all languages. Pure.

`RAV` of `RAV4`, `Exchange Commission` of the Securities and Exchange Commission, `“Mary Poppins”`, `2 Willow Lane`.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.known_names import common_words, known_names, words_of
from pipeline.stages.enrich.places import gazetteer

_OPENS = frozenset("“”„«‹‘\"'»")
_TITLE_ENDS = re.compile(r"[,.]?(?:[”“»›\"«]|'(?!\w)|\s»)|-\d[^”“»\"]{0,20}(?:[”“»›\"«]|\s»)")
_JOINED = re.compile(r"([A-Z][\w'-]*),? (?:and|&) $")
_GOES_ON = re.compile(r"(?:'s)? on (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z]")
_AND_MORE = re.compile(r" (?:and|&) [A-Z]")
_LISTED = re.compile(r", ([A-Z][a-z]+)(?:,? and |, [A-Z])")
_HALF = words_of("Securities Travel Health Food Trade Science Culture Commerce")
"""Words behind which the name of a body goes on: `Securities and Exchange Commission`."""
_BODIES = words_of("Institute Commission Committee Council Conference Subcommittee Panel Office Academy Center Centre")
_WAYS = words_of(
    "Street Road Avenue Lane Drive Court Close Place Way Terrace Crescent Boulevard Square Row Hill Circle Trail"
)


def is_cut_out(before: str, after: str) -> bool:
    """Whether it is part of a word, or of a word with figures: `RAV` of `RAV4`."""
    return before[-1:].isalnum() or after[:1].isdigit() or (after[:1] == "-" and after[1:2].isdigit())


def is_title(before: str, after: str) -> bool:
    """Whether nothing but the name stands between quotation marks: a work, an exercise, a word that is only mentioned."""
    opens = before[-1:] in _OPENS if before[-1:].strip() else before.rstrip().endswith("«")
    return bool(before) and opens and _TITLE_ENDS.match(after) is not None


def is_address(name: str, before: str) -> bool:
    """`2 Willow Lane`."""
    return name.rpartition(" ")[2] in _WAYS and before.rstrip()[-1:].isdigit()


def is_part_of_body(name: str, before: str, after: str, *, complete: frozenset[str]) -> bool:
    """Whether a body's name begins before it or goes on behind it: `Human Services`, `National Institute` on Drug Abuse. `complete`:
    words that end the name of a body, so that another begins behind "and"."""
    last = name.rpartition(" ")[2]
    if (listed := _LISTED.match(after)) and (" for " in name or " on " in name) and not gazetteer().is_known(listed[1]):
        return True  # "Center for Health", Ethics, and Social Policy
    if last in _BODIES and _GOES_ON.match(after):
        return True
    if last in _HALF and _AND_MORE.match(after):
        return True
    joined = _JOINED.search(before) if " " in name else None
    if joined is None:
        return name.startswith("League ") and before.endswith(("Major ", "Minor ", "Premier "))
    first, word = name.partition(" ")[0], joined[1]
    return (
        (word not in complete or word in _HALF)
        and first.casefold() in common_words().common
        and not (word in known_names().last or word in known_names().first or gazetteer().is_known(word))
    )
