"""What join keeps: the graph of pairs, in memory made from the log of a partition, in forms that later versions must be able
to read. Pure.

A row is what one batch changed in one partition: a byte for the version of the form, then nodes. All numbers are
little-endian; times are int64, microseconds since 1970, or UNKNOWN. A node is

- its length in bytes (uint32) and its article id (16 bytes),
- its receipt, its first publication, and its root: receipt, and id (16 bytes),
- how many roots wait (uint16), and each: receipt, and id (16 bytes),
- each neighbour that changed: id (16 bytes), its first publication, rank of the relation (uint8).

In memory a node has the same form with all of its neighbours; of one that is there twice the last counts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from pipeline.errors import Fatal
from pipeline.stages.clustering.kept import from_micros, micros
from pipeline.stages.row_log import Part, RowLog, in_rows
from pipeline.stages.state import State
from schemas.story import RANK, Relation, Root

VERSION = 1
UNKNOWN = -(1 << 63)
_HEAD = struct.Struct("<qqq16sH")
_ROOT = struct.Struct("<q16s")
_NEIGHBOUR = struct.Struct("<16sqB")
_ENTRY = struct.Struct("<I16s")
_RELATIONS = {rank: relation for relation, rank in RANK.items()}
_NOBODY = bytes(16)


@dataclass(slots=True)
class Neighbour:
    first_published: datetime
    relation: Relation


@dataclass(slots=True)
class Node:
    """An article in the graph of pairs."""

    article_id: UUID
    received: datetime | None = None
    """Earliest receipt of any of its revisions; None where a neighbour's label arrived before its own pair."""
    first_published: datetime | None = None
    root: Root | None = None
    neighbours: dict[UUID, Neighbour] = field(default_factory=dict)
    waiting: list[Root] = field(default_factory=list)
    """Roots that arrived before the article's own time was known."""

    def facts(self) -> tuple[Root | None, datetime | None, Relation]:
        """The values that other articles and revise get."""
        return (self.root, self.first_published, self.relation())

    def is_alone(self) -> bool:
        """Whether it is the original of a story of its own."""
        own = self.root is not None and self.root.article_id == self.article_id
        return own and self.relation() is Relation.ORIGINAL

    def relation(self) -> Relation:
        """The highest relation among its pairs with articles published earlier; `original` where there are none."""
        if self.first_published is None:
            return Relation.ORIGINAL
        mine = (self.first_published, str(self.article_id))
        earlier = [n.relation for other, n in self.neighbours.items() if (n.first_published, str(other)) < mine]
        return max(earlier, key=RANK.__getitem__, default=Relation.ORIGINAL)

    def newest(self) -> datetime | None:
        return self.received or max((root.received for root in self.waiting), default=None)


class Graph(RowLog["_Nodes"]):
    """The nodes of every partition of the table."""

    def get(self, article_id: UUID) -> Node | None:
        packed = self._of(article_id).nodes.get(article_id.bytes)
        return unpack(article_id, packed) if packed is not None else None

    def add(self, changed: Iterable[tuple[Node, Iterable[UUID]]]) -> None:
        """Save nodes that a batch changed, each with the neighbours that it changed of it."""
        by_partition: dict[int, list[tuple[bytes, tuple[Node, bytes]]]] = {}
        for node, neighbours in changed:
            there, whole = self._of(node.article_id).nodes.get(node.article_id.bytes), pack(node, node.neighbours)
            if node.newest() is not None and there != whole:
                row = _entry(node.article_id, pack(node, neighbours))
                partition = self._rows.partition(str(node.article_id))
                by_partition.setdefault(partition, []).append((row, (node, whole)))
        for partition, some in by_partition.items():
            part = self.part(partition)
            for row, inside in in_rows(some, bytes([VERSION])):
                # the last of a node must not expire before the others
                newest = max(filter(None, (part.newest, *(node.newest() for node, _ in inside))))
                _, number = self.append(part, str(inside[0][0].article_id), row, newest)
                part.count_row(number)
                for node, whole in inside:
                    part.put(node.article_id.bytes, whole, newest)

    def new_part(self) -> _Nodes:
        return _Nodes()

    def take_row(self, part: _Nodes, name: str, row: bytes, number: int | None) -> None:
        part.count_row(number if number is not None else -1)
        for article_id, packed in unpack_row(name, row) if number is not None else [unpack_old(row)]:
            before = part.nodes.get(article_id, b"")
            node = unpack(UUID(bytes=article_id), packed)
            part.put(article_id, merged(before, packed), node.newest())

    def _of(self, article_id: UUID) -> _Nodes:
        return self.part(self._rows.partition(str(article_id)))


