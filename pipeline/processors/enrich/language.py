"""The language that a text is written in."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

SHORTEST = 20
"""Characters below which a guess would be worth little."""
_LOOKED_AT = 2000


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
    if len(sample.strip()) < SHORTEST:
        return declared_code if declared_code and 2 <= len(declared_code) <= 3 and declared_code.isalpha() else None
    code, probability = _identifier().classify(sample)
    if float(probability) < 0.5:
        return declared_code if declared_code and 2 <= len(declared_code) <= 3 and declared_code.isalpha() else None
    return str(code)


def direction(text: str) -> str:
    """`rtl` where most letters of the text are of scripts that run from right to left, else `ltr`."""
    letters = [unicodedata.bidirectional(character) for character in text[:_LOOKED_AT] if character.isalpha()]
    return "rtl" if sum(kind in ("R", "AL") for kind in letters) * 2 > len(letters) else "ltr"
