"""Which saved searches name somebody, as an operator asks who erases that person's data. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

from schemas.saved_search import SavedSearch

_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]")
"""Letters of scripts that are written without spaces between words."""


def names(search: SavedSearch, name: str) -> bool:
    """Whether one of its texts has every word of `name`: in any order and case, with or without accents."""
    wanted = _words(name)
    return bool(wanted) and any(_has(text, wanted) for text in _texts(search))


def _texts(search: SavedSearch) -> Iterator[str]:
    yield search.name
    if search.webhook is not None:
        yield search.webhook.url
    for value in search.query.values():
        yield from map(str, value if isinstance(value, list) else [value])


def _has(text: str, wanted: set[str]) -> bool:
    there, whole = _words(text), _folded(text)
    return all(word in there or (_UNSPACED.search(word) is not None and word in whole) for word in wanted)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", _folded(text)))


def _folded(text: str) -> str:
    return "".join(one for one in normalize("NFKD", text.casefold()) if category(one) != "Mn")
