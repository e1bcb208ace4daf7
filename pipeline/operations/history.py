"""Every revision of an article that is kept, and what changed between any two."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Reject, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.operations.lookup import merged_into, stands_for
from pipeline.settings import Settings
from schemas.documents import COMPARED

MOST = 1000
Revision = dict[str, Any]


def history(settings: Settings, article_id: str) -> list[Revision]:
    """`[{number, standing, headline, revision: {modified, received, …}, …}]`, the oldest first, the one that stands last.

    `number` counts from 1, to name it by. Revisions that came under other ids of the article are among them. A partial
    update is shown with what it made of the revision before it; `named_fields` and `cleared` say what it said itself.
    Raises Reject where nothing of the article is there, Retry.
    """
    client = elasticsearch_client(settings, timeout=10)
    try:
        stands = stands_for(client, settings, article_id)
        ids = [stands, *merged_into(client, settings, stands)]
        found = told(_superseded(client, settings, ids), _standing(client, settings, stands))
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()
    if not found:
        raise Reject("not-found", f"no revision of {article_id} is in the indices")
    return [{"number": n, **one} for n, one in enumerate(found, 1)]


def told(superseded: list[Revision], standing: list[Revision]) -> list[Revision]:
    """Superseded revisions in their order, then what stands; each partial update merged with what was before it."""
    found: list[Revision] = []
    said: Revision = {}
    last = {one.get("revision", {}).get("event_id") for one in standing}
    for one in superseded:
        if one.get("revision") and one["revision"].get("event_id") in last:
            # it is, or is in, what stands
            said = {name: one[name] for name in ("named_fields", "cleared") if name in one}
            continue
        partial = one.get("standing") == "partial"
        found.append(_merged(found[-1] if found else {}, one) if partial else one)
    return [*found, *(one | said for one in standing)]


def _merged(before: Revision, partial: Revision) -> Revision:
    said = {*partial.get("named_fields", []), *partial.get("cleared", [])}
    return {name: value for name, value in before.items() if name not in said} | partial


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
        size=MOST,
    )
    found = [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]
    return sorted(found, key=lambda one: _order(str(one.get("revision_key", ""))))


def _standing(client: Elasticsearch, settings: Settings, article_id: str) -> list[Revision]:
    aliases = [settings.named(alias) for alias in ("articles", "articles-hidden")]
    answer = client.options(ignore_status=404).search(index=aliases, query={"ids": {"values": [article_id]}})
    return [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]


def _order(key: str) -> tuple[int, int, str]:
    """A revision's key is `modified ms.version.event`."""
    modified, _, rest = key.partition(".")
    version, _, event = rest.partition(".")
    return (int(modified or 0), int(version or 0), event)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
