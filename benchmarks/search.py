"""What the search API adds to a query: `python -m benchmarks.search [--articles 100000] [--seconds 20] [--folder FOLDER]`.

The real process and a real Elasticsearch, on this machine alone, with articles of the invented day (benchmarks/corpus), each
of several thousand texts again and again under other ids and times. Clients ask the same searches of `/v1/articles`, with
facets and highlights, and of Elasticsearch as the bare body of that search, in turns; each sends one request after the other.

Most of the time is for filling the index. With `--folder` the index stays there: a run that was ended goes on where it was, and
the next one begins with the questions.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import NAMESPACE_URL, uuid5

import httpx
import orjson
import psutil
from elasticsearch import Elasticsearch

from benchmarks.corpus.day import Day
from benchmarks.engines import Engines, running_engines
from pipeline.index import templates
from pipeline.index.client import elasticsearch_client
from pipeline.process.children import stop
from pipeline.process.ports import free_port
from pipeline.search.expiry import only_unexpired
from pipeline.search.queries import Search, article_search
from pipeline.settings import Settings
from schemas.events import RawArticleEvent
from tests.support.newsroom import Newsroom

TEXTS, SEARCHES, ROUNDS = 2000, 60, 2
"""Texts that are different, searches, and how often each side is measured."""
BULK = 500
CLIENTS = (1, 10, 20)


class Request(NamedTuple):
    method: str
    path: str
    body: bytes | None = None


class Result(NamedTuple):
    p50: float
    p95: float
    """Milliseconds."""
    each_second: float
    cpu: float
    """Milliseconds of the API's CPU for each request."""


def main(count: int, seconds: float, kept: Path | None) -> None:
    with running_engines(kept=kept) as engines:
        measure(engines, count, seconds)


def measure(engines: Engines, count: int, seconds: float) -> None:
    settings = engines.settings(namespace="bench")
    searches = fill(settings, count)
    with search_api(engines, settings) as (address, process):
        sides = {
            "bare": (engines.elasticsearch_url, [bare(one, settings) for one in searches]),
            "ours": (address, [Request("GET", f"/v1/articles?{urlencode({'q': one})}") for one in searches]),
        }
        for url, requests in sides.values():
            ask(url, requests, 2, 3, None)  # warm
        _say(f"{count} articles, {len(searches)} searches, {os.cpu_count()} cores, {seconds:.0f} s each\n")
        _say("| clients | bare p50, p95 (ms) | ours p50, p95 (ms) | adds | requests/s | CPU of the API (ms) |")
        _say("|---:|---:|---:|---:|---:|---:|")
        for clients in CLIENTS:
            found: dict[str, list[Result]] = {"bare": [], "ours": []}
            for _ in range(ROUNDS):
                for name, (url, requests) in sides.items():
                    found[name].append(ask(url, requests, clients, seconds / ROUNDS, process))
            b, o = (Result(*(sum(one) / ROUNDS for one in zip(*found[name], strict=True))) for name in sides)
            adds = f"{o.p50 / b.p50 - 1:+.0%}, {o.p95 / b.p95 - 1:+.0%}"
            _say(f"| {clients} | {b.p50:.1f}, {b.p95:.1f} | {o.p50:.1f}, {o.p95:.1f} | {adds} | {b.each_second:.0f}, {o.each_second:.0f} | {o.cpu:.2f} |")  # fmt: skip


