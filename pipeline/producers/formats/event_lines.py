"""Dateline's own events, one JSON object a line, as they stand on the raw topics."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import ValidationError

from pipeline.dead_letters import explain
from pipeline.errors import Reject
from pipeline.producers.items import Item
from schemas.events import RawArticleEvent, RawCommentEvent


def recognises(item: Item) -> bool:
    """Whether the first line is a JSON object, or the media type says so."""
    start = item.content.lstrip()[:1]
    return start == b"{" and (b'"specversion"' in item.content[:100_000] or item.media_type == "application/x-ndjson")


def read(item: Item) -> Iterator[RawArticleEvent | RawCommentEvent | Reject]:
    """Each line as its event, or what is wrong with it and where. Blank lines are skipped."""
    for number, row in enumerate(item.content.splitlines(), 1):
        if not row.strip():
            continue
        try:
            kind = str(json.loads(row).get("type", ""))
        except (ValueError, AttributeError, RecursionError) as e:
            yield Reject("not-json", f"line {number}: {e}")
            continue
        schema = RawCommentEvent if kind.startswith("comment.") else RawArticleEvent
        try:
            yield schema.model_validate_json(row)
        except ValidationError as e:
            yield Reject("invalid", f"line {number}: {explain(e)}")
