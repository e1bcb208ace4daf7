"""Installs what the indices are made from: component templates, index templates, first physical indices, aliases."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Fatal, Retry
from pipeline.index.families import ALIASES as ALIASES
from pipeline.index.families import FAMILIES, Family
from pipeline.settings import Settings


def install(client: Elasticsearch, settings: Settings) -> None:
    """Install or update everything; doing it again changes nothing. Raises Retry where Elasticsearch is away."""
    try:
        _install(client, settings)
    except TransportError as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    except ApiError as e:
        if e.status_code in (429, 502, 503, 504):
            raise Retry(f"Elasticsearch is busy ({e.status_code})") from e
        raise Fatal(f"Elasticsearch refused an index template: {e}") from e


def component(name: str) -> dict[str, Any]:
    """A component template of schemas/index."""
    loaded: dict[str, Any] = json.loads(files("schemas").joinpath(f"index/{name}.json").read_text())
    return loaded


def _install(client: Elasticsearch, settings: Settings) -> None:
    analysis = "analysis-full" if _has_full_analysis(client) else "analysis-core"
    shared = ("settings", analysis)
    for name in (*shared, *map(_mappings, FAMILIES)):
        client.cluster.put_component_template(name=settings.named(f"dateline-{name}"), **component(name))
    sizes = {"settings": {"index": {"number_of_shards": settings.shards, "number_of_replicas": settings.replicas}}}
    for family in FAMILIES:
        client.indices.put_index_template(
            name=settings.named(f"dateline-{family.name}"),
            index_patterns=[settings.named(f"{family.name}-*")],
            composed_of=[settings.named(f"dateline-{name}") for name in (*shared, _mappings(family))],
            priority=500 + len(settings.namespace),
            template=sizes,
        )
    for alias in ALIASES:
        name = settings.named(alias)
        if not client.indices.exists_alias(name=name):
            try:
                client.indices.create(index=f"{name}-1", aliases={name: {"is_write_index": True}})
            except ApiError as e:
                if "resource_already_exists" not in str(e):
                    raise
    for family in FAMILIES:
        # additions to a mapping reach existing indices; anything else is a reindex
        client.indices.put_mapping(
            index=[settings.named(alias) for alias in family.aliases],
            properties=component(_mappings(family))["template"]["mappings"]["properties"],
        )


def _mappings(family: Family) -> str:
    return f"mappings-{family.name}"


def _has_full_analysis(client: Elasticsearch) -> bool:
    nodes = client.nodes.info(metric="plugins")["nodes"].values()
    return all(any(module["name"] == "analysis-common" for module in node.get("modules", [])) for node in nodes)
