"""The JSON of an article's text and of what was found in it, written once for all records that it goes into.

A new article is measured, compared, saved and sent: four times the same text. What is large is remembered by the object itself,
for as long as it lives; it is immutable, so that its JSON stays true. What comes out is byte for byte what pydantic writes
of the whole. Pure.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Set
from functools import lru_cache

from pydantic import BaseModel, TypeAdapter

from schemas.article import Article
from schemas.current import CurrentArticle, SupersededArticle
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment
from schemas.events import CurrentArticleEvent, EnrichedArticleEvent, SupersededArticleEvent
from schemas.story import Band, Signature

_REMEMBERED = frozenset({Article, ArticleEnrichment, EnrichedArticleEvent, Signature})
_PARTS: Mapping[type[BaseModel], Set[str]] = {
    EnrichedArticle: frozenset({"article", "enrichment"}),
    CurrentArticle: frozenset({"article", "enrichment"}),
    SupersededArticle: frozenset({"article", "enrichment"}),
    EnrichedArticleEvent: frozenset({"data"}),
    CurrentArticleEvent: frozenset({"data"}),
    SupersededArticleEvent: frozenset({"data"}),
    Band: frozenset({"signature"}),
}
"""In which fields what is large may be."""
_NOTHING: Set[str] = frozenset()
_MOST = 1024 * 1024
"""Bytes; what is longer is rare, and written anew each time rather than held in memory."""
_written: dict[int, tuple[weakref.ref[BaseModel], bytes]] = {}
"""By the object's place in memory, which is another object's as soon as it is gone."""


def as_json(value: BaseModel, without: Set[str] = _NOTHING, parts: Set[str] = _NOTHING) -> bytes:
    """The value as UTF-8 JSON without empty fields, and `without` these. `parts`: where what is large may be in a value of a
    class that isn't known here."""
    kind = type(value)
    if kind in _REMEMBERED and not without:
        return _once(value)
    return _written_anew(value, without, parts)


def _written_anew(value: BaseModel, without: Set[str] = _NOTHING, parts: Set[str] = _NOTHING) -> bytes:
    kind = type(value)
    large = {name for name in parts or _PARTS.get(kind, _NOTHING) if type(getattr(value, name)) in _KNOWN}
    if not large:
        return _writer(kind)(value, exclude=set(without) or None, exclude_none=True)
    pieces, write = [], _writer(kind)
    for key, names in _pieces(kind, frozenset(large), frozenset(without)):
        if key:
            pieces.append(key + as_json(getattr(value, *names)))
        elif len(piece := write(value, include=names, exclude_none=True)) > len(b"{}"):
            pieces.append(piece[1:-1])
    return b"{%b}" % b",".join(pieces)


_KNOWN = _REMEMBERED | _PARTS.keys()


def _once(value: BaseModel) -> bytes:
    place = id(value)
    known = _written.get(place)
    if known is not None and known[0]() is value:
        return known[1]
    written = _written_anew(value)
    if len(written) <= _MOST:
        _written[place] = (weakref.ref(value, lambda gone: _forget(place, gone)), written)
    return written


def _forget(place: int, gone: weakref.ref[BaseModel]) -> None:
    if (known := _written.get(place)) is not None and known[0] is gone:
        del _written[place]


@lru_cache(maxsize=256)
def _writer(kind: type[BaseModel]) -> Callable[..., bytes]:
    """Writes values of a class as bytes at once; `model_dump_json` makes a text of them first."""
    return TypeAdapter(kind).dump_json


@lru_cache(maxsize=256)
def _pieces(kind: type[BaseModel], large: frozenset[str], without: frozenset[str]) -> list[tuple[bytes, set[str]]]:
    """The fields of a class in their order: each of those that are large by itself, with its key, and the others between."""
    by_alias = bool(kind.model_config.get("serialize_by_alias"))
    found: list[tuple[bytes, set[str]]] = []
    others: set[str] = set()
    for name, field in kind.model_fields.items():
        if name in without:
            continue
        if name not in large:
            others.add(name)
            continue
        if others:
            found.append((b"", others))
            others = set()
        shown = field.serialization_alias if by_alias and field.serialization_alias else name
        found.append((b'"%b":' % shown.encode(), {name}))
    if others:
        found.append((b"", others))
    return found
