"""Who says what: quotations with their speakers, and figures with what they count and who claims them. English.

No pipeline that we know gives both; the rules are ours. A sentence is looked at as a whole: its verb of saying, who stands
by it ("said John Kirby", "Kirby said", "according to the ministry"), and, for he and she, who was named last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.processors.enrich.people import OFFICE
from schemas.enrichment import Figure, Qualifier, Quotation

_SAYING = (
    r"(?:said|says|say|told|tells|stated|states|added|adds|announced|announces|claimed|claims|reported|reports|revealed|reveals"
    r"|disclosed|discloses|indicated|insisted|argued|warned|wrote|writes|explained|noted|declared|proclaimed|expressed|emphasized"
    r"|asked|replied|recalled|confirmed|denied|estimated|estimates|tweeted|testified|asserted|clarified|acknowledged|condemned)"
)
_QUOTED = re.compile(r"“([^“”]{2,2000})”|(?<![\w\"])\"([^\"]{2,2000})\"(?!\w)")
_SENTENCE = re.compile(r"[.!?…][”\"’')]*\s+(?=[A-Z“\"‘(])")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|St|U\.S|U\.N|U\.K|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Inc|Co|Corp|a\.m|p\.m)\.$")  # fmt: skip
_NAME = r"(?:[A-Z][\w’'.-]*[\w’'])(?:\s+(?:[a-z]{2,3}\s+)?(?:[A-Z][\w’'.-]*[\w’'])){0,4}"
_VERB = re.compile(rf"\b{_SAYING}\b")
_AFTER_VERB = re.compile(rf"^\s+((?:the\s+)?(?:[\w.’'-]+\s+){{0,6}}?{_NAME})")
_BODY = r"(?:sources|officials|authorities|data|figures|police|media|government|ministry|army|reports|statistics)"
_ACCORDING = re.compile(
    rf"\b[Aa]ccording to\s+((?:the\s+|an?\s+)?(?:official\s+|local\s+|state\s+)*(?:{_NAME}(?:\s+{_BODY})?|[a-z-]+(?:\s+[a-z-]+)?(?:\s+{_BODY})?(?:\s+in\s+{_NAME})?))"
)
_SOURCES = re.compile(
    rf"\b((?:[A-Z][\w-]+(?:[’']s)?\s+|[a-z-]+\s+){{0,3}}?(?:officials|authorities|police|sources|ministry|Ministry|agency|Agency|Office|"
    rf"government|Government|union|Union|company|army|military|witnesses|residents|prosecutors|court|Court)(?:\s+in\s+{_NAME})?)"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_UNVERIFIED = re.compile(
    r"\b(?:await\w* (?:independent )?verification|not (?:been |be |yet been )?(?:independently )?(?:verified|confirmed)|unverified|unconfirmed"
    r"|could(?:n[’']t| not) (?:immediately |independently )*(?:verify|confirm|be (?:independently )?(?:verified|confirmed))|no independent confirmation"
    r"|(?:cannot|can[’']t) be (?:independently )?(?:verified|confirmed)|has yet to be (?:verified|confirmed))\b", re.IGNORECASE
)  # fmt: skip
_NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
                 "twelve": 12, "thirteen": 13, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12}  # fmt: skip
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_QUALIFYING = frozenset(
    ["at least", "no fewer than", "not less than", "more than", "over", "about", "around", "approximately", "roughly", "nearly",
     "almost", "some", "an estimated", "up to", "as many as"]
)  # fmt: skip
_LONGEST_QUALIFIER = 20
"""Characters."""
_IN_DIGITS = re.compile(r"\d(?:\d{0,2}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d*(?:\.\d+)?)")
_AFTER_NUMBER = re.compile(
    r"(?:[\s-](?P<scale>hundred|thousand|million|billion|trillion|dozen)\b)?(?P<percent>\s?%|\s(?:percent|per cent))?"
    r"(?P<after>\s+(?:of\s+)?(?:the\s+)?(?:[a-z][a-z-]+\s+){0,2}[a-z][a-z-]+)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_QUALIFIERS = {
    "at least": Qualifier.AT_LEAST, "no fewer than": Qualifier.AT_LEAST, "not less than": Qualifier.AT_LEAST, "more than": Qualifier.MORE_THAN,
    "over": Qualifier.MORE_THAN, "up to": Qualifier.UP_TO, "as many as": Qualifier.UP_TO,
}  # fmt: skip
_HARM = re.compile(r"\b(killed|dead|died|perished|injured|wounded|sustained injuries|missing|displaced|evacuated|relocated|arrested|detained|rescued|infected|homeless)\b", re.IGNORECASE)  # fmt: skip
_NOT_COUNTED = frozenset(
    ["a", "am", "pm", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
     "and", "or", "to", "in", "on", "at", "by", "was", "were", "is", "are", "that", "which", "when", "for", "with", "from", "after", "before", "during",
     "had", "have", "has", "been", "be", "who", "sustained", "will", "would", "could", "may", "might", "each", "per", "since", "until", "into", "as", "than", "but"]
)  # fmt: skip
_MOST = 100


@dataclass(frozen=True)
class _Sentence:
    text: str
    """With quotations blanked out, so that names inside them are not taken for speakers."""
    whole: str


def quotations(paragraphs: tuple[str, ...], people: tuple[str, ...], language: str | None) -> tuple[Quotation, ...]:
    """Quoted words in the order of the text. `people` are full names that the text has; a surname stands for one."""
    if language not in (None, "en"):
        return ()
    found: list[Quotation] = []
    last: str | None = None
    for paragraph in paragraphs:
        if not (("“" in paragraph or '"' in paragraph) and _QUOTED.search(paragraph)):
            last = _last_named(paragraph, people) or last
            continue
        sentences = _sentences(paragraph)
        running: str | None = None
        for sentence in sentences:
            named: str | None = None
            for match in _QUOTED.finditer(sentence.whole) if sentence.text is not sentence.whole else ():
                speaker = _speaker(sentence.text, people, last, match.start())
                named = named or speaker
                text = " ".join((match[1] or match[2]).split())
                words = len(text.split())
                if words < 2 and not text.endswith((".", "!", "?", ",")):
                    continue
                partial = words < 4 or not (text[:1].isupper() or text.endswith((".", "!", "?", ",")))
                # a quotation that goes on after its speaker was named is the same speaker's
                said = speaker or (running if not partial else None) or (None if partial else last)
                if len(found) < _MOST:
                    found.append(Quotation(text=text.rstrip(",")[:4096], speaker=said, partial=partial))
            running = named or running
            last = _last_named(sentence.text, people) or last
    return tuple(found)


def figures(paragraphs: tuple[str, ...], people: tuple[str, ...], language: str | None) -> tuple[Figure, ...]:
    """Numbers of something, in the order of the text; years, dates, ages and times are not figures."""
    if language not in (None, "en"):
        return ()
    found: list[Figure] = []
    last: str | None = None
    for paragraph in paragraphs:
        in_words = _has_number_word(paragraph)
        if not in_words and not _DIGIT.search(paragraph):
            last = _last_named(paragraph, people) or last
            continue
        sentences = _sentences(paragraph)
        doubtful = [False] * len(sentences)
        if _is_doubtful(paragraph):
            doubtful = [_is_doubtful(sentence.whole) for sentence in sentences]
        for at, sentence in enumerate(sentences):
            # what is said to await verification stands in the sentence or shortly before it
            unverified = any(doubtful[at : at + 3])
            if in_words or _DIGIT.search(sentence.whole):
                for count in _counts(sentence.whole, in_words and _has_number_word(sentence.whole)):
                    figure = _figure(count, sentence.whole, unverified)
                    if figure is not None and len(found) < _MOST:
                        claimed = _speaker(sentence.text, people, last, count.start)
                        found.append(figure.model_copy(update={"claimed_by": claimed}))
            last = _last_named(sentence.text, people) or last
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
    scale: str | None
    percent: bool
    after: str


def _counts(sentence: str, in_words: bool) -> list[_Count]:
    """Every number of a sentence, in order; `in_words`: also those that are written out."""
    numbers = [(match.start(), match.end()) for match in _IN_DIGITS.finditer(sentence)]
    if in_words:
        numbers = sorted([*numbers, *_written_out(sentence)])
    found: list[_Count] = []
    end = 0
    for at, number_end in numbers:
        if at < end or (at and (sentence[at - 1].isalnum() or sentence[at - 1] == "_")):
            continue  # counted with the one before it, or inside a word
        currency = sentence[at - 1 : at] if sentence[at - 1 : at] in ("$", "€", "£", "¥") else None
        start = at - 1 if currency else at
        before = sentence[max(0, start - _LONGEST_QUALIFIER) : start]
        qualifier = _qualifier(before)
        tail = _AFTER_NUMBER.match(sentence, number_end)
        assert tail is not None
        end = tail.end()
        found.append(
            _Count(
                number=sentence[at:number_end],
                at=at,
                number_end=number_end,
                start=start - len(qualifier) - 1 if qualifier else start,
                end=end,
                qualifier=qualifier,
                currency=currency,
                scale=tail["scale"],
                percent=tail["percent"] is not None,
                after=" ".join((tail["after"] or "").split()),
            )
        )
    return found


def _figure(count: _Count, sentence: str, unverified: bool) -> Figure | None:
    after = count.after
    number = count.number.replace(",", "").lower()
    value = float(_NUMBER_WORDS.get(number, 0)) if number in _NUMBER_WORDS else float(number)
    if count.scale:
        value *= _SCALES[count.scale.lower()]
    words = [word for word in after.split() if word.lower() not in ("of", "the")]
    if words and words[0].lower() in _NOT_COUNTED:
        words = []
    cut = next((n for n, word in enumerate(words) if word.lower() in _NOT_COUNTED), len(words))
    words = words[:cut]
    bare = not (count.qualifier or count.scale or count.percent or count.currency)
    if bare and number.isdigit() and 1500 <= value <= 2100 and len(number) == 4:
        return None  # a year
    if bare and not words:
        return None
    rest = sentence[count.end : count.end + 120]
    harm = _HARM.search(f"{after} {rest.split('. ')[0]}")
    if count.currency:
        what = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}[count.currency]
    elif count.percent:
        what = " ".join(["percent", *words])
    elif words:
        stop = next((n for n, word in enumerate(words) if n and _HARM.fullmatch(word)), len(words))
        what = " ".join(words[:stop])
    elif harm and count.qualifier:
        what = "people"
    else:
        return None
    if number in _NUMBER_WORDS and not (count.qualifier or count.scale or count.percent or harm):
        return None  # "two neighbouring countries" counts nothing that anybody claims
    if _dated(sentence, count):
        return None
    if harm and harm[1].lower() not in what.lower() and not (count.percent or count.currency):
        # of several in one sentence each is told by the nearest word of harm after it
        between = f"{after} {rest}"[: harm.start()]
        if not re.search(r"\b\d[\d,]*\b", between) or "inclusive" in between or "including" in between:
            what = f"{what} {harm[1].lower()}"
    kind = _QUALIFIERS.get(count.qualifier, Qualifier.ABOUT if count.qualifier else Qualifier.EXACTLY)
    return Figure(value=value, qualifier=kind, what=what[:200], unverified=unverified)


def _dated(sentence: str, count: _Count) -> bool:
    """Whether the number is part of a date, a time, an age or a rank."""
    before, after = (
        sentence[max(0, count.at - 12) : count.at],
        sentence[count.number_end : count.number_end + 12],
    )
    return bool(
        re.search(
            r"(?:January|February|March|April|May|June|July|August|September|October|November|December|No\.|Article|page|aged?)\s*$",
            before,
        )
        or re.match(r"(?:st|nd|rd|th)\b|:\d\d|\s?(?:a\.m|p\.m|am\b|pm\b)|-year-old|s\b", after)
        or re.search(r"[\d:/-]$", before)
    )


def _written_out(sentence: str) -> list[tuple[int, int]]:
    """Where numbers up to fifty stand as words; `hundred` and `dozen` alone count nothing."""
    lower = sentence.lower()
    found = []
    for word in (_NUMBER_WORDS.keys() & lower.replace("-", " ").split()) - _SCALES.keys():
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            if not lower[end : end + 1].isalnum():
                found.append((at, end))
            at = lower.find(word, end)
    return found


def _has_number_word(text: str) -> bool:
    """Whether a number may be written out in `text`."""
    return not _NUMBER_WORDS.keys().isdisjoint(text.lower().replace("-", " ").split())


def _qualifier(before: str) -> str:
    """`at least`, where that is what stands right before a number; else nothing."""
    if not before[-1:].isspace():
        return ""
    words = before.lower().split()
    return next((said for n in (3, 2, 1) if (said := " ".join(words[-n:])) in _QUALIFYING), "")


def _is_doubtful(text: str) -> bool:
    """Whether `text` says that something isn't verified."""
    lower = text.lower()
    return ("verif" in lower or "confirm" in lower) and bool(_UNVERIFIED.search(lower))


