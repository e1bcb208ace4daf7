"""What Elasticsearch says: health, blocks, disks and documents of the indices; and what its documents tell of the flow."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.index.elastic import ApiError, Elasticsearch
from pipeline.index.families import ALIASES
from pipeline.operations.watch.clocks import ahead
from pipeline.operations.watch.latency import FEW
from pipeline.operations.watch.refusals import FAILED, rate
from pipeline.operations.watch.rhythm import FORGOTTEN, SLOT
from pipeline.settings import Settings
from schemas.report import Disk, IndexState, RefusalRate, Refusals

_SAMPLE = 5000
"""Documents that latencies are measured by."""
_PAGE = 5000
_ITEMS = {"articles": ("articles", "articles-hidden"), "comments": ("comments", "comments-hidden")}
_BY_PROVIDER = {"provider": {"terms": {"field": "provider"}}}
_MISSING = [404, 503]


@dataclass
class Indices:
    version: str | None = None
    clock_ahead: float | None = None
    """Seconds that the clock of a node is ahead of this machine's: of the one that differs most. None where none tells."""
    indices: dict[str, IndexState] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    """By alias, where each of its shards was counted."""
    uncounted: frozenset[str] = frozenset()
    """Aliases that are there, or may be, whose documents could not all be counted: their shards are away, or starting."""
    unseen: tuple[str, ...] = ()
    """What the server or the credentials don't let us look at, in words."""
    read_only: str | None = None
    """The block of the whole cluster."""
    blocks: dict[str, str] = field(default_factory=dict)
    """By alias, the setting by which its index takes no writes."""
    disks: tuple[Disk, ...] = ()
    generation: dict[str, datetime] = field(default_factory=dict)
    """When the alias's index was made, where it isn't the first."""


def read_indices(client: Elasticsearch, settings: Settings) -> Indices:
    """Of this namespace. What the credentials don't allow stays unknown, and is named. Raises what the client raises for all
    else."""
    found = Indices()
    asked: dict[str, Any] = {}
    wanted = {settings.named(alias): alias for alias in ALIASES}
    patterns = [f"{name}-*" for name in wanted]
    tolerant = client.options(ignore_status=[403, 404, 405])
    before = time.time()
    nodes = asked["disks"] = tolerant.nodes.stats(
        metric="fs", filter_path="nodes.*.name,nodes.*.timestamp,nodes.*.fs.total"
    )
    times = [one["timestamp"] / 1000 for one in nodes.get("nodes", {}).values() if "timestamp" in one]
    found.clock_ahead = max((ahead(one, before, time.time()) for one in times), key=abs, default=None)
    found.disks = tuple(_disks(nodes.get("nodes", {})))
    found.version = ", ".join(versions(client)) or None
    cluster = asked["blocks of the cluster"] = tolerant.cluster.get_settings(flat_settings=True)
    found.read_only = _block(
        {name: value for part in ("persistent", "transient") for name, value in cluster.get(part, {}).items()}
    )
    health = _health(client, patterns)
    asked["blocks of the indices"] = tolerant.indices.get_settings(index=patterns, flat_settings=True)
    asked["aliases"] = tolerant.indices.get_alias(index=patterns)
    settings_of: Mapping[str, Any] = asked["blocks of the indices"].body
    aliases: Mapping[str, Any] = asked["aliases"].body
    unseen = [what for what, answer in asked.items() if answer.meta.status != 200]
    found.unseen = tuple(unseen if health is not None else ["health", *unseen])
    for physical, one in aliases.items():
        if not isinstance(one, Mapping):
            continue
        for name in one.get("aliases", {}):
            if (alias := wanted.get(name)) is None:
                continue
            own = settings_of.get(physical, {}).get("settings", {})
            block = _block(own)
            found.indices[alias] = IndexState(health=(health or {}).get(physical), read_only=block is not None)
            if block is not None:
                found.blocks[alias] = block
            if not physical.endswith("-1") and (made := own.get("index.creation_date")):
                found.generation[alias] = datetime.fromtimestamp(int(made) / 1000, UTC)
    for alias in ALIASES:
        answer = client.options(ignore_status=_MISSING).count(index=settings.named(alias))
        if "count" in answer:
            update = {"documents": int(answer["count"])}
            found.indices[alias] = found.indices.get(alias, IndexState()).model_copy(update=update)
        if "count" in answer and not answer.get("_shards", {}).get("failed"):
            found.documents[alias] = int(answer["count"])
        elif "count" in answer or answer.meta.status == 503:  # not none: not known
            found.uncounted |= {alias}
    return found


def versions(client: Elasticsearch) -> list[str]:
    """Of its nodes; none where the credentials don't allow to ask. Raises what the client raises for all else."""
    rows = client.options(ignore_status=[403, 404, 405]).cat.nodes(format="json", h="version")
    return sorted({str(row["version"]) for row in rows if isinstance(row, Mapping) and "version" in row})


def _health(client: Elasticsearch, patterns: list[str]) -> dict[str, str] | None:
    """By index; None where it can't be asked."""
    try:
        answer = client.cluster.health(index=patterns, level="indices", timeout="1s")
    except ApiError:
        return None
    return {name: str(one["status"]) for name, one in answer.get("indices", {}).items()}


def _block(found: Mapping[str, Any]) -> str | None:
    """The setting that keeps the indexer from writing."""
    blocks = ("read_only", "read_only_allow_delete", "write")
    names = (f"{kind}.blocks.{block}" for kind in ("index", "cluster") for block in blocks)
    return next((name for name in names if str(found.get(name, "")).lower() == "true"), None)


