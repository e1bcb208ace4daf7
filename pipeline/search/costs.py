"""What a reader's query may cost, however it is nested: its words, their parts, their other forms, its prefixes. Pure.

A word is taken apart by the analysis of an index (schemas/analysis.py): letters together, digits together, what is between
them left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from unicodedata import category, name, normalize

MAX_PARTS = 64
"""Of all words of a query, as the analysis takes them apart."""
MAX_STEMMED, MAX_PARTS_STEMMED = 6, 3
"""Words of a query that are looked up in other forms too, and how many parts each has: each costs a clause a field a language."""
MAX_PREFIXES = 6
"""Words of a query of which the beginning is looked up: each costs every word of the index that begins so, a field."""
MIN_PREFIX = 2
"""Letters and digits of which many words begin differently, in an alphabet."""
_UNSPACED = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "THAI", "LAO", "KHMER", "MYANMAR"}
"""Scripts without spaces between words, as the names of their characters begin."""
_SIGNS = _UNSPACED - {"THAI", "LAO", "KHMER", "MYANMAR"}
"""Of these, scripts whose signs are syllables or words: one is enough to begin with."""


_ASCII_RUNS = re.compile("[A-Za-z]+|[0-9]+")


@dataclass
class Budget:
    """What is left for the rest of a query."""

    parts: int = MAX_PARTS
    stemmed: int = MAX_STEMMED
    prefixes: int = MAX_PREFIXES

    def fit(self, text: str) -> str:
        """Its words as far as they can be paid for, one after the other; they are paid for then."""
        kept: list[str] = []
        for word in text.split():
            cost = parts(word)
            if cost > self.parts and not kept and self.parts == MAX_PARTS:  # longer than any query
                word, cost = word[:MAX_PARTS], MAX_PARTS
            if cost > self.parts:
                break
            self.parts -= cost
            kept.append(word)
        return " ".join(kept)

    def stem(self, word: str) -> bool:
        """Whether a word can be looked up in its other forms; it is paid for then. A number or code has none."""
        if self.stemmed <= 0 or any(map(str.isdigit, word)) or len(runs(word)) > MAX_PARTS_STEMMED:
            return False
        self.stemmed -= 1
        return True

    def begin(self, word: str, *, whole: bool = False) -> bool:
        """Whether what begins like this word can be looked up; it is paid for then. `whole`: in a field of whole values,
        which no analysis takes apart."""
        if self.prefixes <= 0 or not (enough(word) if whole else selective(word)):
            return False
        self.prefixes -= 1
        return True


def selective(word: str) -> bool:
    """Whether few enough words begin like the last part of this one: what stands before is looked up as it is."""
    return enough((runs(word) or [""])[-1])


def enough(text: str) -> bool:
    """Whether it has MIN_PREFIX letters and digits (accents are none), or is of a script without an alphabet."""
    letters = [one for one in normalize("NFKD", text) if category(one)[0] in "LN" or category(one) == "Mc"]
    return len(letters) >= MIN_PREFIX or signs(text)


def parts(word: str) -> int:
    """How many terms the analysis may make of a word."""
    return len(word) if unspaced(word) else max(1, len(runs(word)))


def runs(word: str) -> list[str]:
    """Letters together, and digits together; what stands between them is left out."""
    if word.isascii():
        return _ASCII_RUNS.findall(word)
    found = groupby(word, key=lambda character: {"L": "L", "M": "L", "N": "N"}.get(category(character)[0]))
    return ["".join(characters) for kind, characters in found if kind]


def unspaced(word: str) -> bool:
    return not _UNSPACED.isdisjoint(scripts(word))


def signs(word: str) -> bool:
    """Whether it is of a script without an alphabet."""
    return not _SIGNS.isdisjoint(scripts(word))


def scripts(word: str) -> set[str]:
    """Scripts of the letters, as the names of the characters begin: LATIN, CYRILLIC, CJK."""
    if word.isascii():
        return {"LATIN"} if any(map(str.isalpha, word)) else set()
    letters = {character for character in normalize("NFKC", word) if character.isalpha()}
    return set(map(_script, letters))


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return name(letter, "").partition(" ")[0]
