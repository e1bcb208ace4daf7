"""How a language says who said it: a table of verbs and small words (data/speech_XX.toml), as patterns. Pure.

One file makes a language. English has a grammar of its own (speakers.py).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipeline.stages.enrich.words import folded

LANGUAGES = frozenset(["de", "fr", "es"])
CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽ"
_PRONOUNS = "il|elle|on|ils|elles"
_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(rf"[{CAPITAL}]")


class Verbs:
    """Finds verbs of saying as `pattern` does, which is tried only at words that a verb can begin with: hundreds of verbs that
    are tried at every character cost more than all the rest of a text."""

    def __init__(self, pattern: re.Pattern[str], beginnings: frozenset[str]) -> None:
        """`beginnings`: the first word of every alternative, folded."""
        self.pattern, self.beginnings = pattern, beginnings

    def finditer(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        for word in _WORD.finditer(text, start):
            if word.start() < start or folded(word[0]) not in self.beginnings:
                continue
            if verb := self.pattern.match(text, word.start()):
                start = verb.end()
                yield verb


@dataclass(frozen=True)
class Grammar:
    """What a language's table says. `verb` finds a verb of saying in the third person singular, `pronoun` in it the one that is
    joined to it (`a-t-il dit`)."""

    language: str
    verb: Verbs
    according: re.Pattern[str]
    beginning: re.Pattern[str] | None
    """`Pour Ann Lee, …`: only where a sentence begins with it."""
    behind: re.Pattern[str] | None
    """`Ann Lee zufolge`."""
    between: re.Pattern[str]
    """Words that may stand between a verb and its subject."""
    joins: re.Pattern[str]
    continues: re.Pattern[str]
    """All that stands before a quotation of somebody who goes on: `Et d'ajouter`."""
    he: str
    she: str
    articles: frozenset[str]
    women: frozenset[str]
    men: frozenset[str]
    ends: frozenset[str]
    adverbs: frozenset[str]
    relative: frozenset[str]
    particles: frozenset[str]
    works: frozenset[str]
    """Words before the title of a work, a name or a word that is quoted."""
    drops_subject: bool
    """A verb without a subject goes on with whoever spoke."""
    nouns_have_capitals: bool


def speech(language: str) -> dict[str, Any]:
    """A language's table."""
    return tomllib.loads(files("pipeline.stages.enrich").joinpath(f"data/speech_{language}.toml").read_text())


@lru_cache(maxsize=8)
def grammar(language: str) -> Grammar:
    """Loaded once."""
    table = speech(language)
    verbs, subject, according = table["verbs"], table["subject"], table["according"]
    behind = according.get("behind", [])
    beginning = according.get("beginning", [])
    return Grammar(
        language,
        Verbs(
            re.compile(rf"(?<![\w'-])(?:{'|'.join(_verbs(verbs))})(?![\w'])", re.IGNORECASE), frozenset(_beginnings(verbs))
        ),
        re.compile(rf"(?<![\w'-])(?:{_any(according['before'])})(?:\s+|(?<=['’]))(?=\S)", re.IGNORECASE),
        re.compile(rf"^(?:{_any(beginning)})\s+(?=\S)", re.IGNORECASE) if beginning else None,
        re.compile(rf"\s(?:{_any(behind)})\b") if behind else None,
        re.compile(rf"(?:[\s,]*(?<![\w'])(?:{_any(subject['between'].split())})(?![\w'-])\.?)*[\s,]*", re.IGNORECASE),
        re.compile(rf"[;:]|(?<![\w'])(?:{_any(subject['joins'].split())})(?![\w])"),
        re.compile("|".join(table["continues"]), re.IGNORECASE),
        subject["he"],
        subject["she"],
        _set(subject["articles"]),
        _set(subject["women"]),
        _set(subject["men"]),
        _set(subject["ends"]),
        _set(subject["adverbs"]),
        _set(subject["relative"]),
        _set(subject["particles"]),
        _set(subject["works"]),
        drops_subject=table.get("drops_subject", False),
        nouns_have_capitals=language == "de",
    )  # fmt: skip


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _finite(table: dict[str, Any]) -> set[str]:
    return {stem + ending for stem in table["stems"].split() for ending in table["endings"].split()} | set(
        table["finite"].split()
    )


def _beginnings(table: dict[str, Any]) -> Iterator[str]:
    """The first words of the patterns of `_verbs`, folded."""
    parted = (phrase.partition(" ")[0] for phrase in table.get("parted", ()))
    spelt = (word for first in parted for word in first.removeprefix("(?:").removesuffix(")").split("|"))
    either = (form for word in spelt for form in (word.replace("?", ""), re.sub(r".\?", "", word)))
    others = (word for name in ("auxiliaries", "pronouns") for word in table.get(name, "").split())
    for verb in (*_finite(table), *table.get("phrases", ()), *either, *others):
        yield folded(_WORD.findall(verb)[0])


def _verbs(table: dict[str, Any]) -> list[str]:
    """Patterns of verbs, compound ones first."""
    finite = _finite(table)
    simple = _any([*table.get("phrases", ()), *finite])
    made = [
        rf"{first}(?![\w])(?=[^.;:]*\s{rest}(?![\w]))"
        for first, _, rest in (phrase.partition(" ") for phrase in table.get("parted", ()))
    ]
    if "auxiliaries" not in table:
        return [*made, simple]
    participles = {stem + ending for stem in table["stems"].split() for ending in table["participles"].split()}
    participle = rf"(?:{_any([*participles, *table['participles_too'].split()])})(?:e|es|s)?"
    auxiliary, adverbs = _any(table["auxiliaries"].split()), _any(table["inner_adverbs"].split())
    clitic = rf"(?:(?:{'|'.join(c if c.endswith(chr(39)) else c + chr(92) + 's' for c in table['pronouns'].split())}))?"
    inner = rf"(?:\s+(?:{adverbs}|\w+ment))?\s+"
    return [
        rf"{clitic}(?:{auxiliary})-(?:t-)?(?P<first>{_PRONOUNS}){inner}{participle}",
        rf"{clitic}(?:{auxiliary}){inner}{participle}",
        rf"{clitic}(?:{simple})-(?:t-)?(?P<second>{_PRONOUNS})",
        rf"{clitic}(?:{simple})(?!-)",
    ]


def _any(words: list[str]) -> str:
    """The longest first; `_` stands for a space."""
    return "|".join(re.escape(word.replace("_", " ")) for word in sorted(words, key=len, reverse=True))


def joins(tokens: list[str], n: int, particles: frozenset[str]) -> bool:
    """Whether the particle with number `n` has a name behind it: `von der Leyen`."""
    while n < len(tokens) and tokens[n].casefold() in particles:
        n += 1
    return n < len(tokens) and bool(_CAPITAL.match(tokens[n]))


def elided(token: str) -> list[str]:
    """`l'avocat` is two words."""
    before, mark, after = token.partition("'")
    return [before + mark, after] if mark and len(before) == 1 and after else [token]
