"""Where Kafka and Elasticsearch are, and clients for them. Clients connect on first use, not on import."""

from __future__ import annotations

from typing import Any

from elasticsearch import Elasticsearch
from pydantic import SecretStr

from pipeline.errors import Fatal
from pipeline.local.engines import LocalEngines
from pipeline.settings import Settings

_NOT_UP = "set {variable}, or start local engines with `dateline local up`"


def kafka_servers(settings: Settings) -> str:
    """host:port of the brokers: from the settings, else of the local engines. Raises Fatal where neither is there."""
    if settings.kafka_servers:
        return settings.kafka_servers
    running = LocalEngines(settings).running()
    if running is None:
        raise Fatal("no Kafka to talk to: " + _NOT_UP.format(variable="DATELINE_KAFKA_SERVERS"))
    return running.kafka_servers


def elasticsearch_url(settings: Settings) -> str:
    """Address of Elasticsearch, as above."""
    if settings.elasticsearch_url:
        return settings.elasticsearch_url
    running = LocalEngines(settings).running()
    if running is None:
        raise Fatal("no Elasticsearch to talk to: " + _NOT_UP.format(variable="DATELINE_ELASTICSEARCH_URL"))
    return running.elasticsearch_url


def located(settings: Settings) -> Settings:
    """The settings with the credentials of this process where the engines are local and secured ones."""
    if settings.kafka_servers and settings.elasticsearch_url:
        return settings
    running = LocalEngines(settings).running()
    if running is None or running.secrets is None:
        return settings
    password = SecretStr(running.secrets.passwords[settings.process])
    update: dict[str, Any] = {}
    if not settings.kafka_servers:
        update |= {
            "kafka_security": "SASL_SSL",
            "kafka_mechanism": "SCRAM-SHA-512",
            "kafka_username": settings.process,
            "kafka_password": password,
            "kafka_ca_certs": running.secrets.ca,
        }
    if not settings.elasticsearch_url:
        update |= {
            "elasticsearch_api_key": None,
            "elasticsearch_username": settings.process,
            "elasticsearch_password": password,
            "elasticsearch_ca_certs": running.secrets.ca,
        }
    return settings.model_copy(update=update)


def elasticsearch_client(settings: Settings, *, timeout: float = 30.0, connections: int = 4) -> Elasticsearch:
    """A client that doesn't retry by itself: whoever calls it knows what may be tried again."""
    options: dict[str, Any] = {
        "request_timeout": timeout,
        "max_retries": 0,
        "retry_on_timeout": False,
        "connections_per_node": connections,
    }
    settings = located(settings)
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
