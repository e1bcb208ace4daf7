"""What became of articles that a run published: which are indexed, and which a stage refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.kafka.reading import open_reader, partitions_of
from pipeline.operations.lookup import scan
from pipeline.settings import Settings
from pipeline.topics import DEAD_LETTERS

INDICES = ("articles", "articles-hidden", "redirects")
_CHUNK = 10_000
"""Ids asked for at once."""

Ends = dict[int, int]
"""Where each partition of dead-letters ends."""


@dataclass(frozen=True)
class Refusal:
    """An article of which a stage refused a record."""

    article_id: str
    stage: str
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.stage} refused it: {self.reason}: {self.detail}"


def dead_letter_ends(settings: Settings) -> Ends:
    """Where dead-letters end now: what is refused from now on comes after. Raises Retry."""
    with open_reader(settings) as reader:
        found = list(partitions_of(reader, settings, [DEAD_LETTERS]))
        ends = reader.end_offsets(found) if found else {}
    return {tp.partition: end for tp, end in ends.items()}


def refused_since(client: Elasticsearch, settings: Settings, article_ids: Sequence[str], ends: Ends) -> list[Refusal]:
    """What stages refused of these articles since then, as far as it is indexed. Raises what the client raises."""
    found: dict[str, Refusal] = {}
    for some in _chunks(article_ids):
        for hit in scan(client, settings.named("dead-letters"), query={"terms": {"key": some}}):
            one: dict[str, Any] = hit["_source"]
            if one["letter_offset"] >= ends.get(one["letter_partition"], 0):
                found[one["key"]] = Refusal(one["key"], one["stage"], one["reason"], one["detail"])
    return list(found.values())


def indexed(client: Elasticsearch, settings: Settings, article_ids: Sequence[str]) -> dict[str, set[str]]:
    """Those of the articles that are indexed, by alias. Raises what the client raises."""
    found: dict[str, set[str]] = {}
    tolerant = client.options(ignore_status=404)
    for alias in INDICES:
        tolerant.indices.refresh(index=settings.named(alias))
        found[alias] = {
            hit["_id"]
            for some in _chunks(article_ids)
            for hit in scan(client, settings.named(alias), query={"ids": {"values": some}}, source=False)
        }
    return found


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield list(ids[start : start + _CHUNK])