@lru_cache(maxsize=512)
def _sentences(paragraph: str) -> tuple[_Sentence, ...]:
    start = 0
    parts: list[str] = []
    found: list[_Sentence] = []
    for match in _SENTENCE.finditer(paragraph):
        if match[0][0] == "." and _ABBREVIATION.search(paragraph[max(start, match.start() - 8) : match.start() + 1]):
            continue
        parts.append(paragraph[start : match.start()] + match[0].rstrip())
        start = match.end()
    parts.append(paragraph[start:])
    for part in parts:
        if part.strip():
            quotes = "“" in part or '"' in part
            blanked = _QUOTED.sub(lambda q: "“" + " " * (len(q[0]) - 2) + "”", part) if quotes else part
            found.append(_Sentence(blanked, part))
    return tuple(found)


def _speaker(sentence: str, people: tuple[str, ...], last: str | None, at: int) -> str | None:
    """Who the verb of saying belongs to that governs what stands at `at`: the nearest before it, else the first after."""
    if match := _ACCORDING.search(sentence):
        return _full(match[1], people)
    verbs = list(_VERB.finditer(sentence))
    verbs.sort(key=lambda verb: (verb.start() > at, -verb.start() if verb.start() <= at else verb.start()))
    for verb in verbs:
        before, after = sentence[: verb.start()], sentence[verb.end() :]
        # "…,” said Kirby": right after the verb, where a quotation or nothing stands before it
        if (
            re.search(r"”\s*$", before)
            and (match := _AFTER_VERB.match(after))
            and (name := _person_in(match[1], people))
        ):
            return name
        if name := _nearest_before(before, people, last):
            return name
    return None


