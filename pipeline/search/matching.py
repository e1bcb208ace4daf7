"""What a reader's words, phrases and prefixes mean as Elasticsearch queries: on which fields, and how they are marked. Pure.

A word may be in any field: `author topic` finds what the author wrote on the topic. A word means itself in any spelling that
folds to the same (case, accents, apostrophes, hyphens), and its other forms in the article's own language. Never a similar
word: those are only suggested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from unicodedata import category, normalize

from pipeline.search.costs import MAX_PARTS, Budget, parts, runs, scripts, signs, unspaced
from schemas.analysis import STEMMED_FIELDS, languages_in

Query = dict[str, Any]

MARK_OPEN, MARK_CLOSE = "\ufdd0", "\ufdd1"
"""Around a highlighted word: noncharacters, which no clean text has, so that escaping can come before marking. Not control
characters: Elasticsearch trims those off a fragment's ends."""
SOURCE_EXCLUDES = ("stemmed",)
"""Fields of an article that are for the index only: the same text again."""
HIGHLIGHT: dict[str, dict[str, Any]] = {
    "headline": {"number_of_fragments": 0},
    "summary": {},
    "body": {},
    "faq.answer": {"number_of_fragments": 1},
    "stemmed.*.headline": {"number_of_fragments": 0},
    "stemmed.*.summary": {},
    "stemmed.*.body": {},
}
"""Fields of an article that are marked. `highlights` merges the answer."""
COMMENT_HIGHLIGHT: dict[str, dict[str, Any]] = {"text": {}}

_FIELDS = (
    "headline^4", "summary^2", "body", "topics.text^2", "authors.text^2", "people.text^2", "organisations.text^2", "places.text^2",
    "section.text", "faq.question", "faq.answer",
)  # fmt: skip
_COMMENT_FIELDS = ("text", "author.text")
_CLOSE = ("headline^4", "summary^2", "body")
"""Where words next to each other count more."""
_STEMMED = dict(zip(STEMMED_FIELDS, ("3", "1.5", "0.8"), strict=True))
_TIE = 0.2
MAX_WORDS = 32
"""Of a query; more are left out."""
_SUGGESTED, _MAX_SUGGESTED, _MAX_SIMILAR = 5, 8, 3
"""The shortest word that is corrected, how many of a query, and how many others are tried for each."""
_SPELT = ("body", "headline", "people.text", "places.text", "organisations.text", "authors.text")
"""Fields whose words others are corrected to."""
_GROUPED = re.compile(r"(?<!\w)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\w)")
_QUOTE, _SPACE = re.compile(r'(["\u201c-\u201e\u00ab\u00bb])'), re.compile(r"(\s+)")


def words(text: str, budget: Budget | None = None, *, operator: str = "and") -> Query:
    """Free words, each in any field. With `and` up to three words are all needed, of more three in four; a word with a digit
    always is. With `or` one is enough. `budget` pays for their other forms; by default one of their own."""
    return _words(text, operator, _FIELDS, _CLOSE, budget or Budget(), stemmed=True)


def comment_words(text: str, budget: Budget | None = None, *, operator: str = "and") -> Query:
    """The same for comments, which have no other forms."""
    return _words(text, operator, _COMMENT_FIELDS, ("text",), budget or Budget(), stemmed=False)


def phrase(text: str) -> Query:
    """The words in this order, next to each other, in one field; not their other forms."""
    return _phrase(text, _FIELDS)


def comment_phrase(text: str) -> Query:
    """The same for comments."""
    return _phrase(text, _COMMENT_FIELDS)


def prefix(word: str) -> Query:
    """Words that begin like this."""
    return _prefix(word, _FIELDS)


def comment_prefix(word: str) -> Query:
    """The same for comments."""
    return _prefix(word, _COMMENT_FIELDS)


def suggestion(text: str) -> dict[str, Any]:
    """The body's `suggest` for words that may be misspelt, empty where there are none: never numbers, codes, short words or what
    stands between quotes. `similar_words` reads the answer."""
    return {
        f"{n} {field}": {"text": word, "term": _similar(word, field)}
        for n, word in enumerate(_correctable(text))
        for field in _SPELT
    }


