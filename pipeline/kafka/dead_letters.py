"""Builds dead letters: key and value unchanged, with stage, reason, place and time in the headers."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from pipeline import outcomes
from pipeline.errors import Reject
from pipeline.topics import DEAD_LETTERS, Headers, Record
from schemas.dead_letter import DeadLetter

_PREFIX = "dateline-"
_MAX_STORED = 64 * 1024
"""Bytes stored of an item that is larger than the largest record."""
_LONGEST_PROVIDER = 256
"""Characters; a longer one is none of ours."""


def dead_letter(
    stage: str,
    reject: Reject,
    key: bytes | None,
    value: bytes | None,
    *,
    topic: str | None = None,
    partition: int | None = None,
    offset: int | None = None,
    provider: str | None = None,
    source: str | None = None,
    largest: int | None = None,
) -> Record:
    """The dead letter of a refused record, which is counted and logged. Of a value over `largest` only the first bytes are
    stored. The provider of a record that a stage refused is the one that the record names, where that can be read."""
    size = len(value) if value is not None else 0
    truncated = largest is not None and size > largest
    header = DeadLetter(
        stage=stage,
        reason=reject.reason,
        detail=reject.detail[:4000],
        at=datetime.now(UTC),
        topic=topic,
        partition=partition,
        offset=offset,
        provider=provider or (provider_in(value) if topic else None),
        source=source[:4000] if source else None,
        sha256=hashlib.sha256(value).hexdigest() if value is not None else None,
        size=size,
        truncated=truncated,
    )
    where = f"{topic}[{partition}]@{offset}" if topic else (source or "an item")
    outcomes.refused(stage, reject.reason, reject.detail, where)
    stored = value[:_MAX_STORED] if truncated and value is not None else value
    if key is None and value is None:
        key = b""  # clients refuse to send a record with neither
    return Record(DEAD_LETTERS, key, stored, to_headers(header), partition)


def provider_in(value: bytes | None) -> str | None:
    """The provider that an event names; None where that can't be read. The record may be anything."""
    try:
        data: Any = json.loads(value or b"")["data"]
        holders = (data, data.get("article"), data.get("comment"))
        found = next(one["provider"] for one in holders if isinstance(one, dict) and one.get("provider"))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError, StopIteration):
        return None
    return found if isinstance(found, str) and len(found) <= _LONGEST_PROVIDER and found.isprintable() else None


def to_headers(header: DeadLetter) -> Headers:
    """The header fields as Kafka headers `dateline-…`, in UTF-8."""
    fields = header.model_dump(mode="json", exclude_none=True)
    return [(_PREFIX + name, _text(value).encode()) for name, value in fields.items()]


def from_headers(headers: Headers) -> DeadLetter:
    """Read them back. Raises ValidationError where they aren't a dead letter's."""
    fields = {
        name.removeprefix(_PREFIX): value.decode("utf-8", "replace")
        for name, value in headers
        if name.startswith(_PREFIX) and value is not None
    }
    return DeadLetter.model_validate_strings(fields)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
