"""The settings with the local engines that are up, for commands and flows: production code takes only what is set."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from pipeline.settings import Process, Settings
from pipeline.settings import settings as configured


def settings(process: Process | None = None) -> Settings:
    """The settings of this process, for a command that needs an engine: resolved, and as `process` where it is given.
    Commands that need none use `pipeline.settings.settings`."""
    current = configured()
    return resolved(current if process is None else current.model_copy(update={"process": process}))


def resolved(settings: Settings) -> Settings:
    """The settings with the addresses of the local engines where none are set, and, of secured ones, with the credentials
    of `settings.process`. Unchanged where no local engines are up: an error is raised once a client is made."""
    if settings.kafka_servers and settings.elasticsearch_url:
        return settings
    from pipeline.local.engines import LocalEngines

    running = LocalEngines(settings).running()
    if running is None:
        return settings
    update: dict[str, Any] = {}
    if not settings.kafka_servers:
        update["kafka_servers"] = running.kafka_servers
    if not settings.elasticsearch_url:
        update["elasticsearch_url"] = running.elasticsearch_url
    if running.secrets is not None:
        password = SecretStr(running.secrets.passwords[settings.process])
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