def similar_words(text: str, suggest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Words of `text`, each with a few that are written like it, by the answer to `suggestion`: the most similar first, then
    those in the most articles."""
    similar: dict[str, list[str]] = {}
    for n, word in enumerate(_correctable(text)):
        options = [one for field in _SPELT for entry in suggest.get(f"{n} {field}", ()) for one in entry["options"]]
        options.sort(key=lambda one: (-one["score"], -one["freq"]))
        if options:
            similar[word] = list(dict.fromkeys(one["text"] for one in options))[:_MAX_SIMILAR]
    return similar


def exactly(word: str) -> Query:
    """A term of the index, in any field."""
    return {"multi_match": {"query": word, "fields": [field.partition("^")[0] for field in _FIELDS]}}


def better_words(similar: Mapping[str, Iterable[str]], articles: Mapping[str, int]) -> dict[str, str]:
    """Of words that no article has, each with the first similar one that some have. `articles` is how many have each."""
    better = {word: next((one for one in others if articles[one]), None) for word, others in similar.items()}
    return {word: one for word, one in better.items() if one and not articles[word]}


def corrected(text: str, better: Mapping[str, str]) -> str:
    """`text` with these words instead of its own."""
    pieces = _QUOTE.split(normalize("NFC", text))
    pieces[::4] = ["".join(_replaced(one, better) for one in _SPACE.split(piece)) for piece in pieces[::4]]
    return "".join(pieces)


def highlights(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Marked fragments by field: of a field and its stemmed twin the one that has more marked."""
    best: dict[str, list[str]] = {}
    for field, fragments in found.items():
        own = field.rpartition(".")[2] if field.startswith("stemmed.") else field
        if own not in best or _marks(fragments) > _marks(best[own]):
            best[own] = fragments
    return best


def _words(
    text: str, operator: str, fields: tuple[str, ...], close: tuple[str, ...], budget: Budget, *, stemmed: bool
) -> Query:
    given = _split(text)[:MAX_WORDS]
    if not given:
        return {"match_none": {}}
    queries = [_word(word, fields, budget, stemmed=stemmed) for word in given]
    if operator == "or":
        found: Query = {"should": queries, "minimum_should_match": 1}
    else:
        numbers = [any(map(str.isdigit, word)) for word in given]
        needed = [query for query, number in zip(queries, numbers, strict=True) if number]
        others = [query for query, number in zip(queries, numbers, strict=True) if not number]
        found = {"must": needed} if needed else {}
        found |= {"should": others, "minimum_should_match": "3<75%"} if others else {}
    if len(given) == 1 and not unspaced(given[0]):
        return {"bool": found}
    near = {"query": " ".join(given), "type": "phrase", "slop": 2, "fields": list(close), "boost": 2}
    return {"bool": {"must": [{"bool": found}], "should": [{"multi_match": near}]}}


def _word(word: str, fields: tuple[str, ...], budget: Budget, *, stemmed: bool) -> Query:
    # what the analysis takes apart (F-16, 东京) has to be together again, where the script has words
    if unspaced(word):
        if len(word) == 1 and signs(word) and budget.begin(word):
            return _prefix(word, fields)
        how: Query = {"type": "best_fields", "minimum_should_match": "2<70%"}
    else:
        how = {"type": "phrase"}
    every = [*fields, *(_twins(word) if stemmed and budget.stem(word) else ())]
    spellings = [word, *(() if unspaced(word) else _wholes(word))]
    found = [{"multi_match": {"query": one, "fields": every, "tie_breaker": _TIE, **how}} for one in spellings]
    return found[0] if len(found) == 1 else {"dis_max": {"queries": found}}


def _wholes(word: str) -> Iterable[str]:
    """`email` of e-mail: a text that has it in parts is found by the word itself."""
    found = runs(word)
    if len(found) > 1 and not any(map(str.isdigit, word)):
        yield "".join(found)


def _twins(word: str) -> tuple[str, ...]:
    """The stemmed fields that the word may be in."""
    return _twins_in(frozenset(script.lower() for script in scripts(word)))


@lru_cache(maxsize=256)
def _twins_in(written: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        f"stemmed.{language}.{field}^{weight}"
        for language in languages_in(written)
        for field, weight in _STEMMED.items()
    )


def _phrase(text: str, fields: tuple[str, ...]) -> Query:
    given = " ".join(_split(text))
    if not given:
        return {"match_none": {}}
    return {"multi_match": {"query": given, "type": "phrase", "fields": list(fields), "tie_breaker": _TIE}}


def _prefix(word: str, fields: tuple[str, ...]) -> Query:
    given = " ".join(_split(word.rstrip("*")))
    if not given:
        return {"match_none": {}}
    return {"multi_match": {"query": given, "type": "bool_prefix", "operator": "and", "fields": list(fields)}}


def _split(text: str) -> list[str]:
    """Words between white space that have a letter, a digit or an emoji; `12 500` is one number. As many as a query may cost."""
    found: list[str] = []
    left = MAX_PARTS
    for word in _GROUPED.sub(lambda digits: _SPACE.sub("", digits[0]), normalize("NFC", text)).split():
        if not any(map(_counts, word)):
            continue
        left -= parts(word)
        if left < 0:
            return found or [word[:MAX_PARTS]]
        found.append(word)
    return found


def _counts(character: str) -> bool:
    kind = category(character)
    return kind[0] == "L" or kind in ("Nd", "Nl") or character > "\uffff"


def _similar(word: str, field: str) -> dict[str, Any]:
    return {
        "field": field, "suggest_mode": "missing", "sort": "score", "size": _MAX_SIMILAR, "prefix_length": 1,
        "min_word_length": _SUGGESTED, "max_edits": 2 if len(word) > _SUGGESTED + 2 else 1,
    }  # fmt: skip


def _correctable(text: str) -> list[str]:
    """Words of letters outside quotes, long enough that a slip of the pen shows."""
    outside = " ".join(_QUOTE.split(normalize("NFC", text))[::4])
    found = dict.fromkeys(map(_bare, outside.split()))
    return [word for word in found if len(word) >= _SUGGESTED and _only_letters(word) and not unspaced(word)][
        :_MAX_SUGGESTED
    ]


def _bare(word: str) -> str:
    """Without the punctuation around it."""
    inside = [n for n, character in enumerate(word) if category(character)[0] in "LNM"]
    return word[inside[0] : inside[-1] + 1] if inside else ""


def _only_letters(word: str) -> bool:
    return all(category(character)[0] in "LM" for character in word)


def _replaced(piece: str, better: Mapping[str, str]) -> str:
    word = _bare(piece)
    return piece.replace(word, better[word]) if word in better else piece


def _marks(fragments: Iterable[str]) -> int:
    return sum(fragment.count(MARK_OPEN) for fragment in fragments)
