"""Records as they pass: the newest of a topic, read without a group, so that nobody's place is touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import Fatal, Retry
from pipeline.kafka.dead_letters import provider_in
from pipeline.kafka.reading import open_reader, partitions_of
from pipeline.settings import Settings
from pipeline.topics import STATE_TOPICS, Topic
from pipeline.topology import drained, topics

_POLL_MS = 300


def tap_topic(settings: Settings, name: str) -> Topic:
    """The topic of this name, with or without the namespace. Raises Fatal, with all names, where there is none. The topics
    of keys and of answers are left out: they hold secrets."""
    known = [one for one in (*topics(settings), *drained(settings)) if one not in STATE_TOPICS]
    for one in known:
        if name in (one.name, one.full_name(settings)):
            return one
    raise Fatal(f"there is no topic {name!r}; there are {', '.join(sorted(one.name for one in known))}")


def tap(
    settings: Settings,
    topic: Topic,
    *,
    provider: str | None = None,
    last: int = 0,
    going_on: Callable[[], bool] = lambda: True,
) -> Iterator[dict[str, Any]]:
    """Each record from now on, and before them about the `last` so many of each partition; of one provider where it is
    given. Ends when `going_on` says so. Raises Retry where Kafka doesn't answer or the topic isn't there yet."""
    with open_reader(settings) as reader:
        tps = list(partitions_of(reader, settings, [topic]))
        if not tps:
            raise Retry(f"topic {topic.full_name(settings)} isn't there yet; a worker makes it")
        reader.assign(tps)
        first, ends = reader.beginning_offsets(tps), reader.end_offsets(tps)
        for tp in tps:
            reader.seek(tp, max(first[tp], ends[tp] - last))
        while going_on():
            for records in reader.poll(timeout_ms=_POLL_MS).values():
                for record in records:
                    shown = row(record)
                    if provider is None or shown["provider"] == provider:
                        yield shown


def row(record: Any) -> dict[str, Any]:
    """`{at, partition, offset, key, provider, type, subject, headline, bytes, value}` of a record; `value` is what was
    written, as JSON where it is. Pure."""
    try:
        value = json.loads(record.value)
    except (TypeError, ValueError):
        value = (record.value or b"").decode("utf-8", "replace") or None
    event = _inside(value)
    data = _inside(event.get("data"))
    article = _inside(data.get("article"))
    headers = {name: (text or b"").decode("utf-8", "replace") for name, text in record.headers or ()}
    return {
        "at": datetime.fromtimestamp((record.timestamp or 0) / 1000, UTC).isoformat(timespec="milliseconds"),
        "partition": record.partition,
        "offset": record.offset,
        "key": (record.key or b"").decode("utf-8", "replace"),
        "provider": headers.get("dateline-provider") or provider_in(record.value),
        "type": headers.get("dateline-reason") or event.get("type"),
        "headline": data.get("headline") or article.get("headline") or data.get("text"),
        "bytes": len(record.value or b""),
        "value": value,
    }


def _inside(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
