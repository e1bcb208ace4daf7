"""Figures: a number, what it counts, how exactly, who claims it, and whether the text itself says that nobody verified it.

English. claimants.py says who claims a figure.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.stages.enrich.claimants import Claims
from pipeline.stages.enrich.enricher import Enricher, people
from pipeline.stages.enrich.meant import People
from pipeline.stages.enrich.quoted import sentences_of
from pipeline.stages.enrich.words import DIGITS, digits_in, folded, in_first_plane
from schemas.enrichment import Figure, Qualifier

_UNVERIFIED = re.compile(
    r"\b(?:await\w* (?:independent )?verification|not (?:been |be |yet been )?(?:independently )?(?:verified|confirmed)|unverified|unconfirmed"
    r"|could(?:n[’']t| not) (?:immediately |independently )*(?:verify|confirm|be (?:independently )?(?:verified|confirmed))|no independent confirmation"
    r"|(?:cannot|can[’']t) be (?:independently )?(?:verified|confirmed)|has yet to be (?:verified|confirmed))\b", re.IGNORECASE
)  # fmt: skip
_NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
                 "twelve": 12, "thirteen": 13, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12}  # fmt: skip
_NO_WORDS: frozenset[str] = frozenset()
_ALL_NUMBER_WORDS = frozenset(_NUMBER_WORDS)
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_QUALIFYING = frozenset(
    ["at least", "no fewer than", "not less than", "more than", "over", "about", "around", "approximately", "roughly", "nearly",
     "almost", "some", "an estimated", "up to", "as many as"]
)  # fmt: skip
_QUALIFYING_ENDS = frozenset(said.split()[-1] for said in _QUALIFYING)
_MAX_QUALIFIER = 20
"""Characters."""
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
_DIGITS = r"{d}(?:{d}{{0,2}}(?:,{d}{{3}})+(?:\.{d}+)?(?!{d})|{d}*(?:\.{d}+)?)"
_IN_DIGITS, _PLANE_IN_DIGITS, _ASCII_IN_DIGITS = (
    re.compile(_DIGITS.format(d=f"[{some}]")) for some in (r"\d", DIGITS, "0-9")
)
_LETTER = "a-zA-Zıſİ\u212a"
"""Those that are a letter from a to z where case is ignored."""
_AFTER_NUMBER = re.compile(
    r"(?:[\s-](?P<scale>(?i:hundred|thousand|million|billion|trillion|dozen))\b)?(?P<percent>\s?%|\s(?i:percent|per cent))?"
    rf"(?P<after>\s+(?:(?i:of)\s+)?(?:(?i:the)\s+)?(?:[{_LETTER}][{_LETTER}-]+\s+){{0,2}}[{_LETTER}][{_LETTER}-]+)?"
)
_QUALIFIERS = {
    "at least": Qualifier.AT_LEAST, "no fewer than": Qualifier.AT_LEAST, "not less than": Qualifier.AT_LEAST, "more than": Qualifier.MORE_THAN,
    "over": Qualifier.MORE_THAN, "up to": Qualifier.UP_TO, "as many as": Qualifier.UP_TO,
}  # fmt: skip
_HARMS = ("killed", "dead", "died", "perished", "injured", "wounded", "sustained injuries", "missing", "displaced", "evacuated", "relocated", "arrested", "detained", "rescued", "infected", "homeless")  # fmt: skip
_HARM_STEMS = tuple(words.split()[0] for words in _HARMS)
_HARM_WORDS = frozenset(words for words in _HARMS if " " not in words)
_HARM = re.compile(rf"\b({'|'.join(_HARMS)})\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b\d[\d,]*\b")
_DATED_BY = frozenset(
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
     "No.", "Article", "page", "Page", "age", "aged", "turned"]
)  # fmt: skip
_TIME_AFTER = re.compile(
    r"(?:st|nd|rd|th)\b|:\d\d|\s?(?:a\.m|p\.m|am\b|pm\b)|-year-old|[\s-](?:years?|months?|weeks?|days?)[\s-](?:old|of age)\b|s\b"
)
_SPANS = frozenset(["days", "weeks", "months", "years", "hours", "minutes", "decades", "nights", "weekends"])
"""`over three days` may mean during them."""
_JOINED_BEFORE = frozenset(":/-")
_NOT_COUNTED = frozenset(
    ["a", "am", "pm", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
     "and", "or", "to", "in", "on", "at", "by", "was", "were", "is", "are", "that", "which", "when", "for", "with", "from", "after", "before", "during",
     "had", "have", "has", "been", "be", "who", "sustained", "will", "would", "could", "may", "might", "each", "per", "since", "until", "into", "as", "than", "but",
     "across", "among", "between", "over", "under", "through", "within", "without", "against", "near", "if", "while", "because", "where",
     "i", "he", "she", "it", "we", "they", "you", "not", "so", "also"]
)  # fmt: skip
_MAX_FIGURES = 100


def figures(paragraphs: tuple[str, ...], people: tuple[str, ...], language: str | None) -> tuple[Figure, ...]:
    """Numbers of something, in the order of the text; years, dates, ages and times are not figures."""
    if language not in (None, "en"):
        return ()
    found: list[Figure] = []
    known = People(people)
    for paragraph in paragraphs:
        in_words = _number_words(paragraph)
        if not in_words and not digits_in(paragraph).search(paragraph):
            known.read(paragraph)
            continue
        in_digits, may_harm = _numbers_of(paragraph), _may_harm(paragraph)
        sentences = sentences_of(paragraph, language, goes_on=False)
        doubtful = [False] * len(sentences)
        if _is_doubtful(paragraph):
            doubtful = [_is_doubtful(sentence.whole) for sentence in sentences]
        for at, sentence in enumerate(sentences):
            # a claim that awaits verification is marked in its sentence or shortly before it
            unverified = any(doubtful[at : at + 3])
            numbers = [number.span() for number in in_digits.finditer(sentence.whole)]
            if in_words and (written_out := _written_out(sentence.whole, in_words)):
                numbers = sorted([*numbers, *written_out])
            if counts := _counts(sentence.whole, numbers):
                claims = Claims(sentence.text, known)
                for count in counts:
                    counted = _counted(count, sentence.whole, may_harm)
                    if counted is None:
                        continue
                    value, what = counted
                    kind = _QUALIFIERS.get(count.qualifier, Qualifier.ABOUT if count.qualifier else Qualifier.EXACTLY)
                    found.append(
                        Figure(
                            value=value,
                            qualifier=kind,
                            what=what,
                            claimed_by=claims.of(count.start),
                            unverified=unverified,
                        )
                    )
                    if len(found) == _MAX_FIGURES:
                        return tuple(found)
            known.read(sentence.text)
    return tuple(found)


class _Count(NamedTuple):
    """A number in a sentence with the words around it."""

    number: str
    at: int
    """Where the number begins; `start` and `end` are those of all of it."""
    number_end: int
    start: int
    end: int
    qualifier: str
    currency: str | None
    scale: str
    percent: bool
    after: str


def _numbers_of(text: str) -> re.Pattern[str]:
    """The quickest pattern that finds every number that `text` has in digits."""
    if text.isascii():
        return _ASCII_IN_DIGITS
    return _PLANE_IN_DIGITS if in_first_plane(text) else _IN_DIGITS


def _counts(sentence: str, numbers: list[tuple[int, int]]) -> list[_Count]:
    """Every number of a sentence with the words around it; `numbers` are their places, in order."""
    found: list[_Count] = []
    end = 0
    for at, number_end in numbers:
        before = sentence[at - 1 : at]
        if at < end or before.isalnum() or before == "_":
            continue  # counted with the one before it, or inside a word
        currency = _CURRENCIES.get(before)
        start = at - 1 if currency else at
        qualifier = _qualifier(sentence[max(0, start - _MAX_QUALIFIER) : start])
        scale = percent = after = ""
        end = number_end
        if tail := _AFTER_NUMBER.match(sentence, end) if _goes_on(sentence[end : end + 1]) else None:
            end = tail.end()
            scale, percent, after = tail.groups("")
        if qualifier:
            start -= len(qualifier) + 1
        after, number = " ".join(after.split()), sentence[at:number_end]
        found.append(_Count(number, at, number_end, start, end, qualifier, currency, scale, bool(percent), after))
    return found


def _goes_on(behind: str) -> bool:
    """Whether what stands right behind a number may be part of the figure."""
    return behind.isspace() or behind in ("-", "%")


def _counted(count: _Count, sentence: str, may_harm: bool) -> tuple[float, str] | None:
    """How many of what; None for a number that isn't a figure."""
    after = count.after
    number = count.number.replace(",", "").lower()
    if number in _NUMBER_WORDS and not (count.qualifier or count.scale or count.percent or may_harm):
        return None  # "two neighbouring countries" counts nothing that anybody claims
    value = float(_NUMBER_WORDS.get(number, 0)) if number in _NUMBER_WORDS else float(number)
    if count.scale:
        value *= _SCALES[count.scale.lower()]
    bare = not (count.qualifier or count.scale or count.percent or count.currency)
    if bare and number.isdigit() and 1500 <= value <= 2100 and len(number) == 4:
        return None  # a year
    words: list[str] = []
    for word in after.split():
        small = word.lower()
        if small in _NOT_COUNTED:
            break
        if small not in ("of", "the"):
            words.append(word)
    if (
        (bare and not words)
        or _dated(sentence, count)
        or (count.qualifier == "over" and words[:1] and words[0] in _SPANS)
    ):
        return None
    rest = sentence[count.end : count.end + 120]
    harm = _HARM.search(f"{after} {rest.split('. ')[0]}") if may_harm else None
    if count.currency:
        what = count.currency
    elif count.percent:
        what = " ".join(["percent", *words])
    elif words:
        if may_harm:
            stop = next((n for n, word in enumerate(words) if n and folded(word) in _HARM_WORDS), len(words))
            words = words[:stop]
        what = " ".join(words)
    elif harm and count.qualifier:
        what = "people"
    else:
        return None
    if number in _NUMBER_WORDS and not (count.qualifier or count.scale or count.percent or harm):
        return None
    if harm and harm[1].lower() not in what.lower() and not (count.percent or count.currency):
        # of several in one sentence each belongs to the nearest word of harm after it
        between = f"{after} {rest}"[: harm.start()]
        if not _BETWEEN.search(between) or "inclusive" in between or "including" in between:
            what = f"{what} {harm[1].lower()}"
    return value, what[:200]


