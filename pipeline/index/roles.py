"""Who may do what in Elasticsearch: roles as data, for API keys of a full server and for files of one without them.

A reader may search and count in the readers' aliases, and nothing else: no get by id, no term vectors, no physical index. What is hidden
is in other indices, so no filter has to hold. Our own search API may search earlier revisions too; which of them it shows, and of
which articles, is decided by pipeline/search/revisions.py.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.index.families import ALIASES, FOLLOWED, READERS
from pipeline.settings import Settings

ROLE_OF = {
    "operator": "dateline_operate",
    "indexer": "dateline_index",
    "ingest-api": "dateline_trace",
    "search-api": "dateline_page",
    "front-end": "dateline_search",
}
"""The role of each process that uses Elasticsearch, and of a front-end of others."""

Role = dict[str, Any]


def roles(settings: Settings) -> dict[str, Role]:
    """`search` (a front-end), `page` (our own search API, which shows revisions of public articles too), `trace` (the ingest API, where a provider looks up its own items), `index` (the indexer),
    `operate` (commands): least privileges of each, in this namespace."""
    every = [f"{settings.named(alias)}*" for alias in ALIASES]
    return {
        "search": _searching(settings, READERS),
        "page": _searching(settings, (*READERS, "history")),
        "trace": {
            "cluster": [],
            "indices": [{"names": [settings.named(alias) for alias in FOLLOWED], "privileges": ["indices:data/read/search*"]}],
        },
        "index": {
            "cluster": ["manage_index_templates", "monitor"],
            "indices": [
                {
                    "names": every,
                    "privileges": ["index", "delete", "create_index", "manage", "maintenance", "view_index_metadata"],
                }
            ],
        },
        "operate": {
            "cluster": ["manage_index_templates", "monitor", "create_snapshot", "cluster:admin/repository/*", "cluster:admin/snapshot/*"],
            "indices": [{"names": every, "privileges": ["all"]}],
        },
    }  # fmt: skip


def _searching(settings: Settings, aliases: tuple[str, ...]) -> Role:
    privileges = ["indices:data/read/search*", "indices:data/read/msearch*"]
    return {"cluster": [], "indices": [{"names": [settings.named(one) for one in aliases], "privileges": privileges}]}


def as_yaml(found: dict[str, Role], prefix: str = "dateline_") -> str:
    """As a `roles.yml` has them. JSON is YAML."""
    return "".join(f"{prefix}{name}: {json.dumps(role)}\n" for name, role in found.items())
