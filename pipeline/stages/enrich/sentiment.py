"""How positive or negative a text reads.

Method: VADER, a lexicon with rules for negation, degree and emphasis (Hutto and Gilbert, ICWSM 2014). English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
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


@lru_cache(maxsize=1)
def _vader() -> tuple[Any, Any]:
    """The library and its analyzer."""
    from vaderSentiment import vaderSentiment

    return vaderSentiment, vaderSentiment.SentimentIntensityAnalyzer()


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
    """As VADER's own `polarity_scores`, which weighs every word: only words of its lexicon have weight."""
    library, vader = _vader()
    if not sentence.isascii() and not vader.emojis.keys().isdisjoint(sentence):
        return float(vader.polarity_scores(sentence)["compound"])
    said = library.SentiText(sentence.strip())
    words = [word.lower() for word in said.words_and_emoticons]
    if vader.lexicon.keys().isdisjoint(words):
        return 0.0
    weights: list[float] = []
    for n, word in enumerate(words):
        if (
            word not in vader.lexicon
            or word in library.BOOSTER_DICT
            or (word == "kind" and words[n + 1 : n + 2] == ["of"])
        ):
            weights.append(0)
        else:
            near = _Near(said.words_and_emoticons[max(0, n - 3) : n + 3], said.is_cap_diff)
            vader.sentiment_valence(0, near, said.words_and_emoticons[n], min(n, 3), weights)
    return float(vader.score_valence(vader._but_check(said.words_and_emoticons, weights), said.text)["compound"])


SENTIMENT = Enricher(
    "sentiment", lambda article, made, chosen: sentiment(text_of(article), made.get("language")), load=_vader
)
COMMENT_SENTIMENT = Enricher(
    "sentiment", lambda comment, made, chosen: sentiment(comment.text, made.get("language")), load=_vader
)
