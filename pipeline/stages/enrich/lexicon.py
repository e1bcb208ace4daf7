"""Lists of words, and how a comment's words are found in them however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "@": "a",
        "$": "s",
        "!": "i",
        "€": "e",
        "|": "i",
        "9": "g",
        "8": "b",
    }
)
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Characters without width, that part a word for no reader."""
_LEET_CYRILLIC = str.maketrans({"0": "о", "3": "з", "4": "ч", "6": "б", "@": "а"})
_ALIKE = str.maketrans(
    {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ԁ": "d", "һ": "h", "ј": "j", "ӏ": "l",
     "к": "k", "м": "m", "т": "t", "п": "n", "в": "b", "ս": "u", "ո": "n", "օ": "o", "α": "a", "ο": "o", "ε": "e", "ι": "i", "κ": "k",
     "ν": "v", "ρ": "p", "τ": "t", "υ": "u", "χ": "x"}
)  # fmt: skip
"""Cyrillic, Armenian and Greek letters that look like Latin ones: https://www.unicode.org/Public/security/latest/confusables.txt"""
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)['’](\w{3,})$")
"""`d'abrutis`, `l'idiot`."""
_SPACED = re.compile(r"(?<!\w)(?:[^\W_][\s.\-_*]{1,2}){2,}[^\W_](?!\w)")
_TOKEN = re.compile(r"[\w@$€|*#!%^&]*[\w@$€|*](?:['’]\w+)?")
_THRICE = re.compile(r"(.)\1{2,}")
_HIDING = frozenset("*#@$!%^&|€")
_NOT_TARDS = frozenset(
    (
        "mustard",
        "custard",
        "dastard",
        "bastard",
        "retard",
        "leotard",
        "petard",
        "dotard",
        "tard",
        "stard",
        "bustard",
        "costard",
        "goatard",
        "communard",
        "saturd",
    )
)


class Token(NamedTuple):
    """A word of a comment."""

    plain: str
    """Lower case, without accents and marks, no letter more than twice in a row."""
    forms: tuple[str, ...]
    """What else it may stand for: digits and signs read as letters, repeated letters as one."""
    name: bool
    """Written with a capital, and not only capitals."""
    mask: re.Pattern[str] | None = None
    """What a word with stars for letters fits: `f*ck`."""


def tokens(text: str) -> list[Token]:
    """The words of a text, without what hides them: accents, letters spelled as digits, spaces and points between letters,
    letters said three times, stars."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    joined = _SPACED.sub(lambda match: re.sub(r"[\s.\-_*]", "", match[0]), text)
    return [token for word in _TOKEN.findall(joined) if (token := _token(word)).plain]


@lru_cache(maxsize=16_384)
def _token(word: str) -> Token:
    name = word[:1].isupper() and not word.isupper()
    lower = word.casefold()
    if lower.isascii() and lower.isalpha() and not _THRICE.search(lower):
        return Token(lower, (lower,), name)
    folded = unicodedata.normalize("NFKD", lower)
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    forms: list[str] = []
    has_letters = any("a" <= character <= "z" for character in folded)
    if has_letters and not folded.isascii():
        folded = folded.translate(_ALIKE)
    spelled = [folded, folded.translate(_LEET) if has_letters else folded.translate(_LEET_CYRILLIC)]
    if has_letters and "1" in folded:
        spelled.append(folded.replace("1", "l").translate(_LEET))
    for form in spelled:
        bare = "".join(character for character in form if character.isalnum() or character == "_")
        if bare:
            forms += [_THRICE.sub(r"\1", bare), _THRICE.sub(r"\1\1", bare)]
    if elided := _ELIDED.match(folded):
        forms.append(elided[1])
    forms = list(dict.fromkeys(forms))
    return Token(forms[0] if forms else "", tuple(forms), name, _mask(folded))


def _mask(word: str) -> re.Pattern[str] | None:
    """`f*@king`: one letter for each sign, or a few more or less for a run of them."""
    inner = word.strip("!&%^")
    letters = sum(map(str.isalpha, inner))
    if not (_HIDING & set(inner)) or not inner[:1].isalpha() or letters + len(inner) < 5:
        return None
    parts = re.split(r"([*#@$!%^&|€]+)", inner)
    pattern = "".join(
        f".{{{max(1, len(part) - 1)},{len(part) + 1}}}" if part[0] in _HIDING else re.escape(part)
        for part in parts
        if part
    )
    return re.compile(pattern)


def plain_words(text: str) -> list[str]:
    """Every form of every word."""
    return list(dict.fromkeys(form for token in tokens(text) for form in token.forms))


class Hit(NamedTuple):
    """A listed word or phrase that a comment has."""

    mark: str
    """What its list says of it."""
    word: str
    at: int
    """The number of its first word in the comment."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words, beginnings and endings of words, and phrases, all in their plain form, each with a mark."""

    words: dict[str, str] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    """By their first word."""

    def hits(self, read: list[Token]) -> list[Hit]:
        """All that a comment has of it, in order."""
        found = []
        for n, token in enumerate(read):
            if listed := self._listed(token):
                found.append(Hit(*listed, n))
            for form in token.forms:
                for phrase, mark in self.phrases.get(form, ()):
                    if n + len(phrase) <= len(read) and all(map(_is, read[n:], phrase)):
                        found.append(Hit(mark, " ".join(phrase).rstrip("*"), n))
        return found

    @lru_cache(maxsize=65_536)  # noqa: B019 - the lists of all sites, and a few of single sites
    def _listed(self, token: Token) -> tuple[str, str] | None:
        for form in token.forms:
            if mark := self.words.get(form):
                return mark, form
            for end in range(3, len(form) + 1):
                if mark := self.stems.get(form[:end]):
                    return mark, form
            if len(form) > 5 and form not in _NOT_TARDS:
                for ending, mark in self.endings.items():
                    if form.endswith(ending):
                        return mark, form
        return self._fitting(token.mask) if token.mask is not None else None

    def _fitting(self, mask: re.Pattern[str]) -> tuple[str, str] | None:
        for listed, endings in ((self.words, ("",)), (self.stems, ("", "s"))):
            for word, mark in listed.items():
                if any(mask.fullmatch(word + ending) for ending in endings):
                    return mark, word
        return None


def _is(token: Token, word: str) -> bool:
    if word.endswith("*"):
        return token.plain.startswith(word[:-1])
    return word in token.forms or (token.mask is not None and token.mask.fullmatch(word) is not None)


NOTHING = Lexicon()


def make_lexicon(listed: Iterable[tuple[str, str]]) -> Lexicon:
    """(mark, entry): an entry is a word, a beginning (`debil*`), an ending (`*tard`) or a phrase (`shut up`), however it is
    spelled."""
    made = Lexicon()
    for mark, entry in listed:
        star = entry.endswith("*")
        plain = [token.plain for token in tokens(entry.strip("*"))]
        if not plain:
            continue
        if len(plain) > 1:
            made.phrases.setdefault(plain[0], []).append(((*plain[:-1], plain[-1] + "*" * star), mark))
        elif star:
            made.stems[plain[0]] = mark
        elif entry.startswith("*"):
            made.endings[plain[0]] = mark
        else:
            made.words[plain[0]] = mark
    return made
