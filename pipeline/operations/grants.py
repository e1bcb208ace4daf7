"""Credentials for front-ends: they may search what readers may see, until they expire."""

from __future__ import annotations

from typing import Any

from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import ApiError
from pipeline.index.roles import roles
from pipeline.operations import audit
from pipeline.settings import Settings


def create_search_key(settings: Settings, name: str, expires: str, by: str | None) -> dict[str, Any]:
    """An API key for a front-end: `{name, id, encoded, expires}`. `expires` as Elasticsearch writes it (`90d`); the key
    itself is shown only once. Raises Fatal where the server makes no API keys, Retry where it doesn't answer."""
    with open_client(settings) as client:
        try:
            made = client.security.create_api_key(
                name=f"{settings.named('dateline')}-{name}",
                expiration=expires,
                role_descriptors={"search": roles(settings)["search"]},
            )
        except ApiError as e:
            raise Fatal(
                f"Elasticsearch made no API key ({e.status_code}: {e.message}). A server without security, or without an index for keys, "
                "can't make any; `dateline grant roles` prints the roles for its roles.yml instead"
            ) from e
    audit.record(settings, [audit.entry("grant", name, by, None, id=made["id"], expires=expires)])
    return {"name": name, "id": made["id"], "encoded": made["encoded"], "expires": made.get("expiration")}
