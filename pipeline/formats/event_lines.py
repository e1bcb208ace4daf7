"""Dateline's own events, one JSON object a line (or one in all), as on the raw topics."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import ValidationError

from pipeline.errors import Reject, explain
from pipeline.formats import json_values
from pipeline.formats.format import Format
from pipeline.formats.items import Item
from schemas.events import RawArticleEvent, RawCommentEvent


def recognises(item: Item) -> bool:
    """JSON objects with `specversion`, or with the media type of events. Other things may be on a line each, too."""
    if item.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return False
    if b'"specversion"' in item.content[:100_000] or item.media_type == "application/cloudevents+json":
        return True
    lines = json_values.objects(item.json) if isinstance(item.json, list) else []
    return item.media_type in ("application/x-ndjson", "application/ndjson") and (
        not lines or any({"type", "source", "data"} <= one.keys() for one in lines)
    )


def read(item: Item) -> Iterator[RawArticleEvent | RawCommentEvent | Reject]:
    """Each line as its event, or what is wrong with it and where. Blank lines are skipped."""
    content = item.content.removeprefix(b"\xef\xbb\xbf")
    rows = [content] if isinstance(item.json, dict) else content.split(b"\n")
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            loaded = json.loads(row)
        except (ValueError, RecursionError) as e:
            if not item.json_faults:  # which have it already
                yield Reject("not-json", f"line {number}: {e}")
            continue
        if not isinstance(loaded, dict):
            yield Reject("invalid", f"line {number}: it has to be an object, not {json_values.kind_of(loaded)}")
            continue
        kind = str(loaded.get("type", ""))
        schema = RawCommentEvent if kind.startswith("comment.") else RawArticleEvent
        try:
            yield schema.model_validate_json(row)
        except ValidationError as e:
            yield Reject("invalid", f"line {number}: {explain(e)}")


FORMAT = Format("events", "application/x-ndjson", recognises, read)
