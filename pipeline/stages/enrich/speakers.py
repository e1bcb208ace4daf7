"""Who said a quotation: the subject of the verb of saying that governs it, and nobody else. English. Pure.

Who stands near a quotation isn't who spoke it. A speaker is given only where a verb of saying or "according to" is next to the
quotation and its subject is a name, a pronoun that can only mean one, or an office; or where a quotation goes on from one whose
speaker was named.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.known_names import common_words, organisations, words_of
from pipeline.stages.enrich.meant import NAME, People, without_number
from pipeline.stages.enrich.naming import NOT_FIRST, Name, names_in
from pipeline.stages.enrich.quoted import Quoted, Sentence
from pipeline.stages.enrich.saying import (
    ADVERBS,
    SAYING,
    before_adding,
    before_last_verb,
    speaks,
    without_adverbs,
    without_short_points,
)
from pipeline.stages.enrich.vocabulary import is_demonym

_AFTER = re.compile(
    rf"^[\s,”\"]*(?:(?P<verb>{SAYING})\s+(?!that\b)(?P<object>[^“”\";:]{{1,140}})|(?P<subject>[^“”\"]{{1,140}}?){ADVERBS}\s+(?P<late>{SAYING})\b(?!\s+(?:yes|no|nothing)\b))"
)
_SIGNED = re.compile(rf"(?:^|(?<=”))\s*[―—–]\s*(?P<name>{NAME})\.?\s*$")
"""`“…” ― Ann Lee`"""
NEW_SUBJECT = re.compile(
    r"\b(?:after|before|when|while|as|since|until|because)\s+(?:he|she|they|it|[A-Z]\w+)\b|,\s+(?:but|and)\s+(?:he|she|they|[A-Z]\w+)\s"
)
"""Between two quotations: the second isn't more of what was said in the first."""
_SAID_BEFORE = re.compile(rf"(?:^|[.!?]\s)\s*(?i:{SAYING})\s+(?P<object>[A-Z][^“”\",:]{{1,60}}):\s*$")
_ACCORDING = re.compile(r"\b(?:[Aa]ccording to|[Ii]n the words of)\s+(?P<object>[^“”\",;:]{2,90})")
_IN_WORDS = re.compile(rf"\b[Ii]n (?:(?:Mr|Mrs|Ms|Dr|Prof|Sir) )?(?P<name>{NAME})[’']s? (?:own )?words[,:]?\s*$")
_TURN = re.compile(rf"^\s*(?P<name>{NAME})(?: \([^)]*\))?:\s*$")
"""In an interview, `Ann Lee: “…”`."""
_QUOTES_A_WORD = words_of(
    """term terms word words phrase phrases expression slogan motto hashtag
    book novel film movie documentary song single album play musical show series sitcom podcast game magazine newspaper
    painting poem essay episode exhibition headline nickname"""
)
"""Words behind which a word, a name or a title of a work stands between marks."""
_SO_CALLED = words_of("so-called called named titled entitled dubbed nicknamed")
"""The same, though some are verbs of saying."""
_SAID_AND = re.compile(rf"\b{SAYING}\b.*\b(?:and|but)\b")
_CLAUSE = re.compile(
    r"(?:[;:—–―-]\s|\b(?:and|but|that|as|when|while|because|after|before|if|where|which|since|although|though|so|then)\b|^|,\s)\s*(?=\S)"
)
_JOIN = re.compile(
    r"^(?:after|before|until)\b|[;:—–―]|\b(?:but|that|when|while|because|if|where|which|since|although|though|so)\b"
)
HEAD_END = re.compile(
    r"\s+(?:for|of|from|at|in|with|to|by|on|about|against|over|under|between|near|who|whose|during|after|before|as|when|while|and|or|told|last|this|that"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b|[,;(]|(?<![A-Z])\.(?:\s|$)"
)
_PRONOUN = re.compile(r"^(?:[Hh]e|[Ss]he)$")
_LAST_NAME = re.compile(rf"(?:^|.*?\s)(?P<name>{NAME})$")
_BEGINS = re.compile(
    rf"(?:(?:But|And|Rival|Meanwhile) )?(?:[A-Z][a-z]+ (?:nominee|candidate|leader|spokes\w+) )?(?P<name>{NAME})(?: \([^)]*\))?\s+[a-z]+(?:ed|s|t|d|n|ew|ave)?\b"
)
_OF_TWO = re.compile(r"\b(?:elder|younger|older) $")
"""`The elder Lee` is another Lee than the one whom the text names in full."""
_OWNER = re.compile(r"[’']s?$")
_TITLED = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Rev|Lt|Col|Sgt|Capt|Prof|President|Secretary|Senator|Governor|Chancellor|Minister|Mayor|Judge|Chairman|Director|Speaker|Justice)\s+)+"
)
_FUNCTION_WORDS = words_of(
    """i you he she it we they me him her us them this that these those who which what one two three several few many
    most some any all both each either neither none others another everyone everybody someone somebody anyone nobody
    don't didn't doesn't can't won't isn't wasn't aren't it's that's there's here's i'm i've we're they're he's she's
    let's what's"""
)
_NEAR = 220
"""Characters on each side of a quotation in which its verb is looked for."""


