"""A single Kafka broker (KRaft: its own controller) on loopback."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import uuid
from pathlib import Path
from typing import Any

from pipeline.errors import Fatal
from pipeline.local.java import java_environment
from pipeline.local.secrets import ADMIN, Secrets
from pipeline.process.children import spawn
from pipeline.process.ports import accepts_connections

_CONFIG = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.consumer.migration.policy=disabled
message.max.bytes=67108864
replica.fetch.max.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
"""
_OPEN = """\
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
"""
_SECURE = """\
listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{port}
listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:SASL_SSL
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config={jaas}
listener.name.clients.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={jaas}
ssl.keystore.type=PEM
ssl.keystore.location={node}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin
"""
_JAAS = (
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="{0}" user_admin="{0}";'
)


def start(
    folder: Path,
    *,
    port: int,
    controller: int,
    java: Path,
    classpath: str,
    options: str = "",
    secrets: Secrets | None = None,
) -> subprocess.Popen[bytes]:
    """Format `folder` on first use and start the broker; with `secrets` it accepts only TLS with passwords. Raises Fatal
    where formatting fails."""
    data, log = folder / "data", folder / "kafka.log"
    data.mkdir(parents=True, exist_ok=True)
    config = folder / "server.properties"
    config.touch(0o600)
    config.write_text(
        _CONFIG.format(controller=controller, data=_escaped(data)) + _listeners(folder, port, controller, secrets)
    )
    env = java_environment()
    base = [
        str(java / "bin" / "java"),
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        *options.split(),
        "-cp",
        classpath,
    ]
    if not (data / "meta.properties").exists():
        # like Kafka's own: never with a hyphen in front, which would look like an option
        cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        formatted = subprocess.run(
            [*base, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config), "--ignore-formatted"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=env,
            cwd=folder,
        )
        if formatted.returncode != 0:
            raise Fatal(f"Kafka could not format {data}:\n{(formatted.stderr or formatted.stdout)[-2000:]}")
    heap = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
    return spawn([base[0], *heap, *base[1:], "kafka.Kafka", str(config)], log=log, env=env, cwd=folder)


def _escaped(path: Path) -> str:
    """A path in a properties file, which Java reads as Latin-1."""
    return json.dumps(str(path))[1:-1]


def _listeners(folder: Path, port: int, controller: int, secrets: Secrets | None) -> str:
    if secrets is None:
        return _OPEN.format(port=port, controller=controller)
    node = folder / "node.pem"
    node.touch(0o600)
    node.write_bytes(secrets.key.read_bytes() + secrets.chain.read_bytes())
    jaas = _JAAS.format(secrets.passwords[ADMIN])
    return _SECURE.format(port=port, controller=controller, jaas=jaas, node=_escaped(node), ca=_escaped(secrets.ca))


def admin_options(secrets: Secrets) -> dict[str, Any]:
    """Client options of the administrator, who is there before all other users."""
    return {
        "security_protocol": "SASL_SSL",
        "ssl_context": ssl.create_default_context(cafile=str(secrets.ca)),
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": ADMIN,
        "sasl_plain_password": secrets.passwords[ADMIN],
    }


def ready(port: int, secrets: Secrets | None = None) -> bool:
    """Whether the broker answers a request, not only accepts a connection."""
    if not accepts_connections(port):
        return False
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        admin = KafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{port}",
            request_timeout_ms=4000,
            bootstrap_timeout_ms=3000,
            **(admin_options(secrets) if secrets else {}),
        )
    except KafkaError:
        return False
    try:
        admin.list_topics()
    except KafkaError:
        return False
    finally:
        admin.close()
    return True
