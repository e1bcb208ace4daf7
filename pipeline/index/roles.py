"""Who may do what in Elasticsearch: roles as data, for API keys of a full server and for files of one without them.

A reader may search and count in the readers' aliases, and nothing else: no get by id, no term vectors, no physical index. What is hidden
is in other indices, so no filter has to hold.
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
    "search-api": "dateline_serve",
    "status-page": "dateline_look",
    "alerts": "dateline_alert",
    "front-end": "dateline_search",
}
"""The role of each process that uses Elasticsearch, and of a front-end that asks it directly."""

Role = dict[str, Any]


def roles(settings: Settings) -> dict[str, Role]:
    """`search` (a front-end), `serve` (the search API, which shows of an article's earlier revisions what readers could
    see: pipeline/search/revisions.py), `alert` (saved searches, which are compared with the terms that articles are indexed by), `trace` (the ingest API, where a provider looks up its own items), `index` (the indexer),
    `look` (the operators' page, which reads everything and changes nothing), `operate` (commands): least privileges of each, in this namespace."""
    reading = ["indices:data/read/search*", "indices:data/read/msearch*"]
    readable = [settings.named(alias) for alias in READERS]
    every = [f"{settings.named(alias)}*" for alias in ALIASES]
    return {
        "search": {
            "cluster": [],
            "indices": [{"names": readable, "privileges": reading}],
        },
        "serve": {
            "cluster": [],
            "indices": [{"names": [*readable, settings.named("history")], "privileges": reading}],
        },
        "alert": {
            "cluster": [],
            "indices": [
                {"names": [settings.named("redirects")], "privileges": reading},
                {"names": [settings.named("articles")], "privileges": [*reading, "indices:data/read/mtv*", "indices:data/read/tv*", "indices:admin/analyze*"]},
            ],
        },
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
        "look": {
            "cluster": ["monitor"],
            "indices": [{"names": every, "privileges": ["read", "monitor", "view_index_metadata"]}],
        },
        "operate": {
            "cluster": ["manage_index_templates", "monitor", "create_snapshot", "cluster:admin/repository/*", "cluster:admin/snapshot/*"],
            "indices": [{"names": every, "privileges": ["all"]}],
        },
    }  # fmt: skip


def as_yaml(found: dict[str, Role], prefix: str = "dateline_") -> str:
    """As a `roles.yml` has them. JSON is YAML."""
    return "".join(f"{prefix}{name}: {json.dumps(role)}\n" for name, role in found.items())
