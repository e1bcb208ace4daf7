"""What became of all that came from a provider, or on a day: received, refused, unchanged, indexed, hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.kafka.dead_letters import provider_in
from pipeline.kafka.reading import open_reader, partitions_of, read_to_end
from pipeline.operations.lookup import STATUS_FIELD
from pipeline.operations.patience import TimeIsUp, end_after
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from schemas.funnel import Fate, Funnel

EXAMPLES = 3
_GOT_BY_WORKER = "processed.normalized"
_PLACES = {"articles": "indexed", "comments": "indexed", "articles-hidden": "hidden", "comments-hidden": "hidden"}


def read_funnel(
    settings: Settings,
    provider: str | None,
    begin: datetime,
    end: datetime,
    progress: Callable[[int, int], None] = lambda *_: None,
    *,
    seconds: float | None = None,
) -> Funnel:
    """Of all providers where none is given. The raw topics are read from `begin` to `end`, for `seconds` at most: where that
    isn't all, `complete` is False. Raises Retry."""
    received: list[str] = []
    complete = True
    try:
        for key, value in _raw(settings, begin, end, end_after(seconds, progress)):
            if provider is None or provider_in(value) == provider:
                received.append((key or b"").decode("utf-8", "replace"))
    except TimeIsUp:
        complete = False
    with open_client(settings, timeout=30) as client:
        refused = list(_refused(client, settings, provider, begin, end))
        standing = list(_standing(client, settings, provider, begin, end))
    fates = assembled(received, refused, standing, complete=complete)
    return Funnel(provider=provider, begin=begin, end=end, fates=fates, complete=complete)


def assembled(
    received: list[str], refused: list[tuple[Fate, bool]], standing: list[Fate], *, complete: bool = True
) -> tuple[Fate, ...]:
    """The fates in order. `refused` says of each whether a stage refused it, so that it counts as received too. What was
    received and is nowhere is unchanged: a repetition, or a change of nothing; that isn't known where what was received
    isn't `complete`. Pure."""
    at_door = sum(fate.count for fate, by_stage in refused if not by_stage)
    left = (
        len(received) - sum(fate.count for fate, by_stage in refused if by_stage) - sum(one.count for one in standing)
    )
    return (
        Fate(fate="received", count=len(received) + at_door, examples=tuple(dict.fromkeys(received))[:EXAMPLES]),
        *(fate for fate, _ in refused),
        *([Fate(fate="unchanged", count=left)] if left > 0 and complete else []),
        *standing,
    )


def _raw(
    settings: Settings, begin: datetime, end: datetime, progress: Callable[[int, int], None]
) -> Iterator[tuple[bytes | None, bytes | None]]:
    last = int(end.timestamp() * 1000)
    with open_reader(settings) as reader:
        tps = list(partitions_of(reader, settings, (ARTICLES_RAW, COMMENTS_RAW)))
        starts = _starts(reader, tps, int(begin.timestamp() * 1000)) if tps else {}
        if not starts:
            return
        for record in read_to_end(reader, starts, progress=progress):
            if record.timestamp < last:
                yield record.key, record.value


def _starts(reader: KafkaConsumer, tps: list[TopicPartition], since: int) -> dict[TopicPartition, int]:
    """Where each partition is read from; without those in which nothing came since then."""
    found = reader.offsets_for_times(dict.fromkeys(tps, since))
    return {tp: at.offset for tp, at in found.items() if at is not None}


def _refused(
    client: Elasticsearch, settings: Settings, provider: str | None, begin: datetime, end: datetime
) -> Iterator[tuple[Fate, bool]]:
    filters: list[dict[str, Any]] = [{"range": {"at": _between(begin, end)}}]
    if provider is not None:
        filters.append({"term": {"provider": provider}})
    raw = [topic.full_name(settings) for topic in (ARTICLES_RAW, COMMENTS_RAW)]
    for by_stage in (False, True):
        own = {"terms": {"topic": raw}}
        query = {
            "bool": {
                "filter": [*filters, *([own] if by_stage else [])],
                "must_not": [] if by_stage else [{"exists": {"field": "topic"}}],
            }
        }
        for steps in _buckets(client, settings, ["dead-letters"], query, "stage", "reason"):
            why = f"{steps['stage']}: {steps['key']}"
            yield Fate(fate="refused", why=why, count=steps["count"], examples=steps["examples"]), by_stage


def _standing(
    client: Elasticsearch, settings: Settings, provider: str | None, begin: datetime, end: datetime
) -> Iterator[Fate]:
    filters: list[dict[str, Any]] = [{"term": {"provider": provider}}] if provider is not None else []
    # when the worker got to it is near Kafka's time, by which the received are counted; an event's own may be of any day
    for alias, fate in _PLACES.items():
        query = {"bool": {"filter": [*filters, {"range": {_GOT_BY_WORKER: _between(begin, end)}}]}}
        for one in _buckets(client, settings, [alias], query, None, STATUS_FIELD):
            kind = alias.removesuffix("-hidden")
            yield Fate(fate=fate, why=f"{kind}, {one['key']}", count=one["count"], examples=one["examples"])
    query = {"bool": {"filter": [*filters, _came_in(begin, end)]}}
    count = 0
    examples: tuple[str, ...] = ()
    for one in _buckets(client, settings, ["history"], query, None, STATUS_FIELD):
        count, examples = count + one["count"], examples or tuple(name.partition(":")[0] for name in one["examples"])
    if count:
        yield Fate(fate="superseded", why="articles, by a later revision", count=count, examples=examples)


def _came_in(begin: datetime, end: datetime) -> dict[str, Any]:
    """Of a revision in history. One that was indexed before an upgrade says only when it was received."""
    by_worker, by_sender = ({"range": {name: _between(begin, end)}} for name in (_GOT_BY_WORKER, "revision.received"))
    older = {"bool": {"filter": [by_sender], "must_not": [{"exists": {"field": _GOT_BY_WORKER}}]}}
    return {"bool": {"should": [by_worker, older], "minimum_should_match": 1}}


def _buckets(
    client: Elasticsearch,
    settings: Settings,
    aliases: list[str],
    query: Mapping[str, Any],
    outer: str | None,
    inner: str,
) -> Iterator[dict[str, Any]]:
    inside = {
        "inner": {
            "terms": {"field": inner, "size": 100},
            "aggs": {"examples": {"top_hits": {"size": EXAMPLES, "_source": False}}},
        }
    }
    aggs = {"outer": {"terms": {"field": outer, "size": 100}, "aggs": inside}} if outer else inside
    answer = client.options(ignore_status=[404, 503]).search(
        index=[settings.named(alias) for alias in aliases], size=0, query=query, aggs=aggs
    )
    found = answer.get("aggregations", {})
    for group in found["outer"]["buckets"] if outer and found else [found] if found else []:
        for bucket in group["inner"]["buckets"]:
            yield {
                "key": bucket["key"],
                "count": bucket["doc_count"],
                "examples": tuple(hit["_id"] for hit in bucket["examples"]["hits"]["hits"]),
                **({outer: group["key"]} if outer else {}),
            }


def _between(begin: datetime, end: datetime) -> dict[str, str]:
    return {"gte": begin.isoformat(), "lt": end.isoformat()}
