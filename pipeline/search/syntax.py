"""The parts of a reader's query, as `query_language.parse` finds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class Phrase:
    """Words in this order, next to each other."""

    text: str


@dataclass(frozen=True)
class Prefix:
    """`ferr*`: every word that begins so."""

    text: str


@dataclass(frozen=True)
class Field:
    """A condition on one field; fields inside win over it."""

    name: str
    node: Node


@dataclass(frozen=True)
class Not:
    node: Node


@dataclass(frozen=True)
class All:
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    """At least one of them."""

    nodes: tuple[Node, ...]


Node = Word | Phrase | Prefix | Field | Not | All | Some


@dataclass(frozen=True)
class Note:
    """What was ignored or corrected: `kind` for programs, `text` for the reader."""

    kind: str
    text: str


@dataclass(frozen=True)
class Query:
    """A query as it was understood. Without `node` it asks for everything."""

    node: Node | None = None
    notes: tuple[Note, ...] = ()


def words_of(node: Node | None) -> Iterator[str]:
    """What is looked for in the text, without what is excluded and what names a field."""
    match node:
        case Word(text) | Phrase(text) | Prefix(text):
            yield text
        case All(nodes) | Some(nodes):
            for one in nodes:
                yield from words_of(one)
        case _:
            return
