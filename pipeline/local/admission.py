"""Lets Dateline's processes into secured local engines: their users and rights in Kafka. Elasticsearch reads its own from files."""

from __future__ import annotations

from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion
from kafka.errors import KafkaError

from pipeline.errors import Fatal
from pipeline.kafka.acls import grant, rights
from pipeline.local.engines import Running
from pipeline.local.kafka import admin_options
from pipeline.local.secrets import PROCESSES
from pipeline.settings import Settings


def admit(settings: Settings, running: Running) -> None:
    """Doing it again changes nothing. Raises Fatal where Kafka refuses."""
    if running.secrets is None:
        return
    admin = KafkaAdminClient(
        bootstrap_servers=running.kafka_servers, bootstrap_timeout_ms=8000, **admin_options(running.secrets)
    )
    try:
        passwords = running.secrets.passwords
        answers = admin.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(name, ScramMechanism.SCRAM_SHA_512, passwords[name]) for name in PROCESSES]
        )
        if refused := [f"{name}: {error}" for name, error in answers.items() if error]:
            raise Fatal(f"Kafka took no password for {'; '.join(refused)}")
        grant(admin, rights(settings))
    except KafkaError as e:
        raise Fatal(f"Kafka did not take users and rights: {e}") from e
    finally:
        admin.close()
