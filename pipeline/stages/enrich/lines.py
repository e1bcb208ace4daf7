"""The lines of a text, as entities.py reads them: runs of capitalised words, beginnings of sentences, and which lines are headings,
in capitals, or of a table. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from pipeline.stages.enrich.known_names import common_words
from pipeline.stages.enrich.words import LETTERS, digits_in, in_first_plane

# abbreviations inside a name, whose full stop ends no sentence: Gov. Sen. Rep. Gen. Dr. Mr. Mrs. Ms. St. Prof. Lt. Col. Sgt. Capt. …
_SHORT = r"(?=[a-z]{1,3}\.\s)(?:ov|en|ep|r|rs|s|t|rof|ol|gt|apt|aj|ev|dm|mdr|rig|ros)\.(?=\s+[A-Z])"
_LINK = r"(?:of|for|the|d(?:e[rn]?|[aiu])|v[ao]n|bin|[ae]l|l[ae]|&)"


def _run(letters: str, beyond: str, apostrophe: str) -> re.Pattern[str]:
    """A run of capitalised words: `letters` are those that a word may have, `beyond` the capitals beyond A to Z. The first word begins
    with one class of letters, so that the search can jump from capital to capital."""
    capital = f"[A-Z{beyond}]"
    word = f"{letters}+(?:[-{apostrophe}]{capital}?{letters}+)*"
    first = rf"{capital}(?:{_SHORT}|(?:\.[A-Z])+\.?|\.|&[A-Z]|(?:[{apostrophe}]{capital})?{word})"
    name = rf"(?:[A-Z](?:{_SHORT}|(?:\.[A-Z])+\.?|\.|{word})|[dO][{apostrophe}]{capital}{word}|(?:al|el|ul|bin)-{capital}{word}"
    name += f"|[{beyond}]{word})" if beyond else ")"
    return re.compile(rf"{first}(?:[{apostrophe}]?\s+(?:{_LINK}\s+){{0,2}}{name})*")


_RUN, _PLANE_RUN = (_run(letters, "À-ÖØ-Þ", "'’") for letters in (r"[^\W\d_]", f"[{LETTERS}]"))
_ASCII_RUN = _run("[A-Za-z]", "", "'")
_SENTENCE_ENDS = (".", "!", "?", ":", *(f"{end}{mark}" for end in ".!?" for mark in '”"’)'))
_SMALL, _CAPITALS = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()
_LINE = 80
"""Characters by which a line in capitals is known."""
_FEW_SMALL = 24
"""Of a line of which more than .7 are capitals."""
_NUMBER = re.compile(r"(?<![\w.])\d[\d.,:/-]*(?![\w])")
_WORDS = re.compile(r"[^\W\d_]+")


def runs_in(text: str) -> Iterator[re.Match[str]]:
    """The runs of capitalised words, by the quickest pattern that finds all of them."""
    if text.isascii():
        return _ASCII_RUN.finditer(text)
    return (_PLANE_RUN if in_first_plane(text) else _RUN).finditer(text)


def starts_sentence(before: str) -> bool:
    """Whether a sentence begins behind these characters."""
    bare = before.rstrip()
    return (len(bare) < len(before) and bare.endswith(_SENTENCE_ENDS)) or before.endswith(("\n", "“", '"'))


def is_in_capitals(text: str) -> bool:
    beginning = text[:_LINE]
    small = len(beginning) - len(beginning.encode("ascii", "replace").translate(None, _SMALL))
    if small >= _FEW_SMALL:
        return False
    if beginning.isascii():
        capitals = len(beginning) - len(beginning.encode().translate(None, _CAPITALS))
        return capitals > 3 and capitals > 0.7 * (capitals + small)
    capitals = sum(map(str.isupper, beginning))
    return capitals > 3 and capitals > 0.7 * sum(map(str.isalpha, beginning))


def is_heading(text: str) -> bool:
    """Whether a line is a heading with a capital on every word: most of them are ordinary words."""
    if len(text) > 120 or text.rstrip()[-1:] in '.!,;:”"' or any(map(str.isdigit, text)):
        return False
    words = _WORDS.findall(text)
    if not 3 <= len(words) <= 14:
        return False
    long = [word for word in words if len(word) > 3]
    common = common_words().common
    return (
        len(long) >= 2
        and all(word[0].isupper() for word in long)
        and sum(word.casefold() in common for word in long) * 2 > len(long)
    )


def is_of_a_table(text: str) -> bool:
    """Whether a line is one of a table or of a list of results: short, and with as many figures as words."""
    if len(text) > 160 or len(digits_in(text).findall(text)) < 2:
        return False
    numbers = len(_NUMBER.findall(text))
    return numbers >= 2 and numbers * 3 >= len(_WORDS.findall(text))


def is_list_of_names(text: str) -> bool:
    """Whether a line is little but names with commas between them."""
    commas = text.count(",")
    if commas < 2 or commas * 28 < len(text):
        return False
    words = [word for word in text.split() if word[0].isalpha()]
    small = sum(map(str.islower, words))
    return len(words) > 4 and small * 5 <= len(words)
