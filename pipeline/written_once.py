"""The JSON of an article's text and of what was found in it, written once for all records that it goes into.

A new article is measured, compared, saved and sent: four times the same text. What is large is remembered by the object itself,
for as long as it lives; it is immutable, so that its JSON stays true. What comes out is byte for byte what pydantic writes
of the whole. Pure.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Set
from functools import lru_cache

from pydantic import BaseModel

from schemas.article import Article
from schemas.current import CurrentArticle, SupersededArticle
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment
from schemas.events import CurrentArticleEvent, EnrichedArticleEvent, SupersededArticleEvent

_LARGE = frozenset({Article, ArticleEnrichment})
_PARTS: Mapping[type[BaseModel], Set[str]] = {
    EnrichedArticle: frozenset({"article", "enrichment"}),
    CurrentArticle: frozenset({"article", "enrichment"}),
    SupersededArticle: frozenset({"article", "enrichment"}),
    EnrichedArticleEvent: frozenset({"data"}),
    CurrentArticleEvent: frozenset({"data"}),
    SupersededArticleEvent: frozenset({"data"}),
}
"""In which fields what is large may be."""
_NOTHING: Set[str] = frozenset()
_written: dict[int, tuple[weakref.ref[BaseModel], bytes]] = {}
"""By the object's place in memory, which is another object's as soon as it is gone."""


def as_json(value: BaseModel, without: Set[str] = _NOTHING, parts: Set[str] = _NOTHING) -> bytes:
    """The value as UTF-8 JSON without empty fields, and `without` these. `parts`: where what is large may be in a value of a
    class that isn't known here."""
    kind = type(value)
    if kind in _LARGE and not without:
        return _once(value)
    large = {name for name in parts or _PARTS.get(kind, _NOTHING) if type(getattr(value, name)) in _KNOWN}
    if not large:
        return _plain(value, exclude=without)
    pieces = []
    for key, names in _pieces(kind, frozenset(large), frozenset(without)):
        if key:
            pieces.append(key + as_json(getattr(value, *names)))
        elif len(piece := _plain(value, include=names)) > len(b"{}"):
            pieces.append(piece[1:-1])
    return b"{%b}" % b",".join(pieces)


_KNOWN = _LARGE | _PARTS.keys()


def _once(value: BaseModel) -> bytes:
    place = id(value)
    known = _written.get(place)
    if known is not None and known[0]() is value:
        return known[1]
    written = _plain(value)
    _written[place] = (weakref.ref(value, lambda gone: _forget(place, gone)), written)
    return written


def _forget(place: int, gone: weakref.ref[BaseModel]) -> None:
    if (known := _written.get(place)) is not None and known[0] is gone:
        del _written[place]


def _plain(value: BaseModel, include: Set[str] | None = None, exclude: Set[str] = _NOTHING) -> bytes:
    chosen = set(include) if include is not None else None
    return value.model_dump_json(include=chosen, exclude=set(exclude) or None, exclude_none=True).encode()


@lru_cache(maxsize=256)
def _pieces(
    kind: type[BaseModel], large: frozenset[str], without: frozenset[str]
) -> list[tuple[bytes, frozenset[str]]]:
    """The fields of a class in their order: each of those that are large by itself, with its key, and the others between."""
    by_alias = bool(kind.model_config.get("serialize_by_alias"))
    found: list[tuple[bytes, frozenset[str]]] = []
    others: set[str] = set()
    for name, field in kind.model_fields.items():
        if name in without:
            continue
        if name not in large:
            others.add(name)
            continue
        if others:
            found.append((b"", frozenset(others)))
            others = set()
        shown = field.serialization_alias if by_alias and field.serialization_alias else name
        found.append((b'"%b":' % shown.encode(), frozenset({name})))
    if others:
        found.append((b"", frozenset(others)))
    return found
