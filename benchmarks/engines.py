"""Real engines of a benchmark's own, on this machine alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pipeline.errors import Fatal
from pipeline.local.engines import LocalEngines, Running
from pipeline.settings import Settings, load_settings


@dataclass(frozen=True)
class Engines:
    """Kafka and Elasticsearch that are up."""

    folder: Path
    kafka_servers: str
    elasticsearch_url: str
    kafka: psutil.Process
    elasticsearch: psutil.Process

    def settings(self, **more: Any) -> Settings:
        return load_settings(
            kafka_servers=self.kafka_servers, elasticsearch_url=self.elasticsearch_url, local_dir=self.folder, **more
        )

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of a process that uses them; `more` are settings."""
        return os.environ | {
            "DATELINE_KAFKA_SERVERS": self.kafka_servers,
            "DATELINE_ELASTICSEARCH_URL": self.elasticsearch_url,
            "DATELINE_LOCAL_DIR": str(self.folder),
            **{f"DATELINE_{name.upper()}": value for name, value in more.items()},
        }

    def java_version(self) -> str:
        shown = subprocess.run([self.kafka.exe(), "-version"], capture_output=True, text=True, check=True).stderr
        return shown.split('"')[1]

    def log_bytes(self, namespace: str = "") -> dict[str, int]:
        """Bytes of each topic's log on disk, of all partitions."""
        found: dict[str, int] = {}
        for log in self.folder.glob("local/kafka/data/*/*.log"):
            topic = log.parent.name.rpartition("-")[0]
            if topic.startswith(namespace):
                name = topic.removeprefix(f"{namespace}-")
                found[name] = found.get(name, 0) + log.stat().st_size
        return found


@contextmanager
def running_engines(heap: str = "1g", kept: Path | None = None) -> Iterator[Engines]:
    """In a folder that is removed at the end, or in one that is `kept`, with what an earlier run left there."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    folder = kept or Path(tempfile.mkdtemp(prefix="dateline-benchmark-", dir="/var/tmp"))
    folder.chmod(0o755)
    local = LocalEngines(load_settings(local_dir=folder / "local", elasticsearch_heap=heap))
    try:
        local.downloads.fetch(lambda *_: None)
        running = _up(local)
        java = {_engine(one): one for one in psutil.Process(running.pid).children(recursive=True)}
        yield Engines(folder, running.kafka_servers, running.elasticsearch_url, java["kafka"], java["elasticsearch"])
    finally:
        local.down(lambda *_: None)
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _up(local: LocalEngines) -> Running:
    """On a machine that is busy they may take longer than is waited for once."""
    for _ in range(2):
        with suppress(Fatal):
            return local.up(lambda *_: None, attached=True)
    return local.up(lambda *_: None, attached=True)


def _engine(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    return "kafka" if "kafka.Kafka" in line else "elasticsearch" if "org.elasticsearch" in line else line