def fill(settings: Settings, count: int) -> list[str]:
    """Index `count` articles; returns searches of words that are in them."""
    client = elasticsearch_client(settings, timeout=240)
    templates.install(client, settings)
    desk, day = Newsroom(), Day(comments=False, publishers=40)
    for event in day.articles_until(min(count, TEXTS)):
        if isinstance(event, RawArticleEvent):
            desk._article(event)
    documents = list(desk.documents["articles"].values())
    rng, now = random.Random(7), datetime.now(UTC)
    alias = settings.named("articles")
    there = client.count(index=alias)["count"]
    _say(f"{len(documents)} texts; {there} articles are there")
    client.indices.put_settings(index=alias, settings={"refresh_interval": "-1"})
    bulks = (
        _bulk([(n, documents[n % len(documents)]) for n in range(first, min(first + BULK, count))], alias, now)
        for first in range(there // BULK * BULK, count, BULK)
    )
    for n, answer in enumerate(_sent(client, bulks)):
        if answer["errors"]:
            raise RuntimeError(next(one for one in answer["items"] if "error" in one["index"]))
        if n % 20 == 19:
            _say(f"{there // BULK * BULK + (n + 1) * BULK} articles are indexed")
    client.indices.put_settings(index=alias, settings={"refresh_interval": "1s"})
    client.indices.refresh(index=alias)
    client.close()
    words = [[word for word in one["headline"].split() if word.isalpha() and len(word) > 3] for one in documents]
    return [" ".join(rng.sample(some, k=min(len(some), rng.randint(1, 3)))) for some in rng.sample([one for one in words if one], SEARCHES)]  # fmt: skip


def _sent(client: Elasticsearch, bulks: Iterator[list[Any]]) -> Iterator[Any]:
    """Two in flight, so that the server always has one."""
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(client.bulk, operations=body) for body in islice(bulks, 2)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [threads.submit(client.bulk, operations=body) for body in islice(bulks, 1)]


def _bulk(numbered: list[tuple[int, dict[str, Any]]], alias: str, now: datetime) -> list[Any]:
    lines: list[Any] = []
    for n, document in numbered:
        made = again(document, n, now - timedelta(minutes=n * 5))
        lines += [
            orjson.dumps({"index": {"_index": alias, "_id": made["article_id"]}}),
            orjson.dumps(made, default=str),
        ]
    return lines


def again(document: dict[str, Any], n: int, at: datetime) -> dict[str, Any]:
    """The same text as another article."""
    own = str(uuid5(NAMESPACE_URL, f"{document['article_id']}{n}"))
    times = {"shown_at": at.isoformat(), "processed": {"received": at.isoformat()}}
    return document | {"article_id": own} | times


def bare(text: str, settings: Settings) -> Request:
    """What the API asks Elasticsearch for this search, by itself."""
    body = only_unexpired(article_search(Search(text)).body, datetime.now(UTC))
    return Request("POST", f"/{settings.named('articles')}/_search", orjson.dumps(body))


@contextmanager
def search_api(engines: Engines, settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    variables = engines.variables(namespace=settings.namespace, search_port=str(port), search_health_port="0")
    process = subprocess.Popen([sys.executable, "-m", "pipeline.cli", "search-api"], env=variables)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                if httpx.get(f"{address}/v1/articles", timeout=20).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        yield address, psutil.Process(process.pid)
    finally:
        stop(process, 20)


def ask(url: str, requests: Sequence[Request], clients: int, seconds: float, process: psutil.Process | None) -> Result:
    """Each client has a connection that stays. Raises where an answer is none."""
    took: list[float] = []
    failed: list[str] = []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        at = number * 7
        while time.monotonic() < end and not failed:
            one = requests[at % len(requests)]
            at += 1
            began = time.perf_counter()
            connection.request(one.method, one.path, one.body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - began)
            if answer.status != 200:
                failed.append(f"{answer.status} {one.path}")
        connection.close()

    before = _cpu(process)
    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed or not took:
        raise RuntimeError(failed[0] if failed else "no answer")
    took.sort()
    cpu = (_cpu(process) - before) / len(took) * 1000
    return Result(took[len(took) // 2] * 1000, took[int(len(took) * 0.95)] * 1000, len(took) / seconds, cpu)


def _cpu(process: psutil.Process | None) -> float:
    times = process.cpu_times() if process else None
    return times.user + times.system if times else 0.0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m benchmarks.search")
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--seconds", type=float, default=20, help="for each side and number of clients")
    options.add_argument("--folder", type=Path, help="where the index stays for the next run")
    chosen = options.parse_args()
    main(chosen.articles, chosen.seconds, chosen.folder)
