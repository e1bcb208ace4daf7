"""How much the ingest API takes: `python -m benchmarks.push [SECONDS]`.

The real process and a real Kafka, in a folder of their own, on this machine alone, as are the clients: each sends one
request after the other. Items are made from our samples (benchmarks/pipeline.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from benchmarks.pipeline import articles
from pipeline.local import kafka
from pipeline.local.downloads import Downloads
from pipeline.local.java import find_java
from pipeline.process.children import STOP_TIMEOUT, spawn, stop
from pipeline.process.folders import download_folder
from pipeline.process.ports import free_port
from pipeline.settings import load_settings
from schemas.article import ReceivedArticle

FREE = {"desk": {"requests_per_minute": 10_000_000, "burst": 1_000_000}}
START_SECONDS = 300
"""On a machine that is busy with other things."""


@contextmanager
def running() -> Iterator[tuple[str, str, psutil.Process]]:
    """Kafka and the ingest API: its address, a key, its process."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-benchmark-", dir="/var/tmp"))
    downloads, port = Downloads(download_folder(load_settings())), free_port()
    downloads.fetch(lambda *_: None)
    java, classpath = find_java(downloads.folder), downloads.kafka_classpath()
    broker = kafka.start(folder / "kafka", port=port, controller=free_port(), java=java, classpath=classpath)
    try:
        _until(lambda: kafka.ready(port), broker)
        with ingest_api(f"127.0.0.1:{port}", folder) as found:
            yield found
    finally:
        stop(broker, 20)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ingest_api(kafka_servers: str, folder: Path) -> Iterator[tuple[str, str, psutil.Process]]:
    """The ingest API on a Kafka that is there: its address, a key, its process."""
    door = free_port()
    variables = os.environ | {
        "DATELINE_KAFKA_SERVERS": kafka_servers, "DATELINE_INGEST_PORT": str(door), "DATELINE_LOCAL_DIR": str(folder),
        "DATELINE_PROVIDERS": json.dumps(FREE),
    }  # fmt: skip
    command = [sys.executable, "-m", "pipeline.cli"]
    with child([*command, "ingest-api"], variables) as api:
        base = f"http://127.0.0.1:{door}"
        _until(lambda: _status("GET", f"{base}/readyz") == 200, api)
        made = subprocess.run(
            [*command, "keys", "new", "desk", "--json"], env=variables, capture_output=True, check=True
        )
        key = json.loads(made.stdout)["key"]
        _until(lambda: _status("POST", f"{base}/v1/items", key) == 400, api)
        yield base, key, psutil.Process(api.pid)


@contextmanager
def bare_endpoint(kafka_servers: str) -> Iterator[str]:
    """The address of an endpoint that only produces what it is sent."""
    door = free_port()
    command = [sys.executable, "-m", "benchmarks.peers.bare_endpoint", kafka_servers, str(door)]
    with child(command, os.environ) as api:
        base = f"http://127.0.0.1:{door}"
        _until(lambda: _status("GET", f"{base}/readyz") == 200, api)
        yield base


@contextmanager
def child(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process under measurement. One that doesn't end when it is asked to is killed: all is measured by then, and a result
    is not lost to a busy machine."""
    process = spawn(command, env=variables, log=Path(os.devnull))
    try:
        yield process
    finally:
        stop(process, STOP_TIMEOUT)


def _status(method: str, url: str, key: str = "") -> int | None:
    """None where nothing answers yet."""
    try:
        return httpx.request(method, url, headers={"Authorization": f"Bearer {key}"} if key else {}).status_code
    except httpx.HTTPError:
        return None


def _until(condition: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Until the process is ready. Raises SystemExit where it ended, or isn't for too long."""
    until = time.monotonic() + START_SECONDS
    while not condition():
        if process.poll() is not None:
            raise SystemExit(f"it ended with code {process.returncode} instead of starting")
        if time.monotonic() > until:
            raise SystemExit(f"it didn't start within {START_SECONDS} s")
        time.sleep(0.1)


def bodies() -> list[dict[str, str]]:
    """Stories as ninjs, without their own ids."""
    made = [event.data for event in articles(500) if isinstance(event.data, ReceivedArticle)]
    return [{"headline": one.headline, "body_text": "\n\n".join(one.paragraphs)} for one in made]


class Measured(NamedTuple):
    """What some clients did for some seconds."""

    clients: int
    per_request: int
    repeatable: bool
    rate: float
    """Items a second."""
    middle: float
    late: float
    """Milliseconds of a request, p50 and p99."""

    def row(self) -> str:
        with_key = "yes" if self.repeatable else "no"
        return f"| {self.clients} | {self.per_request} | {with_key} | {self.rate:,.0f} | {self.middle:,.0f} | {self.late:,.0f} |"


def measure(
    base: str, key: str, clients: int, per_request: int, seconds: float, *, repeatable: bool, stories: list[dict[str, str]] | None = None
) -> Measured:  # fmt: skip
    """Clients that each send one request after the other. Raises SystemExit where one was not accepted."""
    stories = stories or bodies()
    took: list[float] = []
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=60) as desk:
            sent = 0
            while time.monotonic() < until:
                some = [
                    {"uri": f"{clients}-{per_request}-{repeatable}-{number}-{sent}-{n}"}
                    | stories[(sent + n) % len(stories)]
                    for n in range(per_request)
                ]
                content = json.dumps(some).encode()
                headers = {"Idempotency-Key": some[0]["uri"]} if repeatable else {}
                began = time.monotonic()
                answer = desk.post("/v1/items", content=content, headers=headers)
                took.append(time.monotonic() - began)
                if answer.status_code != 202:
                    raise SystemExit(f"{answer.status_code}: {answer.text[:500]}")
                sent += 1

    began = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))  # raises what a client raised: a rate of fewer clients is no result
    elapsed = time.monotonic() - began
    took.sort()
    middle, late = (took[min(len(took) - 1, int(len(took) * share))] * 1000 for share in (0.5, 0.99))
    return Measured(clients, per_request, repeatable, len(took) * per_request / elapsed, middle, late)


def main(seconds: float) -> None:
    with running() as (base, key, process):
        size = sum(len(json.dumps(one)) for one in bodies()) / len(bodies())
        print(f"stories of {size:,.0f} bytes\n")
        print(
            "| clients | items a request | Idempotency-Key | items/s | p50, ms | p99, ms |\n|---:|---:|---|---:|---:|---:|"
        )
        measure(base, key, 1, 1, 2, repeatable=False)  # not counted: the first requests load what the next ones need
        for clients in (1, 8):
            for per_request, repeatable in ((1, False), (1, True), (100, False)):
                print(measure(base, key, clients, per_request, seconds, repeatable=repeatable).row(), flush=True)
        print(f"\nmemory of the ingest API at the end: {process.memory_info().rss / 1024 / 1024:,.0f} MiB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