def _nearest_before(before: str, people: tuple[str, ...], last: str | None) -> str | None:
    """The person, the office or the pronoun that stands last before the verb."""
    clause = before[-200:]
    best: tuple[int, str] | None = None
    for full, surname in _surnames(people):
        at = max(clause.rfind(full), clause.rfind(surname))
        if at >= 0 and (best is None or at > best[0]):
            best = (at, full)
    for match in _PRONOUN.finditer(clause):
        if last and (best is None or match.start() > best[0]):
            best = (match.start(), last)
    sources = list(_SOURCES.finditer(clause))
    if sources and (best is None or sources[-1].start() > best[0]):
        return " ".join(re.sub(r"^(?:the|The|but|But|and|And|that|as|while)\s+", "", sources[-1][1].strip()).split())
    if best is not None:
        return best[1]
    named = re.search(rf"({_NAME})\s*(?:,[^,]*,)?\s*$", clause)
    return _full(named[1], people) if named else None


def _person_in(text: str, people: tuple[str, ...]) -> str | None:
    for full in people:
        if full in text or re.search(rf"\b{re.escape(full.split()[-1])}\b", text):
            return full
    match = re.search(rf"({_NAME})$", text)
    return match[1] if match else None


def _last_named(sentence: str, people: tuple[str, ...]) -> str | None:
    """The person whom a following he or she means: who was named first in the sentence, as its subject is."""
    named = [
        (at, full)
        for full, surname in _surnames(people)
        if surname in sentence and (at := max(sentence.find(full), sentence.find(surname))) >= 0
    ]
    return min(named)[1] if named else None


@lru_cache(maxsize=64)
def _surnames(people: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((full, full.split()[-1]) for full in people)


def _full(text: str, people: tuple[str, ...]) -> str:
    """A surname as the full name that the text has for it."""
    plain = re.sub(
        rf"^(?:the|The)\s+|^(?:[\w-]+\s+)?{OFFICE}\s+(?=[A-Z])", "", " ".join(text.split()), flags=re.IGNORECASE
    ).strip(" ,.")
    return next((full for full in people if plain in (full, full.split()[-1])), plain)[:200]
