"""Kafka with TLS, SASL/SCRAM and ACLs: a real broker that lets nobody in without, and each only where it belongs."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType
from kafka.errors import KafkaError

from pipeline.broker import admin_client, producer
from pipeline.errors import DatelineError, Fatal
from pipeline.local.downloads import Downloads
from pipeline.local.engines import LocalEngines
from pipeline.local.java import find_java
from pipeline.local.processes import free_port, spawn
from pipeline.settings import load_settings
from pipeline.topology import ARTICLES_CURRENT, ARTICLES_RAW
from tests.conftest import Pipeline
from tests.send import Sender, raw_article

CONFIG = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{port}
listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="{admin}";
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin;User:ANONYMOUS
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
message.max.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
"""


def certificates(folder: Path) -> None:
    """A certificate authority of our own, and a broker's certificate by it."""
    now = datetime.datetime.now(datetime.UTC)

    def made(subject: str, issuer: str, key: Any, signer: Any, *, authority: bool) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
            key.public_key(), x509.random_serial_number(), now - datetime.timedelta(days=1), now + datetime.timedelta(days=1),
        )  # fmt: skip
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        names = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        )
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        usage = x509.KeyUsage(True, False, False, False, False, authority, authority, False, False)
        return builder.add_extension(usage, critical=True).sign(signer, hashes.SHA256())

    authority, broker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    ca = made("test authority", "test authority", authority, authority, authority=True).public_bytes(pem)
    own = made("broker", "test authority", broker, authority, authority=False).public_bytes(pem)
    key = broker.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca)
    (folder / "broker.pem").write_bytes(key + own + ca)


@pytest.fixture
def secure() -> Iterator[tuple[str, Path, str]]:
    """(servers, certificate authority, the administrator's password)."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-secure-", dir="/var/tmp"))
    certificates(folder)
    downloads = Downloads(LocalEngines(load_settings()).downloads.folder)
    downloads.fetch(lambda *_: None)
    java = find_java(downloads.folder) / "bin" / "java"
    port, controller, password = free_port(), free_port(), uuid.uuid4().hex
    config = folder / "server.properties"
    config.write_text(CONFIG.format(folder=folder, port=port, controller=controller, admin=password))
    base = ["-cp", downloads.kafka_classpath()]
    cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
    scram = [
        part
        for name in ("admin", "dateline", "reader")
        for part in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
    ]
    subprocess.run(
        [str(java), *base, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config), *scram],
        check=True,
        capture_output=True,
        timeout=60,
    )
    node = spawn(
        [str(java), "-Xmx384m", "-XX:+UseSerialGC", *base, "kafka.Kafka", str(config)],
        log=folder / "kafka.log",
        env={"PATH": "/usr/bin:/bin"},
    )
    try:
        yield f"127.0.0.1:{port}", folder / "ca.pem", password
    finally:
        node.kill()
        node.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_nobody_gets_in_without_and_each_only_where_it_belongs(
    secure: tuple[str, Path, str], make_pipeline: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers, authority, password = secure
    variables = {"SECURITY": "SASL_SSL", "USERNAME": "dateline", "PASSWORD": password, "CA_CERTS": str(authority)}
    for name, value in variables.items():
        monkeypatch.setenv(f"DATELINE_KAFKA_{name}", value)
    pipeline = make_pipeline(kafka_servers=servers)
    admin_settings = load_settings(kafka_servers=servers, kafka_username="admin")
    deadline = time.monotonic() + 60
    while True:
        try:
            admin = admin_client(admin_settings)
            break
        except DatelineError:
            assert time.monotonic() < deadline, "the broker did not come up"
    prefix = pipeline.settings.namespace
    admin.create_acls(
        [
            *(_allow("dateline", kind, prefix, ACLOperation.ALL) for kind in (ResourceType.TOPIC, ResourceType.GROUP)),
            ACL("User:dateline", "*", ACLOperation.IDEMPOTENT_WRITE, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", ACLResourcePatternType.LITERAL)),
            ACL("User:dateline", "*", ACLOperation.DESCRIBE, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", ACLResourcePatternType.LITERAL)),
            _allow("reader", ResourceType.TOPIC, ARTICLES_CURRENT.full_name(pipeline.settings), ACLOperation.READ),
        ]
    )  # fmt: skip
    admin.close()

    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    sender.event(raw_article("story"))
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == 1)
    assert password not in pipeline.log("worker") + pipeline.log("indexer")

    wrong = load_settings(kafka_servers=servers, kafka_password="guessed")
    with pytest.raises(DatelineError):
        producer(wrong)
    with pytest.raises(DatelineError):
        producer(load_settings(kafka_servers=servers, kafka_security="PLAINTEXT"))
    monkeypatch.delenv("DATELINE_KAFKA_PASSWORD")
    with pytest.raises(Fatal, match="needs DATELINE_KAFKA_USERNAME and DATELINE_KAFKA_PASSWORD"):
        producer(load_settings(kafka_servers=servers))
    reader = load_settings(kafka_servers=servers, kafka_username="reader", kafka_password=password)
    kafka = producer(reader, enable_idempotence=False, max_block_ms=5000)
    with pytest.raises(KafkaError):
        kafka.send(ARTICLES_RAW.full_name(pipeline.settings), b"{}", key=b"x").get(timeout=10)
    kafka.close(timeout=1)


def _allow(user: str, kind: ResourceType, name: str, operation: ACLOperation) -> ACL:
    pattern = ResourcePattern(kind, name, ACLResourcePatternType.PREFIXED)
    return ACL(f"User:{user}", "*", operation, ACLPermissionType.ALLOW, pattern)
