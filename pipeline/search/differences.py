"""What one revision changed of the one before, word by word, for people to read. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

READERS_FIELDS = ("headline", "summary", "byline", "dateline", "section", "topics")
"""Fields whose changes readers are shown; the body is compared paragraph by paragraph."""
_MAX_WORDS = 4000
"""Of a paragraph that is compared word by word."""
_MAX_PARAGRAPHS = 2000
_ALIKE = 0.35
"""Share of common words from which a paragraph is another version of one, not a new one."""

Revision = dict[str, Any]
Part = tuple[Literal["same", "out", "in"], str]
"""A piece of text, and whether it stayed, was taken out or put in."""


@dataclass(frozen=True)
class Difference:
    """What one revision changed of the one before."""

    fields: tuple[tuple[str, tuple[Part, ...]], ...]
    body: tuple[tuple[Part, ...] | int, ...]
    """Changed paragraphs, and between them how many are unchanged."""
    too_long: bool = False
    """The body is too long to be compared."""

    def __bool__(self) -> bool:
        return bool(self.fields or self.too_long or any(not isinstance(one, int) for one in self.body))


def difference(older: Revision, newer: Revision) -> Difference:
    fields = []
    for name in READERS_FIELDS:
        before, after = _shown(older.get(name)), _shown(newer.get(name))
        if before != after:
            fields.append((name, words(before, after)))
    before_body, after_body = (str(one.get("body") or "").split("\n\n") for one in (older, newer))
    same = sum(_ends(before_body, after_body))
    if len(before_body) + len(after_body) - 2 * same > _MAX_PARAGRAPHS:
        return Difference(tuple(fields), (), too_long=True)
    return Difference(tuple(fields), tuple(_paragraphs(before_body, after_body)))


def opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As difflib's: what is equal at both ends is not compared, and of too many paragraphs between them all are others."""
    begin, end = _ends(before, after)
    old, new = before[begin : len(before) - end], after[begin : len(after) - end]
    if begin:
        yield ("equal", 0, begin, 0, begin)
    if len(old) + len(new) > _MAX_PARAGRAPHS:
        yield ("replace", begin, begin + len(old), begin, begin + len(new))
    else:
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield (kind, begin + i, begin + j, begin + k, begin + m)
    if end:
        yield ("equal", len(before) - end, len(before), len(after) - end, len(after))


def _ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many are the same at the beginning, and at the end."""
    most = min(len(before), len(after))
    begin = next((n for n in range(most) if before[n] != after[n]), most)
    most -= begin
    return begin, next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)


def words(before: str, after: str) -> tuple[Part, ...]:
    """The words of two texts that differ. Two that have little in common are shown one after the other."""
    old, new = tokens(before), tokens(after)
    if len(old) > _MAX_WORDS or len(new) > _MAX_WORDS or _likeness(before, after) < _ALIKE:
        return tuple(part for part in (("out", before), ("in", after)) if part[1])
    parts: list[Part] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        taken, put = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal" and not (taken.isspace() and parts):
            parts.append(("same", taken))
            continue
        parts += [part for part in (("out", taken), ("in", put)) if part[1]]
    return tuple(_joined(parts))


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Changes that follow each other as one: first what was taken out, then what was put in. White space at their end is
    nobody's change."""
    taken, put = "", ""
    for kind, text in (*parts, ("same", "")):
        if kind == "out":
            taken += text
        elif kind == "in":
            put += text
        else:
            ending = taken[len(taken.rstrip()) :]
            if ending and put.endswith(ending):
                taken, put, text = taken[: -len(ending)], put[: -len(ending)], ending + text
            if taken:
                yield ("out", taken)
            if put:
                yield ("in", put)
            if text:
                yield ("same", text)
            taken, put = "", ""


def tokens(text: str) -> list[str]:
    """Words, white space, signs; each character by itself where a script has no spaces. A mark stays with its letter."""
    found: list[str] = []
    last = ""
    for n, char in enumerate(text):
        kind = unicodedata.category(char)[0]
        if kind == "M" and found:
            found[-1] += char
            continue
        if char in ".,’'" and text[n - 1 : n].isdigit() and text[n + 1 : n + 2].isdigit():  # 5,000 is one word
            found[-1] += char
            continue
        group = "w" if kind in "LN" and not _unspaced(char) else "s" if char.isspace() else ""
        if group and group == last:
            found[-1] += char
        else:
            found.append(char)
        last = group
    return found


def _unspaced(char: str) -> bool:
    """Of a script that puts no spaces between words: Thai to Khmer, kana, Chinese characters."""
    code = ord(char)
    return 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF or (
        0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF
    )  # fmt: skip


def _paragraphs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Part, ...] | int]:
    for kind, i, j, k, m in opcodes(before, after):
        if kind == "equal":
            yield j - i
            continue
        for old, new in _pairs(before[i:j], after[k:m]):
            yield words(old, new)


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Old and new versions of paragraphs, in order; one without another has an empty one beside it."""
    at = 0
    for paragraph in old:
        match = next((n for n in range(at, min(len(new), at + 20)) if _likeness(paragraph, new[n]) >= _ALIKE), None)
        if match is None:
            yield (paragraph, "")
            continue
        for added in new[at:match]:
            yield ("", added)
        yield (paragraph, new[match])
        at = match + 1
    for added in new[at:]:
        yield ("", added)


def _likeness(one: str, other: str) -> float:
    """The share of common words."""
    a, b = ({word for word in tokens(text) if word[0].isalnum()} for text in (one, other))
    return len(a & b) / max(1, min(len(a), len(b)))


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
