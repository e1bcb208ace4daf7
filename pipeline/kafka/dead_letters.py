"""What is refused goes to one topic: key and value unchanged, with who, why, where and when in the headers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline import outcomes
from pipeline.errors import Reject
from schemas.dead_letter import DeadLetter

Headers = list[tuple[str, bytes]]
_PREFIX = "dateline-"
_KEPT = 64 * 1024
"""Bytes kept of an item that is larger than the largest record."""


@dataclass(frozen=True)
class Letter:
    """A dead letter ready to be sent."""

    key: bytes | None
    value: bytes | None
    headers: Headers


def letter(
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
) -> Letter:
    """Address a refused record, count it and log it. Of a value over `largest` only the first bytes are kept."""
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
        provider=provider,
        source=source[:4000] if source else None,
        sha256=hashlib.sha256(value).hexdigest() if value is not None else None,
        size=size,
        truncated=truncated,
    )
    where = f"{topic}[{partition}]@{offset}" if topic else (source or "an item")
    outcomes.refused(stage, reject.reason, reject.detail, where)
    kept = value[:_KEPT] if truncated and value is not None else value
    if key is None and value is None:
        key = b""  # clients refuse to send a record with neither
    return Letter(key, kept, to_headers(header))


def to_headers(header: DeadLetter) -> Headers:
    """The header fields as Kafka headers `dateline-…`, in UTF-8."""
    fields = header.model_dump(mode="json", exclude_none=True)
    return [(_PREFIX + name, _text(value).encode()) for name, value in fields.items()]


def from_headers(headers: Sequence[tuple[str, bytes]]) -> DeadLetter:
    """Read them back. Raises ValidationError where they aren't a dead letter's."""
    fields = {
        name.removeprefix(_PREFIX): value.decode("utf-8", "replace")
        for name, value in headers
        if name.startswith(_PREFIX) and value is not None
    }
    return DeadLetter.model_validate_strings(fields)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
