"""Generations of physical indices: `articles-1`, `articles-2`, … behind the aliases, and how one replaces another."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from pipeline.errors import Fatal
from pipeline.index.elastic import ApiError, Elasticsearch
from pipeline.index.families import ALIASES
from pipeline.settings import Settings

Targets = dict[str, str]
"""Alias, without namespace, to a physical index."""


def live_indices(client: Elasticsearch, settings: Settings) -> Targets:
    """The indices that the aliases point to now. Raises Fatal where there are none yet."""
    found: Targets = {}
    for alias in ALIASES:
        answer = client.options(ignore_status=404).indices.get_alias(name=settings.named(alias))
        names = [name for name in answer.body if isinstance(answer.body.get(name), dict)]
        if len(names) != 1:
            raise Fatal(
                f"the alias {settings.named(alias)} points to {len(names)} indices; `dateline indexer` makes them"
            )
        found[alias] = names[0]
    return found


def generation(name: str) -> int:
    """`7` of `news-articles-hidden-7`; 0 of a name without one."""
    match = re.search(r"-(\d+)$", name)
    return int(match[1]) if match else 0


def highest(client: Elasticsearch, settings: Settings) -> int:
    """The highest generation that has an index."""
    return max(
        (generation(name) for targets in existing(client, settings).values() for name in targets.values()), default=0
    )


def existing(client: Elasticsearch, settings: Settings) -> dict[int, Targets]:
    """Every generation that has indices."""
    found: dict[int, Targets] = {}
    for alias in ALIASES:
        pattern = re.compile(rf"{re.escape(settings.named(alias))}-(\d+)")
        for name in client.indices.get(index=f"{settings.named(alias)}-*", expand_wildcards="open").body:
            if match := pattern.fullmatch(name):
                found.setdefault(int(match[1]), {})[alias] = name
    return found


def create(client: Elasticsearch, settings: Settings, number: int) -> Targets:
    """Make the indices of generation `number` that aren't there, without aliases."""
    targets = {alias: f"{settings.named(alias)}-{number}" for alias in ALIASES}
    for name in targets.values():
        try:
            client.indices.create(index=name)
        except ApiError as e:
            if "resource_already_exists" not in str(e):
                raise
    return targets


def build_name(client: Elasticsearch, targets: Targets) -> str:
    """A name of these very indices: another one where any of them was deleted and made again under its name."""
    found = client.indices.get_settings(index=sorted(targets.values()), name="index.uuid")
    ids = sorted(found[name]["settings"]["index"]["uuid"] for name in targets.values())
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def swap_aliases(client: Elasticsearch, settings: Settings, before: Targets, after: Targets) -> None:
    """Move every alias at once: no search ever sees a mix of two generations."""
    actions: list[dict[str, Any]] = []
    for alias, index in after.items():
        if before.get(alias) != index:
            actions.append({"remove": {"index": before[alias], "alias": settings.named(alias)}})
            actions.append({"add": {"index": index, "alias": settings.named(alias), "is_write_index": True}})
    if actions:
        client.indices.update_aliases(actions=actions)
