"""The timeline of an article: every stored revision, and what changed between any two."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import Reject
from pipeline.index.client import open_client
from pipeline.operations.lookup import canonical_id, merged_ids, status_of
from pipeline.settings import Settings
from schemas.documents import COMPARED

MAX_REVISIONS = 1000
Revision = dict[str, Any]


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


def timeline(superseded: list[Revision], current: list[Revision]) -> list[Revision]:
    """Superseded revisions in their order, then the current one; each partial update merged with the revision before it."""
    found: list[Revision] = []
    named: Revision = {}
    last = {one.get("revision", {}).get("event_id") for one in current}
    for one in superseded:
        if one.get("revision") and one["revision"].get("event_id") in last:
            # the current revision is this one, or is the base of it
            named = {name: one[name] for name in ("named_fields", "cleared") if name in one}
            continue
        partial = status_of(one) == "partial"
        found.append(_merged(found[-1] if found else {}, one) if partial else one)
    return [*found, *(one | named for one in current)]


def _merged(before: Revision, partial: Revision) -> Revision:
    changed = {*partial.get("named_fields", []), *partial.get("cleared", [])}
    return {name: value for name, value in before.items() if name not in changed} | partial


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
    answer = client.options(ignore_status=404).search(
        index=settings.named("history"),
        query={"terms": {"article_id": ids}},
        sort=[{"revision_key": "asc"}],
        size=MAX_REVISIONS,
    )
    found = [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]
    return sorted(found, key=lambda one: _order(str(one.get("revision_key", ""))))


def _current(client: Elasticsearch, settings: Settings, article_id: str) -> list[Revision]:
    aliases = [settings.named(alias) for alias in ("articles", "articles-hidden")]
    answer = client.options(ignore_status=404).search(
        index=aliases, query={"ids": {"values": [article_id]}}, source_excludes=["stemmed"]
    )
    return [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]


def _order(key: str) -> tuple[int, int, str]:
    """A revision's key is `modified ms.version.event`."""
    modified, _, rest = key.partition(".")
    version, _, event = rest.partition(".")
    return (int(modified or 0), int(version or 0), event)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