def is_signed(sentence: str) -> bool:
    """Whether a name behind a dash ends it, or it is one turn of an interview: whoever speaks next is somebody else."""
    if any(map(sentence.__contains__, "―—–")) and _SIGNED.search(sentence):
        return True
    return ":" in sentence and _TURN.match(sentence.partition("“")[0]) is not None


class English:
    """Reads a text sentence by sentence."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.people = People(names)

    def read(self, text: str, spoke: str | None, quoted: bool = False) -> None:
        self.people.read(text, spoke)

    def speaker(self, sentence: Sentence, one: Quoted) -> tuple[str | None, bool]:
        return speaker(sentence.text, one.start, one.end, self.people)

    def keeps(self, sentence: Sentence, one: Quoted, governed: bool, said: str | None) -> bool:
        """Whether it is something that somebody said: no title, name or word that is only quoted."""
        text = one.text.strip()
        if not text.rstrip(","):
            return False
        words = text.split()
        last = (sentence.text[: one.start].rsplit(None, 1)[-1:] or [""])[0].strip(",:").casefold()
        if last in _SO_CALLED and len(words) < 4 and not said:
            return False
        if governed or said or not any(map(str.isalpha, sentence.text)):
            return len(words) > 1 or text.endswith((".", "!", "?", ","))
        return len(words) > 1 and not (len(words) < 4 and last in _QUOTES_A_WORD) and not is_title(words)


def is_title(words: list[str]) -> bool:
    """Whether words that nobody is said to have said are the title of a work or a name: all that matter have capitals."""
    long = [word for word in words if len(word) > 3]
    return (
        len(long) > 0 and len(words) < 9 and words[-1][-1] not in "!?" and not any(word[0].islower() for word in long)
    )


def speaker(sentence: str, start: int, end: int, people: People) -> tuple[str | None, bool]:
    """(who said what stands at `start` to `end`, whether the sentence has a verb that governs it). In `sentence` quotations are
    blanked. A verb that governs it with a subject that isn't known gives (None, True)."""
    people.before = sentence[:start]
    after = without_short_points(sentence[end : end + _NEAR])
    if speaks(after) and (match := _AFTER.match(after)):
        if match["verb"]:
            return who_is(match["object"], people, inside=True), True
        subject = match["subject"].strip(" ,")
        if subject and not _JOIN.search(subject) and len(subject.split()) <= 18:
            return who_is(subject, people, inside=True), True
    before = without_short_points(sentence[max(0, start - _NEAR) : start])
    if match := according(after[:60]) or according(before):
        return who_is(match["object"], people), True
    if before.endswith((" words, ", " words: ", " words ")) and (match := _IN_WORDS.search(before)):
        return people.named(match["name"]), True
    if before.rstrip().endswith(":"):
        if match := _SAID_BEFORE.search(before):
            return who_is(match["object"], people), True
        if match := _TURN.match(sentence[:start]):
            name = match["name"]
            return people.named(name) or (people.named(name.title()) if name.isupper() else None), True
    if match := _SIGNED.match(after):
        return people.named(match["name"]) or _as_it_is(match["name"], match["name"], True), True
    if (words := before_adding(before)) is not None:
        return _main_subject(words, people), True
    if speaks(before) and (words := before_last_verb(before)) is not None:
        return by_whom(words, people), True
    return None, False


