"""How texts become terms: one folding for every text, and a stemmed one for each language that has a stemmer.

Made of it and checked in: schemas/index/analysis-full.json, for servers with the filters of the module `analysis-common` (the
local one has them by a plugin, pipeline/local/plugin), and analysis-core.json for those without.
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
    "it": Language("italian", elided=_ITALIAN),
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


_SPELLINGS = {
    "'": "\u2018\u2019\u201b\u02bb\u02bc\u02b9\u2032`\u00b4\uff07\u05f3",  # apostrophes, and what is typed in their place
    '"': "\u05f4",  # of Hebrew abbreviations
    "_": "-\u2010\u2011\ufe63\uff0d\u058a\u05be",  # hyphens: the tokenizer leaves words with `_` together, `parts_and_whole` takes them apart
    "е": "ё", "Е": "Ё",
    "و": "ؤ", "ي": "ئ",
    "": "\u00ad\u200b\u200d\u2060\ufeff" + "".join(map(chr, (*range(0x5B0, 0x5BD), 0x5BF, 0x5C1, 0x5C2, 0x5C7))),  # invisible; Hebrew points
}  # fmt: skip
_GROUPED = r"\p{Nd}[ .,'\u2019\u00a0\u2009\u202f\u066c\uff0c](?=\p{Nd}{3}(?!\p{Nd}))(?<=(?<![\p{IsLatin}\p{Nd}])\p{Nd}{0,2}(\p{Nd}).)"
"""A digit, which is kept, and what stands between it and a group of three: 12,500 and 12 500 are 12500. It begins with the digit,
as a text has few of them: a pattern that begins with the space is tried at every word."""


def full() -> Settings:
    """The analysis of a server with the filters. `default` is how every text is indexed that names no analyzer, `default_search`
    how queries of it are read; `stemmed_…` is for one language.

    A word with a hyphen or apostrophe is indexed in parts and as a whole, so that `email` finds `e-mail`; letters and digits
    are always taken apart (F-16, F16). ASCII folding comes before lower case, which would break the Turkish dotted I.
    """
    folded = [
        "cjk_width",
        "decimal_digit",
        "asciifolding",
        "lower_greek",
        "arabic_normalization",
        "persian_normalization",
        "cjk_bigram",
    ]
    # queries in parts only: a phrase over a graph of tokens misses what is there (Lucene's nested spans don't look back)
    # the graph is not flattened for the index: parts are on one line, so that flattening changes no term and no position, at most
    # that a whole ends later (the offset of its last part is the right one); it took a fifth of the analysis
    indexed, asked = ["parts_and_whole"], ["parts"]
    characters = ["spellings", "grouped_digits"]
    parts: Settings = {"type": "word_delimiter_graph", "split_on_case_change": False}
    filters: Settings = {"parts": parts, "parts_and_whole": parts | {"catenate_words": True}}
    analyzers: Settings = {
        "default": _analyzer("standard", characters, [*folded, *indexed]),
        "default_search": _analyzer("standard", characters, [*folded, *asked]),
    }
    for code, language in LANGUAGES.items():
        before: list[str] = []
        after: list[str] = []
        if language.elided:
            filters[f"elided_{code}"] = {"type": "elision", "articles_case": True, "articles": language.elided.split()}
            before.append(f"elided_{code}")
        if code == "tr":
            before.append("apostrophe")
        if language.lower:
            filters[f"lower_{language.lower}"] = {"type": "lowercase", "language": language.lower}
        after += [f"lower_{language.lower}" if language.lower else "lowercase", *language.before]
        if language.stemmer:
            filters[f"stem_{code}"] = {"type": "stemmer", "language": language.stemmer}
            after.append(f"stem_{code}")
        if "latin" in language.scripts:
            after.append("asciifolding")
        for name, middle in ((analyzer_of(code), indexed), (f"{analyzer_of(code)}_search", asked)):
            analyzers[name] = _analyzer(language.tokenizer, ["spellings"], [*before, *middle, *after])
    return {
        "char_filter": {
            "spellings": {
                "type": "mapping",
                "mappings": [f"{one}=>{to}" for to, all_ in _SPELLINGS.items() for one in all_],
            },
            "grouped_digits": {"type": "pattern_replace", "pattern": _GROUPED, "replacement": "$1"},
        },
        "filter": filters,
        "analyzer": analyzers,
    }


def core() -> Settings:
    """The analysis of a server without them: lower case only."""
    return {"analyzer": {"default": _analyzer("standard", [], ["lowercase"])}}


def stemmed_properties() -> Settings:
    """The mapping of the stemmed twins."""
    found: Settings = {}
    for code in LANGUAGES:
        text = {"type": "text", "analyzer": analyzer_of(code), "search_analyzer": f"{analyzer_of(code)}_search"}
        found[code] = {"properties": dict.fromkeys(STEMMED_FIELDS, text)}
    return found


def analyzer_of(code: str) -> str:
    """The name of a language's analyzer."""
    return f"stemmed_{code}"


def _analyzer(tokenizer: str, characters: list[str], filters: list[str]) -> Settings:
    found: Settings = {"type": "custom", "tokenizer": tokenizer, "filter": filters}
    return ({"char_filter": characters} if characters else {}) | found


def stemmed_as(language: str | None) -> str | None:
    """The language of LANGUAGES whose twins hold a text in `language` (a BCP 47 tag); None where there is none."""
    code = (language or "").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if code in LANGUAGES else None


def languages_in(scripts: Iterable[str]) -> tuple[str, ...]:
    """Languages of LANGUAGES that are written in one of these scripts."""
    wanted = set(scripts)
    return tuple(code for code, language in LANGUAGES.items() if wanted.intersection(language.scripts))
