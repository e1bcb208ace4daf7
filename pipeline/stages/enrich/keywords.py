"""Key phrases of a text.

Method: RAKE (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual documents", 2010): runs of
words between stop words and punctuation are candidates; a word scores its degree by its frequency, a phrase the sum.
Here a phrase's score is also weighted by how often it occurs and whether the headline has it, as news leads with its
topic.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.stages.enrich.enricher import Enricher
from pipeline.stages.enrich.words import (
    LETTERS,
    LOOSE_MARK,
    WORD,
    has_stop_words,
    in_first_plane,
    stop_words,
    stop_words_of,
)

MAX_PHRASE = 3
READ = 2500
"""Characters of the text that are read: news begins with what matters."""
_BREAK = re.compile(r"[.,;:!?()\[\]\"“”„«»—–\n]")
_DASH = re.compile(r"-(?<=\s-)(?=\s)")
_PLANE_WORD_OR_BREAK = re.compile(f"[{LETTERS}\n][{LETTERS}'-]*")
_WORD_OR_BREAK = re.compile(rf"{WORD.pattern}|\n")
_CUT = "\n"
_ELIDING = frozenset(["fr", "it", "ca"])
_ELIDED = re.compile(
    r"\b(?:l|d|j|m|t|s|n|c|qu|jusqu|lorsqu|puisqu|un|dell|all|nell|sull|dall|quell|quest)['’](?=\w)", re.IGNORECASE
)
"""`l'élection` is about the election."""
MAX_WORD = 80
"""Letters; what is longer is no word, but a code or an attack."""


def keywords(
    headline: str, paragraphs: tuple[str, ...], language: str | None = None, limit: int = 10
) -> tuple[str, ...]:
    """Up to `limit` phrases, best first, in lower case. None for a language whose function words aren't known, or that is
    written without spaces: they would be words in a row and nothing more."""
    if language in (None, "en"):
        stop = stop_words()
    elif has_stop_words(language):
        stop = stop_words_of(language)
    else:
        return ()
    if language in _ELIDING:
        headline, *paragraphs_ = (_ELIDED.sub(" ", text) for text in (headline, *paragraphs))
        paragraphs = tuple(paragraphs_)
    in_headline = frozenset(_candidates(headline, stop))
    lead = "\n".join(paragraphs)[:READ]
    phrases = Counter((*in_headline, *_candidates(lead, stop)))
    if len(phrases) < 2 * limit:
        scored = phrases
    else:
        scored = Counter({phrase: n for phrase, n in phrases.items() if n > 1 or phrase in in_headline})
    counted = frozenset(" ".join(scored).split())
    frequency, degree = dict.fromkeys(counted, 0), dict.fromkeys(counted, 0)
    for phrase, n in phrases.items():
        words = phrase.split()
        for word in words:
            if word in counted:
                frequency[word] += n
                degree[word] += len(words) * n
    scores = {
        phrase: sum([degree[word] / frequency[word] for word in phrase.split()])
        * n
        * (2 if phrase in in_headline else 1)
        for phrase, n in scored.items()
    }
    best: list[str] = []
    for phrase, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if not any(f" {phrase} " in f" {other} " for other in best):
            best.append(phrase)
        if len(best) == limit:
            break
    return tuple(best)


def _candidates(text: str, stop: frozenset[str]) -> list[str]:
    """Runs of words that carry meaning, cut at what carries none and at punctuation."""
    text = text.casefold().replace("’", "'")
    tokens = _words_and_breaks(text)
    cut = {
        token
        for token in set(tokens)
        if (word := token.removesuffix("'s")) in stop
        or not 3 <= len(word) <= MAX_WORD
        or not (word.isalpha() or word[0].isalpha())
    }
    if numbers := {token for token in cut if token.isdigit()}:
        tokens = [token for token in tokens if token not in numbers]
    runs = " ".join([*[_CUT if token in cut else token for token in tokens], _CUT]).replace("'s ", " ")
    return [" ".join(run.split()[:MAX_PHRASE]) for run in runs.split(_CUT) if run not in ("", " ")]


def _words_and_breaks(text: str) -> list[str]:
    """Words in order, and a line break for what ends a run of them; more than one for several in a row."""
    text = _BREAK.sub(" \n ", _DASH.sub("\n", text))
    if not in_first_plane(text):
        return _WORD_OR_BREAK.findall(text)
    return _PLANE_WORD_OR_BREAK.findall(LOOSE_MARK.sub(" ", text))


KEYWORDS = Enricher(
    "keywords", lambda article, made, chosen: keywords(article.headline, article.paragraphs, made.get("language"))
)
