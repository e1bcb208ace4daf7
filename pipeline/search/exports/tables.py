"""A search as CSV (RFC 4180) and NDJSON, row by row. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

CSV, NDJSON = "text/csv; charset=utf-8; header=present", "application/x-ndjson"
COLUMNS = (
    "article_id", "headline", "summary", "publisher", "authors", "section", "topics", "language", "shown_at", "published",
    "modified", "url", "people", "places", "organisations", "story_id", "correction_note", "body",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would calculate (OWASP, CSV Injection)."""


def csv_rows(documents: Iterable[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> Iterator[str]:
    """Lists are joined by `; `. A text that a spreadsheet would take for a formula has an apostrophe before it."""
    yield _row(columns)
    for document in documents:
        yield _row(_cell(_value(document, name)) for name in columns)


def ndjson_rows(documents: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for document in documents:
        yield orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _value(document: Any, name: str) -> Any:
    """Of a name such as `sentiment.label` what is inside; of a list each one's."""
    first, _, rest = name.partition(".")
    if isinstance(document, list):
        return [found for one in document if (found := _value(one, name)) is not None]
    found = document.get(first) if isinstance(document, dict) else None
    return _value(found, rest) if rest and found is not None else found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        text = "; ".join(one if isinstance(one, str) else orjson.dumps(one).decode() for one in value)
    elif isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    else:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
    text = text.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
