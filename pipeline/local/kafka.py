"""A single Kafka broker (KRaft: its own controller) on loopback."""

from __future__ import annotations

import base64
import os
import subprocess
import uuid
from pathlib import Path

from pipeline.errors import Fatal
from pipeline.local.processes import answers, spawn

_CONFIG = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
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
message.max.bytes=67108864
replica.fetch.max.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
"""


def start(folder: Path, *, port: int, controller: int, java: Path, classpath: str) -> subprocess.Popen[bytes]:
    """Format `folder` on first use and start the broker. Raises Fatal where formatting fails."""
    data, log = folder / "data", folder / "kafka.log"
    data.mkdir(parents=True, exist_ok=True)
    config = folder / "server.properties"
    config.write_text(_CONFIG.format(port=port, controller=controller, data=data))
    base = [str(java / "bin" / "java"), "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", classpath]
    if not (data / "meta.properties").exists():
        # as Kafka makes them: never with a hyphen in front, which would look like an option
        cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        formatted = subprocess.run(
            [*base, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config), "--ignore-formatted"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if formatted.returncode != 0:
            raise Fatal(f"Kafka could not format {data}:\n{(formatted.stderr or formatted.stdout)[-2000:]}")
    heap = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
    env = {k: v for k, v in os.environ.items() if k not in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")}
    return spawn([base[0], *heap, *base[1:], "kafka.Kafka", str(config)], log=log, env=env)


def ready(port: int) -> bool:
    """Whether the broker answers a request, not only a connection."""
    if not answers(port):
        return False
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        admin = KafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=4000, bootstrap_timeout_ms=3000
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
