"""The language that a text is written in.

Method: its script, then naive Bayes over byte n-grams (Lui and Baldwin, langid.py, ACL 2012; 97 languages), with the language that the
publisher declares as what is likely before the text is read: pages declare the right one 22 times of 23 (`make quality`), and the others
have a template's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.stages.enrich.enricher import Enricher, text_of
from pipeline.stages.enrich.scripts import script_of

MIN_LENGTH = 20
"""Characters below which a guess would be worth little."""
_LOOKED_AT = 400
_WINDOWS = 4
"""A longer text is looked at in so many places: its beginning may be a quotation, or a standfirst in another language."""
_LOOKED_AT_FIRST, _SURE = 200, 0.95
"""The model costs by the character: most texts are told by a few, and only the others are read on."""
_LIKELY = 0.5
_DECLARED_RIGHT = 22
"""How much likelier the declared language is than any other, before the text is read."""
_ENGLISH = frozenset(
    ["about", "after", "against", "although", "and", "are", "because", "been", "being", "between", "but", "could", "did", "does", "during", "each",
     "from", "has", "he", "his", "how", "it", "its", "other", "said", "should", "since", "than", "that", "the", "their", "them", "there", "these",
     "they", "this", "those", "through", "until", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "you", "your"]
)  # fmt: skip
"""Function words that the languages next to English don't have."""
_SURELY_ENGLISH, _SHARE = 5, 8
"""Different ones of them, and one word in how many: no other language has that many."""
_FEW_WORDS = 30
_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts of Unicode's right-to-left blocks."""
_ONE_CODE = {
    "nb": "no", "nob": "no", "nor": "no", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "cmn": "zh", "jp": "ja", "cz": "cs", "gr": "el", "dk": "da", "ua": "uk",
    "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "por": "pt", "dut": "nl", "nld": "nl", "rus": "ru", "ukr": "uk",
    "pol": "pl", "swe": "sv", "dan": "da", "fin": "fi", "ces": "cs", "cze": "cs", "hun": "hu", "ron": "ro", "rum": "ro", "ell": "el", "gre": "el", "tur": "tr",
    "ara": "ar", "fas": "fa", "per": "fa", "heb": "he", "hin": "hi", "jpn": "ja", "kor": "ko", "zho": "zh", "chi": "zh", "ind": "id", "vie": "vi", "tha": "th",
}  # fmt: skip
"""Codes for one language: older ones, those of three letters, Norwegian's, and countries' that are taken for languages."""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str, declared: str | None = None) -> str | None:
    """ISO 639-1 code of `text`, or of `declared` (a BCP 47 tag) where the text doesn't tell and its letters allow it; else None."""
    sample = _sample(text)
    script = script_of(sample)
    likely = _code(declared)
    if likely and not script.allows(likely):
        likely = None
    if script.language or not script.letters:
        return likely or script.language
    if len(sample.strip()) < MIN_LENGTH:
        return likely
    if script.latin and _is_english(sample):
        return "en" if likely in (None, "en") else _of_most_windows(text, "en", likely)
    found, sure = _classified(_sample(text, _LOOKED_AT_FIRST), likely)
    if not sure and len(text) > _LOOKED_AT_FIRST:
        found, _ = _classified(sample, likely)
    if found is None or likely in (None, found):
        return found or likely
    return _of_most_windows(text, found, likely) if len(text) > _LOOKED_AT else found


def _sample(text: str, size: int = _LOOKED_AT) -> str:
    """A short text as it is; of a longer one its beginning and some places of the rest, `size` characters in all."""
    return text if len(text) <= size else " ".join(_windows(text, size))


def _windows(text: str, size: int = _LOOKED_AT) -> list[str]:
    step = len(text) // _WINDOWS
    return [text[n * step : n * step + size // _WINDOWS] for n in range(_WINDOWS)]


def _classified(sample: str, likely: str | None) -> tuple[str | None, bool]:
    """(the language, whether that is sure); None where no one is likely."""
    code, probability = _identifier().classify(sample)
    code = _ONE_CODE.get(code, code)
    if likely and code != likely:
        ranked = {_ONE_CODE.get(one, one): score for one, score in reversed(_identifier().rank(sample))}
        if probability <= _DECLARED_RIGHT * ranked.get(likely, 0.0):
            return likely, probability < _LIKELY
    return (code if probability >= _LIKELY else None), probability >= _SURE


def _of_most_windows(text: str, found: str, likely: str) -> str:
    """Of a text that is as a whole more in `found` than in the declared language: the declared one, where half of it is in that."""
    windows = [window for window in _windows(text) if len(window.strip()) >= MIN_LENGTH]
    declared = sum(_classified(window, None)[0] == likely for window in windows)
    return likely if declared * 2 >= len(windows) > 0 else found


def _code(declared: str | None) -> str | None:
    code = re.split(r"[-_]", declared, maxsplit=1)[0].lower() if declared else ""
    return _ONE_CODE.get(code, code) if 2 <= len(code) <= 3 and code.isascii() and code.isalpha() else None


def _is_english(sample: str) -> bool:
    words = sample.lower().split()
    known = _ENGLISH.intersection(words)
    if len(known) < _SURELY_ENGLISH or _SHARE * sum(map(known.__contains__, words)) < len(words):
        return False
    # of a text in two languages the rest decides too
    quarters = [words[n * len(words) // _WINDOWS : (n + 1) * len(words) // _WINDOWS] for n in range(_WINDOWS)]
    return len(words) < _FEW_WORDS or sum(not known.isdisjoint(quarter) for quarter in quarters) >= _WINDOWS - 1


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
