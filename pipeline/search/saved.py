"""A saved search as it is asked: what may be saved, and what it means at a time. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pipeline.saved.conditions import Tokens, condition, guard
from pipeline.search import parameters, queries
from pipeline.search.parameters import SelectionParameters
from pipeline.search.query_language import MAX_TERMS
from pipeline.search.syntax import words_of

MAX_SAVED = 500
"""Characters of a saved search's words."""
_MOST_WORDS = 16


def checked(asked: SelectionParameters) -> dict[str, Any]:
    """The parameters that are stored. Raises Problem 422 for what can't be saved."""
    given = {
        name: value
        for name, value in asked.model_dump(exclude_defaults=True).items()
        if value != [] and str(value).strip()
    }
    if not given.keys() - {"timezone", "distance"}:
        raise parameters.invalid("query", "words or a filter are needed: everything can't be saved")
    if len(asked.q) > MAX_SAVED:
        raise parameters.invalid("q", f"at most {MAX_SAVED} characters can be saved")
    if "comments" in asked.has:
        raise parameters.invalid("has", "a story has no comments yet when it becomes visible")
    search = parameters.article_search(asked.as_search())
    if sum(len(text.split()) for text in words_of(search.query.node)) > min(_MOST_WORDS, MAX_TERMS):
        raise parameters.invalid("q", f"at most {_MOST_WORDS} words can be saved")
    return given


def query_of(stored: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What the search is in Elasticsearch: the same query as of `/v1/articles`. Raises ValueError, or Problem, where this
    version doesn't know what was stored."""
    asked = SelectionParameters.model_validate(stored).as_search(sort="newest")
    body: dict[str, Any] = queries.article_search(parameters.article_search(asked, now)).body
    return dict(body["query"])


def is_unguarded(stored: dict[str, Any]) -> bool:
    """Whether nothing in it can be looked up, as of a search with negative words, a date or a place alone: the index has to
    be asked for it with every batch."""
    return guard(condition(query_of(stored, datetime.now(UTC)), _tokens)) is None


def _tokens(group: str, text: str) -> Tokens:
    """Whether there is a word at all: which, only the index's own analysis says."""
    return tuple((word,) for word in re.findall(r"\w+", text))


def notes_of(stored: dict[str, Any]) -> list[dict[str, str]]:
    """What was ignored or corrected in its words."""
    search = parameters.article_search(SelectionParameters.model_validate(stored).as_search())
    return [vars(note) for note in queries.article_search(search).notes]
