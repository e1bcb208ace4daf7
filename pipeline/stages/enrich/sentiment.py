"""How positive or negative a text reads.

Method: VADER, a lexicon with rules for negation, degree and emphasis (Hutto and Gilbert, ICWSM 2014). English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from string import punctuation
from typing import Any, NamedTuple

from pipeline.stages.enrich.enricher import Enricher, text_of
from schemas.enrichment import Sentiment

LANGUAGES = frozenset({"en"})
_SENTENCE_END = re.compile(r"[.!?]\s+")
_SENTENCES = 5
"""News puts what matters first: the lead is scored, not the whole story."""
_MAX_SENTENCE = 300
_NEUTRAL = 0.05
"""VADER's own threshold."""


class _Vader(NamedTuple):
    """The library's analyzer, and what of its tables a quick look needs."""

    library: Any
    analyzer: Any
    modifiers: frozenset[str]
    """Words that change what others weigh, and one of each phrase that does; those with `n't` come to them."""


@lru_cache(maxsize=1)
def _vader() -> _Vader:
    from vaderSentiment import vaderSentiment

    library: Any = vaderSentiment
    phrases = (*library.BOOSTER_DICT, *library.NEGATE, *library.SPECIAL_CASES)
    modifiers = {max(phrase.split(), key=len) for phrase in phrases} | {
        "no",
        "never",
        "so",
        "this",
        "without",
        "doubt",
        "least",
    }
    return _Vader(library, library.SentimentIntensityAnalyzer(), frozenset(modifiers))


def sentiment(text: str, language: str | None) -> Sentiment | None:
    """Mean over the leading sentences; None where the language isn't one of `LANGUAGES` or there is no text."""
    if language not in LANGUAGES:
        return None
    sentences = [s[:_MAX_SENTENCE] for s in islice(filter(str.strip, _sentences(text[:8000])), _SENTENCES)]
    if not sentences:
        return None
    scores = list(map(_compound, sentences))
    score = round(sum(scores) / len(scores), 3)
    label = "positive" if score >= _NEUTRAL else "negative" if score <= -_NEUTRAL else "neutral"
    return Sentiment(score=score, label=label)


class _Near(NamedTuple):
    """A word with three before and two behind it: as far as VADER looks."""

    words_and_emoticons: list[str]
    is_cap_diff: bool


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield text[start : end.start() + 1]
        start = end.end()
    yield text[start:]


def _compound(sentence: str) -> float:
    """As VADER's own `polarity_scores`, which weighs every word with all that could change it: only words of its lexicon
    have weight, and most have nothing near that changes it."""
    library, vader, modifiers = _vader()
    if not sentence.isascii() and not vader.emojis.keys().isdisjoint(sentence):
        return float(vader.polarity_scores(sentence)["compound"])
    sentence = sentence.strip()
    tokens = sentence.split()
    words = [bare if len(bare := token.strip(punctuation)) > 2 else token for token in tokens]
    lower = [word.lower() for word in words]
    lexicon: dict[str, float] = vader.lexicon
    if lexicon.keys().isdisjoint(lower):
        return 0.0
    denied = "n't" in sentence.lower()
    weights: list[float] = []
    for n, word in enumerate(lower):
        if word not in lexicon or word in library.BOOSTER_DICT or (word == "kind" and lower[n + 1 : n + 2] == ["of"]):
            weights.append(0)
        elif not denied and modifiers.isdisjoint(lower[max(0, n - 3) : n + 3]) and not words[n].isupper():
            weights.append(lexicon[word])
        else:
            near = _Near(words[max(0, n - 3) : n + 3], library.allcap_differential(words))
            vader.sentiment_valence(0, near, words[n], min(n, 3), weights)
    return float(vader.score_valence(vader._but_check(words, weights), sentence)["compound"])


SENTIMENT = Enricher(
    "sentiment", lambda article, made, chosen: sentiment(text_of(article), made.get("language")), load=_vader
)
COMMENT_SENTIMENT = Enricher(
    "sentiment", lambda comment, made, chosen: sentiment(comment.text, made.get("language")), load=_vader
)