def _dated(sentence: str, count: _Count) -> bool:
    """Whether the number is part of a date, a time, an age or a rank."""
    before = sentence[max(0, count.at - 12) : count.at]
    return (
        _dates(before.split()[-2:])
        or (last := before.removesuffix("\n")[-1:]).isdecimal()
        or last in _JOINED_BEFORE
        or _TIME_AFTER.match(sentence, count.number_end) is not None
    )


def _dates(words: list[str]) -> bool:
    """Whether the words before a number make it one of a date or an age: `March`, `at the age of`."""
    last = words[-1].lstrip("(“\"'—–-") if words else ""
    return last in _DATED_BY or (last == "of" and words[0] in ("age", "ages"))


def _may_harm(text: str) -> bool:
    """Whether `text` can have a word of harm."""
    return any(map(folded(text).__contains__, _HARM_STEMS))


def _number_words(text: str) -> frozenset[str]:
    """The numbers that are written out in `text`."""
    words = text.lower().replace("-", " ").split()
    return _NO_WORDS if _ALL_NUMBER_WORDS.isdisjoint(words) else _ALL_NUMBER_WORDS.intersection(words)


def _written_out(sentence: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """Where numbers up to fifty are written as words, of which `words` are all that there may be; `hundred` and `dozen` alone
    count nothing."""
    lower = sentence.lower()
    found: list[tuple[int, int]] = []
    if not any(map(lower.__contains__, words)):
        return found
    for word in _number_words(sentence) - _SCALES.keys():
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            if not lower[end : end + 1].isalnum():
                found.append((at, end))
            at = lower.find(word, end)
    return found


def _qualifier(before: str) -> str:
    """`at least`, where that is right before the number; else nothing."""
    if not before[-1:].isspace():
        return ""
    last = before.rsplit(None, 1)[-1:]
    if not last or last[0].lower() not in _QUALIFYING_ENDS:
        return ""
    words = before.lower().split()
    return next((said for n in (3, 2, 1) if (said := " ".join(words[-n:])) in _QUALIFYING), "")


def _is_doubtful(text: str) -> bool:
    """Whether `text` says that something isn't verified."""
    lower = text.lower()
    return ("verif" in lower or "confirm" in lower) and bool(_UNVERIFIED.search(lower))


FIGURES = Enricher(
    "figures", lambda article, made, chosen: figures(article.paragraphs, people(made), made.get("language"))
)
