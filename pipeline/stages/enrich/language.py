"""The language that a text is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.stages.enrich.enricher import Enricher, text_of

MIN_LENGTH = 20
"""Characters below which a guess would be worth little."""
_LOOKED_AT = 400
_LOOKED_AT_FIRST, _SURE = 160, 0.95
"""The model costs by the character: most texts are told by a few, and only the others are read on."""
_ENGLISH = frozenset(
    ["about", "after", "against", "although", "and", "are", "because", "been", "being", "between", "but", "could", "did", "does", "during", "each",
     "from", "has", "he", "his", "how", "it", "its", "other", "said", "should", "since", "than", "that", "the", "their", "them", "there", "these",
     "they", "this", "those", "through", "until", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "you", "your"]
)  # fmt: skip
"""Function words that the languages next to English don't have."""
_SURELY_ENGLISH, _SHARE = 5, 8
"""Different ones of them, and one word in how many: no other language has that many."""
_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts of Unicode's right-to-left blocks."""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str, declared: str | None = None) -> str | None:
    """ISO 639-1 code of `text`, or of `declared` (a BCP 47 tag) where the text is too short to tell; else None.

    Method: naive Bayes over byte n-grams (Lui and Baldwin, langid.py, ACL 2012), 97 languages.
    """
    declared_code = declared.split("-")[0].split("_")[0].lower() if declared else None
    sample = text[:_LOOKED_AT]
    if len(sample.strip()) < MIN_LENGTH:
        return declared_code if declared_code and 2 <= len(declared_code) <= 3 and declared_code.isalpha() else None
    if _is_english(sample):
        return "en"
    code, probability = _identifier().classify(sample[:_LOOKED_AT_FIRST])
    if probability < _SURE and len(sample) > _LOOKED_AT_FIRST:
        code, probability = _identifier().classify(sample)
    if probability < 0.5:
        return declared_code if declared_code and 2 <= len(declared_code) <= 3 and declared_code.isalpha() else None
    return str(code)


def _is_english(sample: str) -> bool:
    words = sample.lower().split()
    known = _ENGLISH.intersection(words)
    return len(known) >= _SURELY_ENGLISH and _SHARE * sum(map(known.__contains__, words)) >= len(words)


def direction(text: str) -> str:
    """`rtl` where most letters of the text are of scripts that run from right to left, else `ltr`."""
    sample = text[:_LOOKED_AT]
    if sample.isascii() or not (right_to_left := _RIGHT_TO_LEFT.findall(sample)):
        return "ltr"
    return "rtl" if len(right_to_left) * 2 > len(_LETTER.findall(sample)) else "ltr"


LANGUAGE = Enricher(
    "language", lambda article, made, chosen: detect(text_of(article), article.language), load=_identifier
)
DIRECTION = Enricher("direction", lambda article, made, chosen: direction(text_of(article)))
COMMENT_LANGUAGE = Enricher("language", lambda comment, made, chosen: detect(comment.text))
