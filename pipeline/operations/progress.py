"""What became of articles that a run published: which are indexed, and which a stage refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.index.elastic import Elasticsearch
from pipeline.kafka.reading import open_reader, partitions_of
from pipeline.operations.lookup import scan
from pipeline.operations.receipts import ARTICLE_EVENTS
from pipeline.settings import Settings
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import drained, topics

INDICES = ("articles", "articles-hidden", "redirects")
_CHUNK = 10_000
"""Ids asked for at once."""

Ends = dict[int, int]
"""Where each partition of dead-letters ends."""


@dataclass(frozen=True)
class Refusal:
    """A stage refused an article, or something else of it: a comment, say."""

    article_id: str
    stage: str
    reason: str
    detail: str
    of_article: bool
    """Whether it is the article itself."""

    def __str__(self) -> str:
        return f"{self.stage} refused {'it' if self.of_article else 'a record of it'}: {self.reason}: {self.detail}"


def dead_letter_ends(settings: Settings) -> Ends:
    """Where dead-letters end now: what is refused from now on comes after. Raises Retry."""
    with open_reader(settings) as reader:
        found = list(partitions_of(reader, settings, [DEAD_LETTERS]))
        ends = reader.end_offsets(found) if found else {}
    return {tp.partition: end for tp, end in ends.items()}


def refused_since(client: Elasticsearch, settings: Settings, article_ids: Sequence[str], ends: Ends) -> list[Refusal]:
    """What stages refused of these articles since then, as far as it is indexed: the latest refusal of each article, and
    every other. Raises what the client raises."""
    articles = {
        one.full_name(settings) for one in (*topics(settings), *drained(settings)) if one.schema in ARTICLE_EVENTS
    }
    found: dict[object, Refusal] = {}
    for some in _chunks(article_ids):
        for hit in scan(client, settings.named("dead-letters"), query={"terms": {"key": some}}):
            one: dict[str, Any] = hit["_source"]
            place, of_article = (one["letter_partition"], one["letter_offset"]), one.get("topic") in articles
            if place[1] >= ends.get(place[0], 0):
                refusal = Refusal(one["key"], one["stage"], one["reason"], one["detail"], of_article)
                found[one["key"] if of_article else place] = refusal
    return list(found.values())


def settled(found: Mapping[str, set[str]], refused: Iterable[Refusal]) -> set[str]:
    """The articles that need not be waited for: those that are indexed, and those that a stage refused."""
    return set().union(*found.values()) | {one.article_id for one in refused if one.of_article}


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
