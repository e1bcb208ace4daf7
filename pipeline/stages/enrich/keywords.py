"""Key phrases of a text.

Method: RAKE (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual documents", 2010): runs of
words between stop words and punctuation are candidates; a word scores its degree by its frequency, a phrase the sum.
Here a phrase's score is also weighted by how often it occurs and whether the headline has it, as news leads with its
topic.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from pipeline.stages.enrich.enricher import Enricher
from pipeline.stages.enrich.words import LETTERS, LOOSE_MARK, WORD, in_first_plane, stop_words

MAX_PHRASE = 3
READ = 2500
"""Characters of the text that are read: news begins with what matters."""
_BREAK = re.compile(r"[.,;:!?()\[\]\"“”„«»—–\n]")
_DASH = re.compile(r"-(?<=\s-)(?=\s)")
_PLANE_WORD_OR_BREAK = re.compile(f"[{LETTERS}\n][{LETTERS}'-]*")
_WORD_OR_BREAK = re.compile(rf"{WORD.pattern}|\n")
MAX_WORD = 80
"""Letters; what is longer is no word, but a code or an attack."""


def keywords(headline: str, paragraphs: tuple[str, ...], limit: int = 10) -> tuple[str, ...]:
    """Up to `limit` phrases, best first, in lower case."""
    stop = stop_words()
    in_headline = frozenset(_candidates(headline, stop))
    lead = "\n".join(paragraphs)[:READ]
    phrases = Counter((*in_headline, *_candidates(lead, stop)))
    frequency: dict[str, int] = defaultdict(int)
    degree: dict[str, int] = defaultdict(int)
    for phrase, n in phrases.items():
        length = len(phrase) * n
        for word in phrase:
            frequency[word] += n
            degree[word] += length
    few = len(phrases) < 2 * limit
    scores = {
        " ".join(phrase): sum(degree[word] / frequency[word] for word in phrase)
        * n
        * (2 if phrase in in_headline else 1)
        for phrase, n in phrases.items()
        if n > 1 or few or phrase in in_headline
    }
    best: list[str] = []
    for phrase_text, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if not any(f" {phrase_text} " in f" {other} " for other in best):
            best.append(phrase_text)
        if len(best) == limit:
            break
    return tuple(best)


def _candidates(text: str, stop: frozenset[str]) -> list[tuple[str, ...]]:
    """Runs of words that carry meaning, cut at what carries none and at punctuation."""
    phrases: list[tuple[str, ...]] = []
    run: list[str] = []
    for token in _words_and_breaks(text.casefold().replace("’", "'")):
        word = token[:-2] if token[-2:] == "'s" else token
        if not 3 <= len(word) <= MAX_WORD or word in stop or not word[0].isalpha():
            if run and not token.isdigit():
                phrases.append(tuple(run[:MAX_PHRASE]))
                run = []
        else:
            run.append(word)
    if run:
        phrases.append(tuple(run[:MAX_PHRASE]))
    return phrases


def _words_and_breaks(text: str) -> list[str]:
    """Words in order, and a line break for what ends a run of them; more than one for several in a row."""
    text = _BREAK.sub(" \n ", _DASH.sub("\n", text))
    if not in_first_plane(text):
        return _WORD_OR_BREAK.findall(text)
    return _PLANE_WORD_OR_BREAK.findall(LOOSE_MARK.sub(" ", text))


KEYWORDS = Enricher("keywords", lambda article, made, chosen: keywords(article.headline, article.paragraphs))
