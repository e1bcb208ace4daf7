"""Where a text quotes: the words between quotation marks of many languages, and its sentences without them. Pure.

Marks: https://unicode.org/charts/PDF/U2000.pdf, and the use of each language as CLDR has it (delimiters): „…“ »…« «…» “…” "…",
and inside them ‚…‘ ›…‹ ‹…›, which are part of the quotation that they stand in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.grammar import LANGUAGES, grammar

_ASKED = re.compile(
    r"(?:(?:[A-Z][\w’'-]*\.?|the|of)\s+){1,5}(?:said|says|asked|asks|added|wrote|writes|replied|shouted|cried|demanded|joked|continued|quipped|tweeted)"
    r"(?=[.,;]|$|\s+(?:in|on|at|during|to|as|when|after|while|with|of|later|again|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b)"
)
"""`“Why?” Ann Lee asked.` is one sentence."""
LONGEST = 2_000
"""Characters of a quotation."""
_ENGLISH = re.compile(r"“([^“”]{2,2000})”|\"(?<![\w\"]\")(?!\s)([^\"]{2,2000})\"(?!\w)")
"""Begins with a mark, so that the search can jump from mark to mark."""
_CURLY = re.compile(r"“([^“”]{2,2000})”")
"""As _ENGLISH for a text without straight quotes; the search jumps from quote to quote."""
_MARKS = '„“”‟«»"'
_MARK = re.compile(f"[{_MARKS}]")
OPENING = ("“", '"', "„", "«", "»")
_CLOSED_BY = {"„": '“”"‟', "“": "”", "«": "»", "»": "«", '"': '"'}
_INWARD = frozenset(["de", "da", "hr", "sl", "sk", "cs"])
"""Languages in which »…« points inward."""
_SENTENCE = re.compile(r"[.!?…][”\"’'»«)]*\s+(?=[A-ZÀ-ÖØ-Þ“\"‘(¿¡])")
_ENGLISH_SHORT = r"[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Sens|Reps|Gov|Rev|Lt|Col|Sgt|Capt|Maj|Adm|Jr|Sr|St|Mass|Calif|Ill|Conn|Wis|Tenn|Minn|U\.S|U\.N|U\.K|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Inc|Co|Corp|a\.m|p\.m"  # fmt: skip
_OTHER_SHORT = r"Sra|Srta|Dra|Mme|Mlle|Ud|Uds|EE|MM|Mgr|Hr|Fr|Nr|Mio|Mrd|Abs|bzw|ca|etc|usw|evtl|ggf|Dipl|Ing|Hon|Min|art|núm|pág|av|vs|[a-zA-Z]\.\s?[a-zA-Z]|\d{1,2}"  # fmt: skip
_ABBREVIATION = re.compile(rf"\b(?:{_ENGLISH_SHORT})\.$")
"""A full stop behind one of these ends no sentence."""
_ABBREVIATION_ABROAD = re.compile(rf"\b(?:{_ENGLISH_SHORT}|{_OTHER_SHORT})\.$")
"""And in other languages behind a number of one or two digits: `3. Mai`."""


class Quoted(NamedTuple):
    """Words between marks: where the marks begin and end, and what is between them."""

    start: int
    end: int
    text: str


class Sentence(NamedTuple):
    text: str
    """With quotations blanked out, so that names inside them are not taken for speakers."""
    whole: str
    quoted: tuple[Quoted, ...] = ()
    """By their places in `text`."""


def has_marks(text: str) -> bool:
    if '"' in text:
        return True
    return not text.isascii() and (_MARK.search(text) is not None or text[0] in "—–")


def quoted_in(text: str, language: str | None = "en", *, goes_on: bool = False) -> list[Quoted]:
    """The quotations of a paragraph, the outer ones. `goes_on`: the next paragraph begins with a mark, so that one that isn't
    closed is a quotation up to the end."""
    if language in (None, "en"):
        pattern = _ENGLISH if '"' in text else _CURLY
        found = [Quoted(*match.span(), match[1] or match[2]) for match in pattern.finditer(text)]
    else:
        found = _paired(text, language) or _dialogue(text, language)
    if goes_on and (rest := _unclosed(text, found[-1].end if found else 0)):
        found.append(rest)
    return found


def _paired(text: str, language: str | None) -> list[Quoted]:
    """By their marks in order: an opening one, then the one that closes it. A mark that opens nothing is passed over."""
    found: list[Quoted] = []
    marks = [(match.start(), match[0]) for match in _MARK.finditer(text)]
    n = 0
    while n < len(marks):
        at, mark = marks[n]
        closing = _CLOSED_BY.get(mark, "")
        if mark == "»" and language not in _INWARD:
            closing = ""
        end = _closing(text, marks, n, closing) if closing and _opens(text, at, mark) else None
        if end is None:
            n += 1
            continue
        inner = text[at + 1 : marks[end][0]].strip()
        if len(inner) > 1:
            found.append(Quoted(at, marks[end][0] + 1, inner))
        n = end + 1
    return found


def _dialogue(text: str, language: str | None) -> list[Quoted]:
    """Speech that a dash opens, up to the verb of saying that stands in it: `—No iremos —dijo Pérez—. Nunca.`, `— Non, dit-il.`
    A line of a list has none."""
    if not text.startswith(("—", "–")) or language not in LANGUAGES:
        return []
    found: list[Quoted] = []
    start = 1
    for verb in grammar(str(language)).verb.finditer(text):
        before = text[start : verb.start()]
        mark = re.search(r"(?:[,!?…]\s*|\s)[—–]?\s*$", before)
        if mark is None or not (mark[0].strip() or verb.start() == start) or len(before.strip()) < 3:
            continue
        end = start + mark.start() + (mark[0].strip()[:1] in ",!?…")
        found.append(Quoted(start - 1, end, text[start:end].strip()))
        after = re.compile(r"[—–][.,;]?\s?").search(text, verb.end())
        if after is None:
            break
        rest = text[after.end() :].strip()
        if len(rest) > 3 and not any(grammar(str(language)).verb.finditer(text, after.end())):
            found.append(Quoted(after.end() - 1, len(text), rest))
        break
    return found


def _opens(text: str, at: int, mark: str) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isalnum() or not after:
        return False
    return mark == "«" or not after.isspace()


def _closing(text: str, marks: list[tuple[int, str]], n: int, closing: str) -> int | None:
    """The number of the mark that closes the one with number `n`, past pairs of the same marks inside it."""
    opening, start, depth = marks[n][1], marks[n][0], 0
    for m in range(n + 1, len(marks)):
        at, mark = marks[m]
        if at - start > LONGEST:
            return None
        if mark in closing:
            if text[at + 1 : at + 2].isalnum() and mark != "»":
                continue
            if depth == 0:
                return m
            depth -= 1
        elif mark == opening and opening not in closing:
            depth += 1
    return None


def _unclosed(text: str, after: int) -> Quoted | None:
    match = re.compile(r"(?<!\w)[“„«\"](?=\S|\s\S)").search(text, after)
    if match is None or len(text) - match.start() > LONGEST or len(text) - match.end() < 2:
        return None
    return Quoted(match.start(), len(text), text[match.end() :].strip())


@lru_cache(maxsize=512)
def sentences_of(paragraph: str, language: str | None = "en", *, goes_on: bool = False) -> tuple[Sentence, ...]:
    """The sentences of a paragraph, each with its quotations blanked: one of several sentences is part of the sentence that it
    stands in."""
    quoted = quoted_in(paragraph, language, goes_on=goes_on) if has_marks(paragraph) else []
    blanked = _blanked(paragraph, quoted)
    found: list[Sentence] = []
    start = at = 0
    for end in [*_ends(blanked, language), len(blanked)]:
        text = blanked[start:end]
        if text.strip():
            inside = []
            while at < len(quoted) and quoted[at].start < end:
                inside.append(Quoted(quoted[at].start - start, quoted[at].end - start, quoted[at].text))
                at += 1
            found.append(Sentence(text, paragraph[start:end], tuple(inside)))
        start = end
    return tuple(found)


def _ends(blanked: str, language: str | None) -> list[int]:
    """Where a sentence begins behind another."""
    ends = []
    start = 0
    short = _ABBREVIATION if language in (None, "en") else _ABBREVIATION_ABROAD
    for match in _SENTENCE.finditer(blanked):
        if match[0][0] == "." and short.search(blanked[max(start, match.start() - 8) : match.start() + 1]):
            continue
        if match[0][0] in "?!" and "”" in match[0] and _ASKED.match(blanked, match.end()):
            continue
        start = match.end()
        ends.append(start)
    return ends


def _blanked(paragraph: str, quoted: list[Quoted]) -> str:
    """The paragraph with nothing between its marks but the mark that ends a sentence; the marks are “ and ”."""
    parts = []
    start = 0
    for one in quoted:
        last = one.text[-1] if one.text[-1] in ".!?…," else " "
        parts += [paragraph[start : one.start], "“", " " * (one.end - one.start - 3), last, "”"]
        start = one.end
    return "".join(parts) + paragraph[start:]
