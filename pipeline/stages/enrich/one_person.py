"""One person under one name: `James Kennedy Jr` and `James Kennedy`, `Queen Elizabeth` and `Queen Elizabeth II`, `Pat` and
`Patrick Carlineo`. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from pipeline.stages.enrich.known_names import first_names_of_women_and_men

_BEHIND = re.compile(r"^(?:Jr|Sr|Jnr|Snr|[IVX]{1,5})\.?$")
_SHORTEST = 3
"""Letters of a short form: `Pat`, `Josh`."""
_MOST = 20
"""Names with one surname: a text with more of them is a list, and each is compared with each."""


def parts(name: str) -> tuple[list[str], str]:
    """(the words of a name, the number or `Jr` behind it)."""
    return parts_of(name.split())


def parts_of(words: list[str]) -> tuple[list[str], str]:
    if len(words) > 1 and words[-1][0] in "JSIVX" and _BEHIND.match(words[-1]):
        return words[:-1], words[-1].rstrip(".")
    return words, ""


@lru_cache(maxsize=16_384)
def surname(name: str) -> str:
    """The last word that is part of the name: `Kennedy` of `James Kennedy Jr`."""
    words, _ = parts(name)
    return words[-1]


def one_name(counted: Mapping[str, int]) -> dict[str, str]:
    """Of full names in the order of the text, with how often each is named, those that are another's, with the name for both: the
    one that the text has most. Where a name may be that of two people it is left as it is."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in counted:
        alike[surname(name)].append(name)
    shown: dict[str, str] = {}
    for names in alike.values():
        for name in names if 1 < len(names) <= _MOST else ():
            others = [other for other in names if other != name and _are_one(name, other)]
            if others and all(_are_one(a, b) for a in others for b in others if a < b):
                best = max(
                    (name, *others),
                    key=lambda one: (len(one.split()[0].rstrip(".")) > 1, counted[one], -names.index(one)),
                )
                if best != name:
                    shown[name] = best
    return shown


def _are_one(one: str, other: str) -> bool:
    (words, behind), (others, behind_other) = parts(one), parts(other)
    if len(words) < 2 or len(others) < 2 or (behind and behind_other and behind != behind_other):
        return False
    if not _may_be_short_for(words[0], others[0]):
        return False
    middle, middle_other = words[1:-1], others[1:-1]
    if len(middle) == len(middle_other):
        return all(
            a == b or _is_initial_of(a, b) or _is_initial_of(b, a) for a, b in zip(middle, middle_other, strict=True)
        )
    return not middle or not middle_other


def _may_be_short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long or _is_initial_of(short, long):
        return True
    if len(short) < _SHORTEST or len(long) < len(short) + 2 or not long.startswith(short):
        return False
    women, men = first_names_of_women_and_men()
    return (short in men and long in men) or (short in women and long in women and not (short in men or long in men))


def _is_initial_of(one: str, other: str) -> bool:
    return len(one.rstrip(".")) == 1 and other.startswith(one[0])
