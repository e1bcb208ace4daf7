"""What match keeps: the forms of signatures and rows, which later versions must be able to read. Pure.

A row is what one batch added to one partition: a byte for the version of the form, then entries. All numbers are
little-endian. An entry is

- the length of its signature (uint32), how many keys (uint8) and pairs (uint32) it has,
- the keys under which the signature was added (uint64 each, see `number`),
- the pairs that were sent when it arrived: key (uint64), hashes of two event ids (uint64 each), rank of the relation (uint8),
- the signature: article id (16 bytes), receipt and first publication (int64 each, microseconds since 1970), days (uint8),
  lengths of publisher, event id (uint16 each) and shingles (uint32), these three, and its features to the end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

from pydantic import Field, TypeAdapter

from pipeline.errors import Fatal
from pipeline.stages.clustering.sign import keys
from schemas.story import RANK, Relation, Signature

VERSION = 1
_ENTRY = struct.Struct("<IBI")
PAIR = struct.Struct("<QQQB")
_SIGNATURE = struct.Struct("<16sqqBHHI")
_LENGTHS, _LENGTHS_AT = struct.Struct("<HH"), struct.calcsize("<16sqqB")
_RECEIVED = struct.Struct("<q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_RELATIONS = {rank: relation for relation, rank in RANK.items()}
Sent = list[tuple[int, int, Relation]]
"""Pairs that were sent when a signature arrived, by hashes of two event ids: mostly its own and another's."""


class Kept(Signature):
    """A signature in a bucket."""

    @cached_property
    def meeting(self) -> frozenset[int]:
        """Its keys, as numbers."""
        return frozenset(number(key) for key in keys(self))


Packed = tuple[bytes, bytes, bytes]
"""An entry's signature, keys and pairs. Of bytes alone, as Python's garbage collector leaves these out."""


@dataclass(slots=True)
class Entry:
    """A signature, packed, and what it was added with."""

    signature: bytes
    keys: list[int] = field(default_factory=list)
    pairs: bytes = b""

    def add(self, key: int, sent: Sent) -> bytes:
        """Note a key, and the pairs that were sent under it; these, packed."""
        self.keys.append(key)
        pairs = b"".join(PAIR.pack(key, a, b, RANK[relation]) for a, b, relation in sent)
        self.pairs += pairs
        return pairs

    def packed(self) -> Packed:
        return self.signature, struct.pack(f"<{len(self.keys)}Q", *self.keys), self.pairs


def number(key: str) -> int:
    """A key as a number. Two keys with one number share a bucket, which costs comparisons only."""
    return int(key[1:], 16) if len(key) <= 17 else hashed(key)


def hashed(text: str | bytes) -> int:
    text = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def pack(one: Signature) -> bytes:
    publisher, event_id = (text.encode(errors="surrogatepass") for text in (one.publisher, one.event_id))
    received, published = micros(one.received), micros(one.first_published)
    head = _SIGNATURE.pack(
        one.article_id.bytes, received, published, one.days, len(publisher), len(event_id), len(one.shingles)
    )
    return b"".join((head, publisher, event_id, one.shingles, one.features))


def unpack(packed: bytes) -> Kept:
    article_id, received, published, days, *lengths = _SIGNATURE.unpack_from(packed)
    a = _SIGNATURE.size
    b, c, d = (a := a + length for length in lengths)
    return Kept.model_construct(
        article_id=UUID(bytes=article_id),
        event_id=packed[b:c].decode(errors="surrogatepass"),
        publisher=packed[_SIGNATURE.size : b].decode(errors="surrogatepass"),
        received=from_micros(received),
        first_published=from_micros(published),
        shingles=packed[c:d],
        features=packed[d:],
        days=days,
    )


def article_id_of(packed: bytes) -> bytes:
    return packed[:16]


def event_id_of(packed: bytes) -> bytes:
    publisher, event_id = _LENGTHS.unpack_from(packed, _LENGTHS_AT)
    start = _SIGNATURE.size + publisher
    return packed[start : start + event_id]


def compared(packed: bytes) -> tuple[bytes, bytes]:
    """Its shingles and features."""
    *_, publisher, event_id, shingles = _SIGNATURE.unpack_from(packed)
    start = _SIGNATURE.size + publisher + event_id
    return packed[start : start + shingles], packed[start + shingles :]


def sent_of(key: int, packed: bytes) -> Sent:
    """An entry's pairs of one key."""
    return [(a, b, _RELATIONS[rank]) for own, a, b, rank in PAIR.iter_unpack(packed) if own == key]


def pack_rows(entries: Iterable[Entry], largest: int) -> Iterator[tuple[bytes, datetime, list[Packed]]]:
    """Rows of up to so many bytes, or one entry: the row, its newest receipt, its entries."""
    row, inside, size = [bytes([VERSION])], list[Packed](), 1
    for signature, keys_, pairs in (entry.packed() for entry in entries):
        head = _ENTRY.pack(len(signature), len(keys_) // 8, len(pairs) // PAIR.size)
        one = b"".join((head, keys_, pairs, signature))
        if inside and size + len(one) > largest:
            yield b"".join(row), _newest(inside), inside
            row, inside, size = [bytes([VERSION])], [], 1
        row.append(one)
        size += len(one)
        inside.append((signature, keys_, pairs))
    if inside:
        yield b"".join(row), _newest(inside), inside


def unpack_row(name: str, row: bytes) -> Iterator[Packed]:
    """Raises Fatal where a later version wrote it."""
    if row[0] != VERSION:
        raise Fatal(f"the row {name} of match has the form {row[0]}, of a later version: start that version again")
    at = 1
    while at < len(row):
        length, keys_, pairs = _ENTRY.unpack_from(row, at)
        a = at + _ENTRY.size
        b = a + 8 * keys_
        c = b + pairs * PAIR.size
        at = c + length
        yield row[c:at], row[a:b], row[b:c]


def numbers(packed: bytes) -> tuple[int, ...]:
    """An entry's keys."""
    return struct.unpack(f"<{len(packed) // 8}Q", packed)


def _newest(entries: list[Packed]) -> datetime:
    newest = max(_RECEIVED.unpack_from(signature, 16)[0] for signature, _, _ in entries)
    return from_micros(newest)


class _Old(Signature):
    """A signature in a row of the version before."""

    pairs: list[tuple[str, str, Relation]] = Field(default_factory=list)


_OLD = TypeAdapter(list[_Old])


def unpack_old(key: str, row: bytes) -> Iterator[Packed]:
    """A row of the version before: JSON of one key's signatures, in its last row after a line of numbers."""
    for one in _OLD.validate_json(row.partition(b"\n")[2] or row):
        entry = Entry(pack(one))
        entry.add(number(key), [(hashed(a), hashed(b), relation) for a, b, relation in one.pairs])
        yield entry.packed()
