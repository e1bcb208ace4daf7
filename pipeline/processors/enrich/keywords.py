"""Key phrases of a text.

Method: RAKE (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual documents", 2010): runs of
words between stop words and punctuation are candidates; a word scores its degree by its frequency, a phrase the sum.
Here a phrase's score is also weighted by how often it occurs and whether the headline has it, as news leads with its
topic.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from pipeline.processors.enrich.words import WORD, stop_words

LONGEST_PHRASE = 3
_BREAK = re.compile(r"[.,;:!?()\[\]\"“”„«»—–\n]|\s-\s")


def keywords(headline: str, paragraphs: tuple[str, ...], limit: int = 10) -> tuple[str, ...]:
    """Up to `limit` phrases, best first, in lower case."""
    stop = stop_words()
    frequency: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    phrases: Counter[tuple[str, ...]] = Counter()
    in_headline: set[tuple[str, ...]] = set()
    for nth, text in enumerate((headline, *paragraphs)):
        for clause in _BREAK.split(text):
            for phrase in _candidates(clause, stop):
                phrases[phrase] += 1
                if nth == 0:
                    in_headline.add(phrase)
                for word in phrase:
                    frequency[word] += 1
                    degree[word] += len(phrase)
    scores: dict[str, float] = defaultdict(float)
    for phrase, n in phrases.items():
        score = sum(degree[word] / frequency[word] for word in phrase) * n * (2 if phrase in in_headline else 1)
        if n > 1 or phrase in in_headline or len(phrases) < 2 * limit:
            scores[" ".join(phrase)] = score
    best: list[str] = []
    for phrase_text, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if not any(f" {phrase_text} " in f" {other} " for other in best):
            best.append(phrase_text)
        if len(best) == limit:
            break
    return tuple(best)


def _candidates(clause: str, stop: frozenset[str]) -> list[tuple[str, ...]]:
    phrases: list[tuple[str, ...]] = []
    run: list[str] = []
    for match in WORD.finditer(clause):
        word = match[0].casefold().replace("’", "'").removesuffix("'s")
        if word in stop or len(word) < 3:
            if run:
                phrases.append(tuple(run[:LONGEST_PHRASE]))
            run = []
        else:
            run.append(word)
    if run:
        phrases.append(tuple(run[:LONGEST_PHRASE]))
    return phrases
