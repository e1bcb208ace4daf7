"""The Elasticsearch client, made from the settings. It connects on first use."""

from __future__ import annotations

from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import Fatal
from pipeline.settings import Settings


def elasticsearch_url(settings: Settings) -> str:
    """Address of Elasticsearch. Raises Fatal where there is none."""
    if not settings.elasticsearch_url:
        raise Fatal(
            "no Elasticsearch to talk to: set DATELINE_ELASTICSEARCH_URL, or start local engines with `dateline local up`"
        )
    return settings.elasticsearch_url


def elasticsearch_client(settings: Settings, *, timeout: float = 30.0, connections: int = 4) -> Elasticsearch:
    """A client that doesn't retry: its callers know what may be tried again. `timeout` is in seconds. Raises Fatal where
    the settings have no address, or one that can't be read."""
    options: dict[str, Any] = {
        "request_timeout": timeout,
        "max_retries": 0,
        "retry_on_timeout": False,
        "connections_per_node": connections,
    }
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key.get_secret_value()
    elif settings.elasticsearch_username and settings.elasticsearch_password:
        options["basic_auth"] = (settings.elasticsearch_username, settings.elasticsearch_password.get_secret_value())
    if settings.elasticsearch_ca_certs:
        options["ca_certs"] = str(settings.elasticsearch_ca_certs)
    try:
        return Elasticsearch(elasticsearch_url(settings), **options)
    except ValueError as e:
        raise Fatal(f"DATELINE_ELASTICSEARCH_URL is {settings.elasticsearch_url!r}: {e}") from e
