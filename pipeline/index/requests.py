"""Index requests: the index a document belongs in and those to remove it from, as ordered bulk operations. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

Document = dict[str, Any]


@dataclass(frozen=True)
class IndexRequest:
    """Put one record's document into `index`, and remove it from `remove_from`."""

    index: str
    id: str
    version: int | None
    """External version; None for a dead letter, whose id alone makes it idempotent."""
    document: Document
    remove_from: tuple[str, ...]
    public: bool
    family: str = ""
    """Document family; (family, id) is unique across indices. Default: the index's name."""
    urgent: bool = False
    """Readers wait for it, or are not to see it any more."""
    context: str | None = None
    """The trace that it is of, where traces are on."""

    @property
    def key(self) -> tuple[str, str]:
        return (self.family or self.index.removesuffix("-hidden"), self.id)

    @property
    def awaited(self) -> tuple[str, ...]:
        """The indices in which readers find out about it, where that is urgent."""
        return () if not self.urgent else (self.index,) if self.public else self.remove_from


@dataclass(frozen=True)
class Operation:
    """One line or two of a bulk request."""

    index: str
    id: str
    version: int | None
    document: Document | None
    """None deletes."""
    again: bool = False
    """Overwrites also the same version, where its content is wrong."""
    context: str | None = field(default=None, compare=False)
    """The trace that it is of."""

    def lines(self, named: str, alias: bool = True) -> list[bytes]:
        """As NDJSON lines; `named` is the target: an alias in this namespace, or an index."""
        target: Document = {"_index": named, "_id": self.id}
        if self.version is not None:
            target |= {"version": self.version, "version_type": "external_gte" if self.again else "external"}
        if self.document is None:
            return [encoded({"delete": target})]
        return [encoded({"index": target | ({"require_alias": True} if alias else {})}), encoded(self.document)]


def latest(places: Iterable[IndexRequest]) -> list[IndexRequest]:
    """Of several for one document only the highest version, in whichever index; the last one where they are equal."""
    highest: dict[tuple[str, str], IndexRequest] = {}
    for wanted in places:
        known = highest.get(wanted.key)
        if known is None or (wanted.version or 0) >= (known.version or 0):
            highest[wanted.key] = wanted
    return list(highest.values())


def operations(places: Iterable[IndexRequest]) -> tuple[list[Operation], list[Operation]]:
    """Two phases: a document to hide is removed before it is added to the hidden index, a document to show is added before
    it is removed there. So readers never see a hidden one, and never miss a public one."""
    first: list[Operation] = []
    second: list[Operation] = []
    for wanted in places:
        name, version, trace = wanted.id, wanted.version, wanted.context
        add = Operation(wanted.index, name, version, wanted.document, context=trace)
        remove = [Operation(index, name, version, None, context=trace) for index in wanted.remove_from]
        if not remove:
            first.append(add)
        elif wanted.public:
            first.append(add)
            second.extend(remove)
        else:
            first.extend(remove)
            second.append(add)
    return first, second


def encoded(value: Document) -> bytes:
    """As JSON, on one line."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # a number above 64 bits, or half of a surrogate pair
        return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
