"""Users and ACLs of secured local engines in Kafka. Elasticsearch reads its own from files (elasticsearch.py)."""

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


def create_users(settings: Settings, running: Running) -> None:
    """Create or update a user with its ACLs for each process; idempotent, and nothing to do where the engines are not
    secured. Raises Fatal where Kafka refuses."""
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
            raise Fatal(f"Kafka refused the passwords of {'; '.join(refused)}")
        grant(admin, rights(settings))
    except KafkaError as e:
        raise Fatal(f"Kafka did not accept users and ACLs: {e}") from e
    finally:
        admin.close()