def _disks(nodes: Mapping[str, Any]) -> Iterator[Disk]:
    for node in nodes.values():
        total = node.get("fs", {}).get("total", {})
        if total.get("total_in_bytes"):
            yield Disk(
                place=f"elasticsearch {node.get('name', '')}".strip(),
                free=max(0, int(total["available_in_bytes"])),
                total=int(total["total_in_bytes"]),
            )


def latest_articles(client: Elasticsearch, settings: Settings, made: datetime | None) -> list[dict[str, Any]]:
    """`provider` and `processed` of the articles that became searchable in the last hour, the newest first; then those of a
    day before it, of the providers with few. What a reindex copied is left out: `made` is when the index began."""
    hour = _articles(client, settings, made, {"range": {"processed.indexed": {"gte": "now-1h"}}})
    sent = Counter(str(one.get("provider", "")) for one in hour)
    many = [provider for provider, count in sent.items() if count >= FEW]
    day = {"range": {"processed.indexed": {"gte": "now-1d", "lt": "now-1h"}}}
    return hour + _articles(client, settings, made, day, {"terms": {"provider": many}})


def _articles(
    client: Elasticsearch,
    settings: Settings,
    made: datetime | None,
    wanted: dict[str, Any],
    but: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    answer = client.options(ignore_status=_MISSING).search(
        index=settings.named("articles"),
        size=_SAMPLE,
        query={"bool": {"filter": [wanted], "must_not": [but] if but else []}},
        sort=[{"processed.indexed": "desc"}],
        source_includes=["provider", "processed"],
        track_total_hits=False,
    )
    found = [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]
    if made is None:
        return found
    return [
        one
        for one in found
        if datetime.fromisoformat(one["processed"].get("revised", one["processed"]["indexed"])) > made
    ]


def last_items(client: Elasticsearch, settings: Settings) -> dict[str, datetime]:
    """When the last item of each provider was received, by `articles/PROVIDER` and `comments/PROVIDER`."""
    last = {"last": {"max": {"field": "processed.received"}}}
    return {
        f"{item}/{bucket['key']['provider']}": datetime.fromtimestamp(bucket["last"]["value"] / 1000, UTC)
        for item in _ITEMS
        for bucket in _buckets(client, settings, item, [_BY_PROVIDER], last)
        if bucket["last"]["value"] is not None
    }


def item_slots(client: Elasticsearch, settings: Settings) -> dict[str, dict[int, int]]:
    """How many items of each provider were received in each slot of the last weeks, by the same names."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    minutes = int(SLOT.total_seconds() // 60)
    slots = {"slot": {"date_histogram": {"field": "processed.received", "fixed_interval": f"{minutes}m"}}}
    for item in _ITEMS:
        for bucket in _buckets(client, settings, item, [_BY_PROVIDER, slots]):
            number = int(bucket["key"]["slot"] // (SLOT.total_seconds() * 1000))
            found[f"{item}/{bucket['key']['provider']}"][number] = bucket["doc_count"]
    return dict(found)


def _buckets(
    client: Elasticsearch,
    settings: Settings,
    item: str,
    sources: list[dict[str, Any]],
    inside: dict[str, Any] | None = None,
) -> Iterator[Mapping[str, Any]]:
    """Of all recent items, however many providers there are: page by page."""
    after: Any = None
    while True:
        composite = {"size": _PAGE, "sources": sources} | ({"after": after} if after else {})
        answer = client.options(ignore_status=_MISSING).search(
            index=[settings.named(alias) for alias in _ITEMS[item]],
            size=0,
            query=_recent(),
            aggs={"found": {"composite": composite} | ({"aggs": inside} if inside else {})},
        )
        page = answer.get("aggregations", {}).get("found", {})
        yield from page.get("buckets", [])
        after = page.get("after_key")
        if after is None:
            return


def _recent() -> dict[str, Any]:
    return {"range": {"processed.received": {"gte": f"now-{FORGOTTEN.days}d"}}}


def read_refusals(client: Elasticsearch, settings: Settings) -> tuple[dict[str, Refusals], tuple[RefusalRate, ...]]:
    """Dead letters by the step that refused them; and of the last hour by step and reason, those with most first."""
    hour = {"range": {"at": {"gte": "now-1h"}}}
    past = {"range": {"at": {"gte": "now-7d", "lt": "now-1h"}}}
    answer = client.options(ignore_status=_MISSING).search(
        index=settings.named("dead-letters"),
        size=0,
        aggs={
            "steps": {
                "terms": {"field": "stage", "size": 50},
                "aggs": {
                    "failed": {"filter": {"bool": {"filter": [hour, {"term": {"reason": FAILED}}]}}},
                    "reasons": {
                        "terms": {"field": "reason", "size": 100},
                        "aggs": {
                            "hour": {"filter": hour, "aggs": {"providers": {"terms": {"field": "provider", "size": 3}}}},
                            "past": {
                                "filter": past,
                                "aggs": {"hours": {"date_histogram": {"field": "at", "fixed_interval": "1h", "min_doc_count": 1}}},
                            },
                        },
                    },
                },
            }
        },
    )  # fmt: skip
    steps = answer.get("aggregations", {}).get("steps", {}).get("buckets", [])
    rates = [
        rate(
            step["key"],
            reason["key"],
            [one["doc_count"] for one in reason["past"]["hours"]["buckets"]],
            reason["hour"]["doc_count"],
            [one["key"] for one in reason["hour"]["providers"]["buckets"]],
        )
        for step in steps
        for reason in step["reasons"]["buckets"]
        if reason["hour"]["doc_count"]
    ]
    return (
        {
            step["key"]: Refusals(refused=step["doc_count"], failed_last_hour=step["failed"]["doc_count"])
            for step in steps
        },
        tuple(sorted(rates, key=lambda one: -one.last_hour)),
    )