def according(text: str) -> re.Match[str] | None:
    """`according to`, or `in the words of`, and whom."""
    return _ACCORDING.search(text) if "ccording to" in text or "n the words of" in text else None


def by_whom(words: str, people: People) -> str | None:
    """The subject at the end of the words before a verb: its clause, also where an apposition stands between."""
    words = without_adverbs(words).strip()
    if words.endswith(","):  # "Ann Lee, the mayor, said"
        parts = [part.strip() for part in words.rstrip(",").split(",")]
        found = (_clause_subject(part, people) for part in parts[-3:-1])
        return next(filter(None, found), None)
    return _clause_subject(words, people)


def _main_subject(words: str, people: People) -> str | None:
    """Who the sentence begins with, behind a phrase such as `In a speech on Monday,`; only one who is known."""
    if speaks(words) and _SAID_AND.search(words):
        return None
    for part in re.split(r",\s+", words.rpartition(". ")[2])[:2]:
        if (match := _BEGINS.match(part.strip())) and (known := people.named(match["name"])):
            return known
    return None


def _clause_subject(words: str, people: People) -> str | None:
    return who_is(clause_of(words), people)


def clause_of(words: str) -> str:
    """The last clause of words before a verb."""
    clauses = list(_CLAUSE.finditer(words))
    return words[clauses[-1].end() :] if clauses else words


def who_is(words: str, people: People, *, inside: bool = False) -> str | None:
    """Who the subject of a verb is: the name at the end of its head, not one inside a description of somebody else (`a
    spokesman for Trump`, `Obama's adviser`). `inside`: the words don't begin a sentence, so a capital is that of a name."""
    words = without_number(without_adverbs(words.strip(" ,")))
    head = without_number(HEAD_END.split(words, maxsplit=1)[0].strip())
    if _PRONOUN.match(head):
        return people.meant_by(head, behind=inside)
    match = _LAST_NAME.match(head)
    if match is None or _OWNER.search(head) or _OF_TWO.search(head[: match.start("name")]):
        return None
    if known := people.named(match["name"]):
        return known
    *_, last = names_in(match["name"], False) or (Name(""),)
    if last.titled and match["name"].endswith(last.text):  # "Major General Arturo Rojas"
        return last.text
    return _as_it_is(_TITLED.sub("", match["name"]), head, inside)


def _as_it_is(name: str, head: str, inside: bool) -> str | None:
    """A name that the text gives nowhere else for sure, where the subject is nothing but this name and can be no description."""
    words, common = name.split(), common_words().common
    before = head[: len(head) - len(name)].strip()
    if not name or not (before in ("", "the", "The") or _TITLED.fullmatch(before + " ")):
        return None
    if _TITLED.match(name + " ") or is_demonym(words[-1]) or (not inside and words[-1].casefold() in common):
        return None
    return None if is_no_name(words) else name


def is_no_name(words: list[str]) -> bool:
    """Whether words with a capital are none of anybody's: `They`, `Don't`, `On Monday`."""
    word = words[0]
    if len(words) > 1:
        return word.istitle() and word in NOT_FIRST
    if word in organisations() or (word.isupper() and len(word) > 1):
        return False
    return word in NOT_FIRST or word.replace("’", "'").casefold() in _FUNCTION_WORDS
