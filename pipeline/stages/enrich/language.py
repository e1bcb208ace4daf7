"""The language that a text is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.stages.enrich.enricher import Enricher, text_of

MIN_LENGTH = 20
"""Characters below which a guess would be worth little."""
_LOOKED_AT = 400
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
    code, probability = _identifier().classify(sample)
    if float(probability) < 0.5:
        return declared_code if declared_code and 2 <= len(declared_code) <= 3 and declared_code.isalpha() else None
    return str(code)


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