class _Nodes(Part):
    """Packed: a few hundred bytes a node, where Python's objects would take some thousand."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[bytes, bytes] = {}
        self.newest: datetime | None = None

    def put(self, article_id: bytes, packed: bytes, newest: datetime | None) -> None:
        self.nodes[article_id] = packed
        self.newest = max(filter(None, (self.newest, newest)), default=None)


def pack(node: Node, neighbours: Iterable[UUID]) -> bytes:
    """A node with these of its neighbours."""
    root = (micros(node.root.received), node.root.article_id.bytes) if node.root is not None else (UNKNOWN, _NOBODY)
    head = _HEAD.pack(_time(node.received), _time(node.first_published), *root, len(node.waiting))
    waiting = (_ROOT.pack(micros(one.received), one.article_id.bytes) for one in node.waiting)
    near = ((other, node.neighbours[other]) for other in neighbours)
    packed = (_NEIGHBOUR.pack(other.bytes, micros(one.first_published), RANK[one.relation]) for other, one in near)
    return b"".join((head, *waiting, *packed))


def unpack(article_id: UUID, packed: bytes) -> Node:
    received, published, root, root_id, waiting = _HEAD.unpack_from(packed)
    near = _HEAD.size + waiting * _ROOT.size
    return Node(
        article_id,
        _instant(received),
        _instant(published),
        Root(received=from_micros(root), article_id=UUID(bytes=root_id)) if root != UNKNOWN else None,
        {
            UUID(bytes=other): Neighbour(from_micros(at), _RELATIONS[rank])
            for other, at, rank in _NEIGHBOUR.iter_unpack(packed[near:])
        },
        [
            Root(received=from_micros(at), article_id=UUID(bytes=one))
            for at, one in _ROOT.iter_unpack(packed[_HEAD.size : near])
        ],
    )


def merged(before: bytes, changed: bytes) -> bytes:
    """A node as it was, with what changed of it."""
    if not before:
        return changed
    first, last = (_HEAD.size + _HEAD.unpack_from(one)[-1] * _ROOT.size for one in (before, changed))
    return b"".join((changed[:last], before[first:], changed[last:]))


def unpack_row(name: str, row: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Raises Fatal where a later version wrote it."""
    if row[0] != VERSION:
        raise Fatal(f"the row {name} of join has the form {row[0]}, of a later version: start that version again")
    at = 1
    while at < len(row):
        length, article_id = _ENTRY.unpack_from(row, at)
        start = at + _ENTRY.size
        at = start + length
        yield article_id, row[start:at]


def _entry(article_id: UUID, packed: bytes) -> bytes:
    return _ENTRY.pack(len(packed), article_id.bytes) + packed


def _time(at: datetime | None) -> int:
    return micros(at) if at is not None else UNKNOWN


def _instant(at: int) -> datetime | None:
    return from_micros(at) if at != UNKNOWN else None


class _OldNeighbour(State):
    first_published: Annotated[datetime, Field(alias="told")]
    relation: Relation


class _Old(State):
    """A node's row of the version before, which was written anew with each change."""

    article_id: UUID
    received: datetime | None = None
    first_published: Annotated[datetime | None, Field(alias="told")] = None
    root: Root | None = None
    neighbours: dict[UUID, _OldNeighbour] = Field(default_factory=dict)
    waiting: list[Root] = Field(default_factory=list)


def unpack_old(row: bytes) -> tuple[bytes, bytes]:
    """A row of the version before."""
    old = _Old.model_validate_json(row)
    near = {other: Neighbour(one.first_published, one.relation) for other, one in old.neighbours.items()}
    node = Node(old.article_id, old.received, old.first_published, old.root, near, old.waiting)
    return old.article_id.bytes, pack(node, near)
