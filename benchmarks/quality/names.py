"""People, places and organisations against a corpus with a word and its tag a line (CoNLL-2003: `I-PER`, `B-PER`, `O`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.quality.score import Score
from pipeline.stages.enrich.entities import entities
from schemas.enrichment import EntityKind

PASSAGE = 12
"""Sentences that are read as one text: the corpus has no paragraphs."""
_KINDS = {"PER": EntityKind.PERSON, "LOC": EntityKind.PLACE, "ORG": EntityKind.ORGANISATION}
Sentence = list[tuple[str, str]]


def sentences(path: Path) -> Iterator[Sentence]:
    """Sentences as (word, tag)."""
    words: Sentence = []
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("-DOCSTART-"):
            parts = line.split()
            words.append((parts[0], parts[-1]))
        elif words:
            yield words
            words = []
    if words:
        yield words


def labelled(sentence: Sentence) -> set[tuple[EntityKind, str]]:
    """The names of a sentence, with their kinds."""
    found = set()
    words: list[str] = []
    kind = ""
    for word, tag in [*sentence, ("", "O")]:
        prefix, _, of = tag.partition("-")
        if words and (of != kind or prefix == "B"):
            if kind in _KINDS:
                found.add((_KINDS[kind], " ".join(words)))
            words = []
        if of:
            words.append(word)
        kind = of
    return found


def text_of(sentence: Sentence) -> str:
    """A sentence as it was printed: without the spaces around its marks."""
    text = " ".join(word for word, _ in sentence)
    text = re.sub(r" ([,.;:!?%)\]]|'s\b|'\B|n't\b)", r"\1", text)
    text = re.sub(r"([(\[$]) ", r"\1", text)
    return re.sub(r'" ([^"]*) "', r'"\1"', text)


def score(path: Path) -> dict[EntityKind, tuple[Score, Score, Score]]:
    """Per passage the set of (kind, name): of all passages, of every other one, and of those between. A person counts where the
    surname is right."""
    made = {kind: (Score(), Score(), Score()) for kind in EntityKind}
    read = list(sentences(path))
    for number, start in enumerate(range(0, len(read), PASSAGE)):
        passage = read[start : start + PASSAGE]
        wanted = set().union(*map(labelled, passage))
        shown = entities(tuple(map(text_of, passage)), "en")
        for kind, (every, *halves) in made.items():
            for counted in (every, halves[number % 2]):
                counted.compare(
                    {_plain(kind, name) for of, name in wanted if of is kind},
                    {_plain(kind, one.name) for one in shown if one.kind is kind and one.sure},
                )
    return made


def _plain(kind: EntityKind, name: str) -> str:
    name = re.sub(r"[^\w-]+", " ", name.casefold()).strip()
    return name.split()[-1] if kind is EntityKind.PERSON and name else name
