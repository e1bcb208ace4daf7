"""How words of a reader are looked for in the index: the fields, their weights, and what is highlighted. Pure."""

from __future__ import annotations

from typing import Any

Clause = dict[str, Any]

_FIELDS = ["headline^4", "summary^2", "topics.text^2", "authors.text^2", "body", "faq.question", "faq.answer"]
HIGHLIGHT: Clause = {"headline": {"number_of_fragments": 0}, "body": {}, "summary": {}, "faq.answer": {"number_of_fragments": 1}}  # fmt: skip
SOURCE_EXCLUDES = ["entities", "pictures", "faq", "original", "claims"]


def words(text: str, operator: str = "and") -> Clause:
    """Every word (`and`) or any (`or`), in any field."""
    return {"multi_match": {"query": text, "fields": _FIELDS, "type": "cross_fields", "operator": operator}}


def phrase(text: str) -> Clause:
    return {"multi_match": {"query": text, "fields": _FIELDS, "type": "phrase"}}


def prefix(word: str) -> Clause:
    return {"multi_match": {"query": word, "fields": _FIELDS, "type": "phrase_prefix"}}


def comment_words(text: str, operator: str = "and") -> Clause:
    return {"match": {"text": {"query": text, "operator": operator}}}


def comment_phrase(text: str) -> Clause:
    return {"match_phrase": {"text": text}}


def suggestion(text: str) -> Clause:
    """The body's `suggest` for a query that finds little."""
    return {"text": text, "words": {"term": {"field": "headline", "suggest_mode": "missing", "min_word_length": 5}}}
