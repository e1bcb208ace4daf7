"""Text in a language, by the frequencies of its words.

A language is a list of its most frequent words and one of words that news is made of (words/*.txt). From these the rest of
its vocabulary is invented: words that have its letters in its order. The nth word of a list is as frequent as 1/n.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

LANGUAGES = {"en": 50, "de": 14, "fr": 12, "es": 12, "it": 6, "pt": 6}
"""How many of a hundred articles are in each."""
INVENTED = 8_000
_FLATTER = 2.7
"""Added to each rank, as in Mandelbrot's form of Zipf's law."""
_SAID = {
    "en": "said", "de": "sagte", "fr": "a déclaré", "es": "dijo", "it": "ha detto", "pt": "disse",
}  # fmt: skip
_COUNTED = {
    "en": ("people", "percent", "million dollars", "homes"),
    "de": ("Menschen", "Prozent", "Millionen Euro", "Häuser"),
    "fr": ("personnes", "pour cent", "millions d'euros", "logements"),
    "es": ("personas", "por ciento", "millones de euros", "viviendas"),
    "it": ("persone", "per cento", "milioni di euro", "case"),
    "pt": ("pessoas", "por cento", "milhões de euros", "casas"),
}


class Zipf:
    """Draws words; the earlier in the list, the more often."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._sums = list(accumulate(1 / (rank + _FLATTER) for rank in range(1, len(words) + 1)))

    def draw(self, rng: random.Random) -> str:
        return self.words[bisect(self._sums, rng.random() * self._sums[-1])]

    def some(self, rng: random.Random, count: int) -> Zipf:
        """A list of its own, of words that are drawn evenly: what one story is about."""
        return Zipf(rng.sample(self.words, count))


@dataclass(frozen=True)
class Subject:
    """What an article is about: words and names that come back in it, and in others about the same."""

    words: Zipf
    people: tuple[str, ...]
    bodies: tuple[str, ...]
    place: str


class Language:
    def __init__(self, code: str) -> None:
        self.code = code
        text = (Path(__file__).parent / "words" / f"{code}.txt").read_text(encoding="utf-8")
        frequent, news = (part.split() for part in text.partition("\n")[2].strip().split("\n\n"))
        self._frequent = Zipf(frequent)
        # of this generator's own, so that the vocabulary is the same for every seed
        self._news = Zipf(news + _invented(news, random.Random(code)))

    def subject(self, rng: random.Random, places: Sequence[str]) -> Subject:
        people = tuple(f"{self.name(rng)} {self.name(rng)}" for _ in range(rng.randint(1, 5)))
        bodies = tuple(f"{self.name(rng)} {self.name(rng)}" for _ in range(rng.randint(0, 3)))
        return Subject(self._news.some(rng, 40), people, bodies, rng.choice(places))

    def name(self, rng: random.Random) -> str:
        """An invented family name, or that of a company."""
        return rng.choice(self._news.words[-INVENTED:]).capitalize()

    def headline(self, rng: random.Random, subject: Subject) -> str:
        words = [subject.words.draw(rng) for _ in range(rng.randint(3, 6))]
        words.insert(rng.randint(0, len(words)), rng.choice([subject.place, *subject.people]))
        words.insert(rng.randint(1, len(words)), self._frequent.draw(rng))
        line = " ".join(words)
        return line[0].upper() + line[1:]

    def paragraphs(self, rng: random.Random, subject: Subject) -> tuple[str, ...]:
        """Most articles are short, some are long."""
        count = max(2, min(60, round(rng.lognormvariate(2.4, 0.5))))
        return tuple(self.paragraph(rng, subject) for _ in range(count))

    def paragraph(self, rng: random.Random, subject: Subject) -> str:
        text = " ".join(self.sentence(rng, subject) for _ in range(rng.choice((1, 2, 2, 3, 3, 4))))
        if rng.random() < 0.2:
            return f"“{text[:-1]},” {_SAID[self.code]} {rng.choice(subject.people)}."
        return text

    def sentence(self, rng: random.Random, subject: Subject) -> str:
        words: list[str] = []
        for _ in range(max(4, min(50, round(rng.lognormvariate(2.9, 0.4))))):
            kind = rng.random()
            if kind < 0.45:
                words.append(self._frequent.draw(rng))
            elif kind < 0.93:
                words.append((subject.words if rng.random() < 0.3 else self._news).draw(rng))
            elif kind < 0.97:
                words.append(rng.choice([*subject.people, *subject.bodies]))
            elif kind < 0.985:
                words.append(subject.place)
            else:
                words.append(f"{_number(rng)} {rng.choice(_COUNTED[self.code])}")
        line = " ".join(words)
        return f"{line[0].upper()}{line[1:]}."


@cache
def language(code: str) -> Language:
    return Language(code)


def _number(rng: random.Random) -> str:
    amount = int(10 ** rng.uniform(0.5, 4))
    return f"{amount:,}" if rng.random() < 0.7 else f"{amount / 10:.1f}"


def _invented(words: Sequence[str], rng: random.Random) -> list[str]:
    """New words, letter by letter by what follows two others in the given ones."""
    follow: dict[str, list[str]] = defaultdict(list)
    for word in words:
        padded = f"  {word} "
        for at in range(len(padded) - 2):
            follow[padded[at : at + 2]].append(padded[at + 2])
    made = dict.fromkeys(words)
    known = len(made)
    while len(made) < known + INVENTED:
        word = "  "
        while not word[2:].endswith(" ") and len(word) < 18:
            word += rng.choice(follow.get(word[-2:], [" "]))
        if len(word.strip()) > 3:
            made[word.strip()] = None
    return list(made)[known:]
