"""W3C's trace context in the headers of Kafka records. Pure, and without OpenTelemetry.

A record has one header `traceparent`. A bundle has one for each of its values, in their order, empty where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HEADER = "traceparent"
_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""Version ff is forbidden, and so are ids of zeros."""

Headers = Sequence[tuple[str, bytes]]


def valid(context: str | None) -> str | None:
    """The context, in the form of version 00; None where it is none. What a later version has behind it is left out."""
    if context is None or len(context) < 55 or not _FORM.fullmatch(context[:55]):
        return None
    if len(context) > 55 and (context.startswith("00") or context[55] != "-"):
        return None
    return context[:55]


def sampled(context: str) -> bool:
    """Whether its trace is recorded."""
    return bool(int(context[-2:], 16) & 1)


def contexts(headers: Headers) -> list[str | None]:
    """Those of a record's values in their order; empty where it has no header."""
    return [valid(value.decode("latin-1")) for name, value in headers if name == HEADER and value is not None]


def context(headers: Headers) -> str | None:
    """That of a record with one value."""
    return next(iter(contexts(headers)), None) if headers else None


def with_contexts(headers: Headers, given: Sequence[str | None]) -> Headers:
    """The headers with these contexts and no others."""
    return [
        *(header for header in headers if header[0] != HEADER),
        *((HEADER, (one or "").encode()) for one in given),
    ]


def carried(headers: Headers) -> Headers:
    """Of a record's headers those that what comes of it has too: its context, where it has one."""
    found = context(headers)
    return [(HEADER, found.encode())] if found is not None else ()
