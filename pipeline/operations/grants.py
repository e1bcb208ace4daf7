"""Credentials for front-ends: they may search what readers may see, until they expire."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, TransportError

from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.index.roles import roles
from pipeline.operations import audit
from pipeline.settings import Settings


def grant_search(settings: Settings, name: str, expires: str, by: str | None) -> dict[str, Any]:
    """An API key for a front-end: `{name, id, encoded, expires}`. `expires` as Elasticsearch has it (`90d`); the key itself
    is shown this once. Raises Fatal where the server makes no API keys, Retry where it doesn't answer."""
    client = elasticsearch_client(settings)
    try:
        made = client.security.create_api_key(
            name=f"{settings.named('dateline')}-{name}",
            expiration=expires,
            role_descriptors={"search": roles(settings)["search"]},
        )
    except ApiError as e:
        raise Fatal(
            f"Elasticsearch made no API key ({e.status_code}: {e.message}). A server without security, or without an index for keys, "
            "can't; `dateline grant roles` prints the roles for its roles.yml instead"
        ) from e
    except TransportError as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()
    audit.record(settings, [audit.deed("grant", name, by, None, id=made["id"], expires=expires)])
    return {"name": name, "id": made["id"], "encoded": made["encoded"], "expires": made.get("expiration")}
