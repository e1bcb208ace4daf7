"""The ceiling and the peers: our own documents, into indices with our own mapping, on the same engines."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from elasticsearch import Elasticsearch, helpers

from benchmarks.bench.counting import check_ids
from benchmarks.bench.ours import GIVE_UP, Round
from benchmarks.bench.processes import Processes, processes, spent
from benchmarks.engines import Engines
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.settings import Settings

QUIX = Path(__file__).parents[1] / "peers" / "quix.py"
QUIX_PYTHON = Path(".venv-peers") / "bin" / "python"
"""`make bench` makes it."""
_BULK = 1000
_numbers = count(901)

Documents = list[tuple[str, bytes]]
"""Id and JSON of each."""


@dataclass
class Peer:
    name: str
    rounds: list[Round] = field(default_factory=list)


def our_documents(client: Elasticsearch, settings: Settings, most: int) -> Documents:
    """What Dateline has indexed."""
    found = helpers.scan(client, index=settings.named("articles"), size=1000)
    return [(hit["_id"], orjson.dumps(hit["_source"])) for hit, _ in zip(found, range(most), strict=False)]


def ceiling(engines: Engines, settings: Settings, docs: Documents, rounds: int) -> Peer:
    """Bulks of ready bytes, two in flight, into a warm Elasticsearch."""
    peer = Peer("bulk of the same documents")
    with Elasticsearch(engines.elasticsearch_url, request_timeout=60) as client, ThreadPoolExecutor(2) as pool:
        for number in range(rounds + 1):
            index = _new_index(client, settings)
            bodies = [_lines(docs[at : at + _BULK]) for at in range(0, len(docs), _BULK)]
            cpu, began = engines.elasticsearch.cpu_times(), time.monotonic()
            for answer in pool.map(lambda body, to=index: client.bulk(index=to, operations=body), bodies):
                if answer["errors"]:
                    refused = next(item["index"] for item in answer["items"] if "error" in item["index"])
                    raise SystemExit(f"Elasticsearch refused a document: {refused['error']}")
            seconds, after = time.monotonic() - began, engines.elasticsearch.cpu_times()
            check_ids(client, index, Counter(id_ for id_, _ in docs))
            used = (after.user + after.system - cpu.user - cpu.system) * 1000 / len(docs)
            if number:  # the first is to warm up
                peer.rounds.append(Round(len(docs), len(docs), seconds, {"Elasticsearch": used}))
    return peer


def plain(engines: Engines, settings: Settings, docs: Documents, rounds: int) -> Peer:
    def start(running: Processes, topics: Sequence[str], index: str) -> None:
        arguments = (engines.kafka_servers, engines.elasticsearch_url, topics[0], index)
        running.python("loop", "benchmarks.peers.plain", engines.variables(), *arguments)

    return _measured(engines, settings, docs, rounds, "a plain loop", start, 1)


def quix_sink(engines: Engines, settings: Settings, docs: Documents, rounds: int) -> Peer:
    def start(running: Processes, topics: Sequence[str], index: str) -> None:
        _quix(engines, running, "sink", "sink", topics[0], index)

    return _measured(engines, settings, docs, rounds, "Quix Streams, a topic to its sink", start, 1)


def quix_hops(engines: Engines, settings: Settings, docs: Documents, rounds: int) -> Peer:
    def start(running: Processes, topics: Sequence[str], index: str) -> None:
        _quix(engines, running, "worker", "hops", *topics)
        _quix(engines, running, "sink", "sink", topics[-1], index)

    return _measured(engines, settings, docs, rounds, "Quix Streams, two hops with state, and its sink", start, 3)


def _quix(engines: Engines, running: Processes, name: str, form: str, *names: str) -> None:
    folder = engines.folder / f"quix-{form}-{names[-1]}"
    command = [str(QUIX_PYTHON), "-W", "ignore", str(QUIX), form, engines.kafka_servers, engines.elasticsearch_url, str(folder), *names]  # fmt: skip
    running.start(name, command, engines.variables())


Start = Callable[[Processes, Sequence[str], str], None]


def _measured(
    engines: Engines, settings: Settings, docs: Documents, rounds: int, name: str, start: Start, topics: int
) -> Peer:
    """As ours: processes that have worked already, then all at full speed until all of it is searchable."""
    peer = Peer(name)
    with Elasticsearch(engines.elasticsearch_url, request_timeout=60) as client, _producer(settings) as send:
        index = _new_index(client, settings)
        names = [f"{index}-{number}" for number in range(topics)]
        ensure_topics(settings, (), {topic: {} for topic in names})
        wanted: Counter[str] = Counter()
        with processes(engines, index) as running:
            start(running, names, index)
            for number in range(rounds + 1):
                some = docs if number else docs[:200]  # the first is to warm up
                records = [(f"{number}-{id_}".encode(), body) for id_, body in some]
                before, began = running.cpu(), time.monotonic()
                send(names[0], records)
                wanted.update(key.decode() for key, _ in records)
                _await(client, index, len(wanted), running)
                seconds = time.monotonic() - began
                if number:
                    cpu = spent(before, running.cpu(), len(docs))
                    peer.rounds.append(Round(len(docs), len(docs), seconds, cpu))
        check_ids(client, index, wanted)
    return peer


def _await(client: Elasticsearch, index: str, wanted: int, running: Processes) -> None:
    last, at = -1, time.monotonic()
    while (found := int(client.count(index=index)["count"])) < wanted:
        running.require_alive()
        if found != last:
            last, at = found, time.monotonic()
        if time.monotonic() - at > GIVE_UP:
            raise SystemExit(f"{found} documents of {wanted} in {index}, and nothing new for {GIVE_UP:.0f} s")
        time.sleep(0.1)


@contextmanager
def _producer(settings: Settings) -> Iterator[Callable[[str, list[tuple[bytes, bytes]]], None]]:
    made: Any = producer(settings)

    def send(topic: str, records: list[tuple[bytes, bytes]]) -> None:
        for one in [made.send(topic, value=value, key=key) for key, value in records]:
            one.get(60)

    try:
        yield send
    finally:
        made.close(timeout=10)


def _new_index(client: Elasticsearch, settings: Settings) -> str:
    """Behind no alias, but by the template of one."""
    name = f"{settings.named('articles')}-{next(_numbers)}"
    client.indices.create(index=name)
    return name


def _lines(docs: Documents) -> list[Any]:
    return [line for id_, body in docs for line in (orjson.dumps({"index": {"_id": id_}}), body)]


def version() -> str:
    """Of Quix Streams."""

    code = "import importlib.metadata as m; print(m.version('quixstreams'))"
    return subprocess.run([str(QUIX_PYTHON), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def available() -> bool:
    return QUIX_PYTHON.exists()
