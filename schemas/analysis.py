"""How texts become terms: one folding for every text, and a stemmed one for each language that has a stemmer.

Made of it and checked in: schemas/index/analysis-full.json, for servers with the filters of the module `analysis-common` (or
the plugin, pipeline/local/plugin), and analysis-core.json for those without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Script = Literal["arabic", "armenian", "bengali", "cyrillic", "devanagari", "greek", "latin", "thai"]
Settings = dict[str, Any]


@dataclass(frozen=True)
class Language:
    """How the words of a language are stemmed; by Elasticsearch's names."""

    stemmer: str | None
    scripts: tuple[Script, ...] = ("latin",)
    elided: str = ""
    """Articles and pronouns before an apostrophe that are no part of the word."""
    before: tuple[str, ...] = ()
    """Filters before the stemmer: normalization of the language's own spellings."""
    lower: str | None = None
    """A language whose capitals have rules of their own."""
    tokenizer: str = "standard"


_ITALIAN = "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d quest quell bell sant tutt mezz anch com dov"
LANGUAGES: dict[str, Language] = {
    "ar": Language("arabic", ("arabic",), before=("decimal_digit", "arabic_normalization")),
    "bg": Language("bulgarian", ("cyrillic",)),
    "bn": Language("bengali", ("bengali",), before=("decimal_digit", "indic_normalization", "bengali_normalization")),
    "ca": Language("catalan", elided="d l m n s t"),
    "ckb": Language("sorani", ("arabic",), before=("sorani_normalization", "decimal_digit")),
    "cs": Language("czech"),
    "da": Language("danish"),
    "de": Language("light_german", before=("german_normalization",)),
    "el": Language("greek", ("greek",), lower="greek"),
    "en": Language("english"),
    "es": Language("light_spanish"),
    "et": Language("estonian"),
    "eu": Language("basque"),
    "fa": Language("persian", ("arabic",), before=("decimal_digit", "arabic_normalization", "persian_normalization")),
    "fi": Language("finnish"),
    "fr": Language("light_french", elided="l m t qu n s j d c jusqu quoiqu lorsqu puisqu"),
    "ga": Language("irish", elided="d m b", lower="irish"),
    "gl": Language("galician"),
    "hi": Language("hindi", ("devanagari",), before=("decimal_digit", "indic_normalization", "hindi_normalization")),
    "hu": Language("hungarian"),
    "hy": Language("armenian", ("armenian",)),
    "id": Language("indonesian"),
    "it": Language("light_italian", elided=_ITALIAN),
    "lt": Language("lithuanian"),
    "lv": Language("latvian"),
    "nb": Language("norwegian"),
    "nl": Language("dutch"),
    "nn": Language("light_nynorsk"),
    "pt": Language("light_portuguese"),
    "ro": Language("romanian"),
    "ru": Language("russian", ("cyrillic",)),
    "sr": Language("serbian", ("cyrillic", "latin"), before=("serbian_normalization",)),
    "sv": Language("swedish"),
    "th": Language(None, ("thai",), before=("decimal_digit",), tokenizer="thai"),
    "tr": Language("turkish", lower="turkish"),
}  # fmt: skip
"""By ISO 639 code: those with a stemmer, or a tokenizer, in Lucene's common analysis. Others are folded only."""
_SAME = {"no": "nb"}
STEMMED_FIELDS = ("headline", "summary", "body")
"""Fields of an article that have a stemmed twin, `stemmed.<language>.<field>`."""


def stemmed_as(language: str | None) -> str | None:
    """The language of LANGUAGES whose twins hold a text in `language` (a BCP 47 tag); None where there is none."""
    code = (language or "").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if code in LANGUAGES else None


def languages_in(scripts: Iterable[str]) -> tuple[str, ...]:
    """Languages of LANGUAGES that are written in one of these scripts."""
    wanted = set(scripts)
    return tuple(code for code, language in LANGUAGES.items() if wanted.intersection(language.scripts))
