"""Kafka and Elasticsearch at an IPv6 address, written as in a URL; and our own processes at one."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaAdminClient

from pipeline.errors import Fatal
from pipeline.local import kafka
from pipeline.local.downloads import Downloads
from pipeline.local.engines import Running
from pipeline.local.java import QUICK_START, find_java
from pipeline.process.folders import download_folder
from pipeline.process.ports import free_port, require_free
from pipeline.settings import load_settings
from tests.conftest import Pipeline
from tests.support.waiting import PATIENCE

ADDRESS = "::1"
LISTENERS = "listeners=PLAINTEXT://[::1]:{port},CONTROLLER://127.0.0.1:{controller}\nadvertised.listeners=PLAINTEXT://[::1]:{port}\n"


def has_ipv6() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind((ADDRESS, 0))
        return True
    return False


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")


class Passed:
    """A port at the IPv6 loopback that leads to another at the IPv4 one."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((ADDRESS, 0), family=socket.AF_INET6)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._copy, args=ends, daemon=True).start()

    def _copy(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)


@pytest.fixture
def pipeline(
    make_pipeline: Callable[..., Pipeline], engines: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pipeline]:
    downloads = Downloads(download_folder(load_settings()))
    monkeypatch.setattr(kafka, "_OPEN", LISTENERS)
    port = free_port(address=ADDRESS)
    broker = kafka.start(
        tmp_path / "kafka", port=port, controller=free_port(),
        java=find_java(downloads.folder), classpath=downloads.kafka_classpath(), options=QUICK_START,
    )  # fmt: skip
    passed = Passed(engines.ports.elasticsearch)
    try:
        # a process that finds no broker leaves and is started again, which `status` would tell of for an hour
        KafkaAdminClient(bootstrap_servers=f"[{ADDRESS}]:{port}", bootstrap_timeout_ms=int(PATIENCE * 1000)).close()
        yield make_pipeline(
            kafka_servers=f"[{ADDRESS}]:{port}", elasticsearch_url=f"http://[{ADDRESS}]:{passed.port}", partitions=2
        )
    finally:
        passed.close()
        broker.kill()
        broker.wait()


def test_everything_works_at_ipv6_addresses(pipeline: Pipeline) -> None:
    ports = {name: free_port(address=ADDRESS) for name in ("WORKER", "INDEXER", "SEARCH", "SEARCH_HEALTH", "INGEST")}
    variables = {f"DATELINE_{name}_PORT": str(port) for name, port in ports.items()} | {"DATELINE_BIND": ADDRESS}
    names = ("worker", "indexer", "search-api", "ingest-api")
    pipeline.started_again.add(3)
    pipeline.start(*names, **variables)

    def ready(name: str) -> bool:
        with suppress(httpx.HTTPError):
            path = "/" if name == "SEARCH" else "/readyz"
            return httpx.get(f"http://[{ADDRESS}]:{ports[name]}{path}", timeout=PATIENCE).status_code == 200
        return False

    pipeline.until(lambda: all(ready(name) for name in ports))
    published = pipeline.command("publish", "samples/pages/northern-post.txt")
    assert published.returncode == 0, published.stderr
    pipeline.until(lambda: pipeline.count("articles") == 1)
    pipeline.until(lambda: json.loads(pipeline.command("status", "--json").stdout)["ok"])
    found: Any = httpx.get(f"http://[{ADDRESS}]:{ports['SEARCH']}/v1/articles", timeout=PATIENCE)
    assert found.status_code == 200
    with pytest.raises(Fatal, match="is taken by another program"):
        require_free(ports["SEARCH"], "DATELINE_SEARCH_PORT", ADDRESS)
