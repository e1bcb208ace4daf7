"""How positive or negative a text reads.

Method: VADER, a lexicon with rules for negation, degree and emphasis (Hutto and Gilbert, ICWSM 2014). English only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.stages.enrich.enricher import Enricher, text_of
from schemas.enrichment import Sentiment

LANGUAGES = frozenset({"en"})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SENTENCES = 5
"""News puts what matters first: the lead is scored, not the whole story."""
_MAX_SENTENCE = 300
_NEUTRAL = 0.05
"""VADER's own threshold."""


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def sentiment(text: str, language: str | None) -> Sentiment | None:
    """Mean over the leading sentences; None where the language isn't one of `LANGUAGES` or there is no text."""
    if language not in LANGUAGES:
        return None
    sentences = [s[:_MAX_SENTENCE] for s in _SENTENCE_END.split(text[:8000]) if s.strip()][:_SENTENCES]
    if not sentences:
        return None
    scores = [float(_analyzer().polarity_scores(s)["compound"]) for s in sentences]
    score = round(sum(scores) / len(scores), 3)
    label = "positive" if score >= _NEUTRAL else "negative" if score <= -_NEUTRAL else "neutral"
    return Sentiment(score=score, label=label)


SENTIMENT = Enricher(
    "sentiment", lambda article, made, chosen: sentiment(text_of(article), made.get("language")), load=_analyzer
)
COMMENT_SENTIMENT = Enricher(
    "sentiment", lambda comment, made, chosen: sentiment(comment.text, made.get("language")), load=_analyzer
)
