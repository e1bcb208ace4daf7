"""The timeline of an article: every stored revision, and what changed between any two."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pipeline.errors import Reject
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.operations.lookup import canonical_id, merged_ids, status_of
from pipeline.search.revisions import Revision, in_order, superseded_query, timeline
from pipeline.settings import Settings
from schemas.documents import COMPARED

__all__ = ["Revision", "difference", "revisions", "timeline"]


def revisions(settings: Settings, article_id: str) -> list[Revision]:
    """`[{number, status, headline, revision: {modified, received, …}, …}]`, the oldest first, the current one last.

    `number` counts from 1. Revisions that arrived under other ids of the article are among them. A partial update is
    merged with the revision before it; `named_fields` and `cleared` list what the update itself contained. `standing`
    is `status` under its former name. Raises Reject where there is none, Retry.
    """
    with open_client(settings, timeout=10) as client:
        own = canonical_id(client, settings, article_id)
        ids = [own, *merged_ids(client, settings, own)]
        found = timeline(_superseded(client, settings, ids), _current(client, settings, own))
    if not found:
        raise Reject("not-found", f"no revision of {article_id} is in the indices")
    return [{"number": n, **one, "status": status_of(one)} for n, one in enumerate(found, 1)]


def difference(older: Revision, newer: Revision) -> Iterator[str]:
    """Lines that begin with `- `, `+ ` or two spaces: fields first, then the body paragraph by paragraph."""
    for field in COMPARED:
        before, after = _shown(older.get(field)), _shown(newer.get(field))
        if before != after:
            if before:
                yield f"- {field}: {before}"
            if after:
                yield f"+ {field}: {after}"
    before_body, after_body = ((one.get("body") or "").split("\n\n") for one in (older, newer))
    for line in difflib.ndiff(before_body, after_body):
        if not line.startswith("?"):
            yield line if not line.startswith("  ") else f"  {line[2:82]}{'…' if len(line) > 82 else ''}"


def _superseded(client: Elasticsearch, settings: Settings, ids: list[str]) -> list[Revision]:
    answer = client.options(ignore_status=404).search(index=settings.named("history"), body=superseded_query(ids))
    return in_order([hit["_source"] for hit in answer.get("hits", {}).get("hits", [])])


def _current(client: Elasticsearch, settings: Settings, article_id: str) -> list[Revision]:
    aliases = [settings.named(alias) for alias in ("articles", "articles-hidden")]
    answer = client.options(ignore_status=404).search(
        index=aliases, query={"ids": {"values": [article_id]}}, source_excludes=["stemmed"]
    )
    return [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
