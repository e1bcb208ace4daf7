"""Where a page of results ends, as an opaque string that the next request sends back. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.process.problems import Problem

_MAX_LENGTH = 8192
_MAX_SEEN = 400
"""Stories that a cursor remembers as shown; the first are forgotten first."""


@dataclass(frozen=True)
class Cursor:
    """The last hit's sort values. `now` is the time of the first page: relative times and freshness count from it on every
    page. `seen` are stories that were shown, where a story is shown once."""

    digest: str
    """Of the search: a cursor belongs to one."""
    now: datetime
    values: tuple[Any, ...]
    seen: tuple[str, ...] = ()

    def encoded(self) -> str:
        parts = [self.digest, int(self.now.timestamp() * 1000), self.values, self.seen[-_MAX_SEEN:]]
        packed = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def digest(parts: Iterable[tuple[str, str]]) -> str:
    """What a search is recognised by: its parameters but for the size of a page and what is shown of a hit."""
    return hashlib.blake2b(json.dumps(sorted(parts)).encode("utf-8", "replace"), digest_size=6).hexdigest()


def decoded(text: str, wanted: str, kinds: tuple[type, ...] | None = None) -> Cursor:
    """The cursor of the search with the digest `wanted`, whose values are of these types. Raises Problem 400 for any other
    text."""
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
        own, now, values, seen = json.loads(packed)
        if not isinstance(now, int) or not _plain(values, (str, int, float)) or not _plain(seen, (str,)):
            raise ValueError
        if kinds is not None and tuple(map(type, values)) != kinds:
            raise ValueError
        cursor = Cursor(str(own), datetime.fromtimestamp(now / 1000, UTC), tuple(values), tuple(seen))
    except (ValueError, TypeError, OverflowError, OSError, RecursionError, binascii.Error):
        raise _wrong("it is none that this API gave out") from None
    if cursor.digest != wanted:
        raise _wrong("it belongs to another search; a cursor goes with the parameters of the search that gave it")
    return cursor


def story_mark(story_id: str) -> str:
    """A story in `seen`, short."""
    return hashlib.blake2b(story_id.encode(), digest_size=6).hexdigest()


def _plain(values: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(values, list) and all(type(one) in kinds and one == one and _sortable(one) for one in values)


def _sortable(value: object) -> bool:
    """Whether Elasticsearch can be asked with it."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def _wrong(why: str) -> Problem:
    return Problem(400, "bad-cursor", f"cursor: {why}. Begin again without it.", parameter="cursor")
