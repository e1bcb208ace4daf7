"""The engines die, or stay away, while articles come in: engines of this test's own, so that others aren't hurt."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import DatelineError
from pipeline.kafka.clients import admin_client, consumer, ensure_topics
from pipeline.local.downloads import Downloads
from pipeline.local.engines import LocalEngines, Running
from pipeline.local.java import QUICK_START, find_java
from pipeline.process.children import spawn
from pipeline.process.ports import free_port
from pipeline.settings import Settings, load_settings
from pipeline.topics import ARTICLES_RAW
from tests.conftest import PARTITIONS, Pipeline
from tests.faults import LONG
from tests.support.builders import id_of, raw_article
from tests.support.engines import kill_engines
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE, until

KILLS = 12
AWAY = 90.0
"""Seconds; longer than max.poll.interval.ms."""


@pytest.fixture
def own() -> Iterator[tuple[LocalEngines, Running]]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-faults-", dir="/var/tmp"))
    folder.chmod(0o755)
    local = LocalEngines(load_settings(local_dir=folder / "local", elasticsearch_heap="512m"))
    try:
        local.downloads.fetch(lambda *_: None)
        yield local, local.up(lambda *_: None, attached=True)
    finally:
        kill_engines(local)
        shutil.rmtree(folder, ignore_errors=True)


def engine(running: Running, word: str) -> psutil.Process:
    """The engine's own process among the supervisor's children; one that was killed may not be started again yet."""

    def found() -> psutil.Process | None:
        for child in psutil.Process(running.pid).children(recursive=True):
            with suppress(psutil.Error):
                if word in " ".join(child.cmdline()):
                    return child
        return None

    process: psutil.Process = until(found)
    return process


@pytest.mark.skipif(not LONG, reason="in the long form: make faults")
def test_kafka_and_elasticsearch_are_killed_under_load(own: tuple[LocalEngines, Running]) -> None:
    _, running = own
    folder = Path(tempfile.mkdtemp(prefix="dateline-test-", dir="/var/tmp"))
    settings = load_settings(
        kafka_servers=running.kafka_servers,
        elasticsearch_url=running.elasticsearch_url,
        namespace="f",
        partitions=PARTITIONS,
    )
    pipeline = Pipeline(settings, running, folder)
    rng = random.Random(time.time_ns())
    sent: set[str] = set()
    try:
        ensure_topics(settings)
        pipeline.start("worker", "indexer")
        for kill in range(KILLS):
            sender = _patient_sender(settings)
            for n in range(150):
                name = f"k{kill}-{n}"
                sender.event(raw_article(name))
                sent.add(str(id_of(name)))
            sender.close()
            time.sleep(rng.uniform(0, 2))
            word = ("kafka.Kafka", "org.elasticsearch")[kill % 2]
            victim = engine(running, word)
            if kill == KILLS - 1:
                victim.suspend()  # away, and its connections still open
                time.sleep(AWAY)
                victim.resume()
            else:
                victim.kill()
            # whoever supervises them starts the engine again
            pipeline.until(lambda: _all_there(pipeline, sent))
        pipeline.until_quiet()
        assert set(pipeline.documents("articles")) == sent
        assert pipeline.count("dead-letters") == 0
        assert pipeline.count("history") == 0
    finally:
        pipeline.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _all_there(pipeline: Pipeline, sent: set[str]) -> bool:
    try:
        return pipeline.count("articles") == len(sent)
    except Exception:  # Elasticsearch is away
        return False


def _patient_sender(settings: Settings) -> Sender:
    sender: Sender = until(lambda: Sender(settings), DatelineError, KafkaError)
    return sender


CONFIG = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=3
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
group.initial.rebalance.delay.ms=0
message.max.bytes=67108864
replica.fetch.max.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
broker.session.timeout.ms=6000
"""


def _knows_three(server: str) -> bool:
    try:
        admin = admin_client(load_settings(kafka_servers=server))
        try:
            return len(admin.describe_cluster()["brokers"]) == 3
        finally:
            admin.close()
    except (DatelineError, KafkaError):
        return False


@pytest.fixture
def three_brokers() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Three nodes that are broker and controller each."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-three-", dir="/var/tmp"))
    downloads = Downloads(LocalEngines(load_settings()).downloads.folder)
    downloads.fetch(lambda *_: None)
    java, classpath = find_java(downloads.folder), downloads.kafka_classpath()
    ports = [(free_port(), free_port()) for _ in range(3)]
    voters = ",".join(f"{n}@127.0.0.1:{controller}" for n, (_, controller) in enumerate(ports, 1))
    base = [str(java / "bin" / "java"), "-Xmx384m", "-XX:+UseSerialGC", QUICK_START, "-cp", classpath]
    nodes = []
    try:
        for n, (port, controller) in enumerate(ports, 1):
            data = folder / str(n)
            data.mkdir()
            config = data / "server.properties"
            config.write_text(CONFIG.format(node=n, voters=voters, port=port, controller=controller, data=data / "log"))
            formatting = [*base, "kafka.tools.StorageTool", "format", "-t", "A7Ftq2mXQd2yJm3vX0b1aA", "-c", str(config)]
            subprocess.run(formatting, check=True, capture_output=True, timeout=PATIENCE)
            nodes.append(
                spawn(
                    [*base, "kafka.Kafka", str(config)],
                    log=data / "log.txt",
                    env={"PATH": "/usr/bin:/bin"},
                )
            )
        servers = ",".join(f"127.0.0.1:{port}" for port, _ in ports)
        for server in servers.split(","):
            until(lambda server=server: _knows_three(server))  # type: ignore[misc]
        yield servers, nodes
    finally:
        for node in nodes:
            node.kill()
            node.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_one_of_three_brokers_is_lost(three_brokers: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    servers, nodes = three_brokers
    settings = load_settings(
        kafka_servers=servers, replication=3, partitions=PARTITIONS, namespace=f"t-{uuid.uuid4().hex[:6]}"
    )
    ensure_topics(settings)
    name = ARTICLES_RAW.full_name(settings)
    sender = Sender(settings)
    for n in range(300):
        sender.event(raw_article(f"a{n}"))
        if n == 100:
            sender.flush()
            nodes[1].kill()
            nodes[1].wait()
    sender.close()  # returns when everything is acknowledged, by two of the three
    reader = consumer(settings)
    tps = [TopicPartition(name, n) for n in range(PARTITIONS)]
    reader.assign(tps)
    reader.seek_to_beginning(*tps)
    keys: list[bytes] = []
    ends = reader.end_offsets(tps)
    while any(reader.position(tp) < ends[tp] for tp in tps):
        for records in reader.poll(timeout_ms=500).values():
            keys.extend(record.key for record in records)
    reader.close()
    assert sorted(keys) == sorted(str(id_of(f"a{n}")).encode() for n in range(300)), "all, and each once"
