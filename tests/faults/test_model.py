"""Histories of every kind by every door, while processes (and in the long form engines) die: what has to be seen is seen,
nothing else ever is, and the end equals an independent model."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.kafka.clients import ensure_topics
from pipeline.local.engines import Running
from pipeline.process.ports import free_port
from tests.conftest import Pipeline
from tests.faults import LONG
from tests.faults.compare import INDICES, differences, found_in
from tests.faults.couriers import CHUNK, Couriers
from tests.faults.histories import PROVIDERS, Writer
from tests.faults.model import Expected, Sent, expected
from tests.faults.test_engines import engine
from tests.faults.test_engines import own as own
from tests.faults.watcher import Watcher
from tests.support.waiting import PATIENCE

ARTICLES = 2500 if LONG else 100
SECONDS = 300.0 if LONG else 20.0
"""For which items are sent."""
LIFTS = SECONDS + 40 if LONG else 30.0
"""Seconds after the beginning at which embargoes end."""
VICTIMS = ("worker", "worker", "indexer", "indexer", "ingest-api", "search-api")
ENGINES = ("kafka.Kafka", "org.elasticsearch")


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Running:
    """In the long form engines of its own, that are killed too."""
    made: Running = request.getfixturevalue("own")[1] if LONG else request.getfixturevalue("engines")
    return made


@pytest.mark.timeout(2400)
def test_what_is_seen_is_what_the_model_says(running: Running, make_pipeline: Callable[..., Pipeline]) -> None:
    seed = int(os.environ.get("DATELINE_TEST_SEED", time.time_ns() % 100_000))
    print(f"DATELINE_TEST_SEED={seed}")
    rng = random.Random(seed)
    pipeline = make_pipeline(
        kafka_servers=running.kafka_servers, elasticsearch_url=running.elasticsearch_url, batch_size=50
    )
    ensure_topics(pipeline.settings)
    keys = {name: json.loads(pipeline.command("keys", "new", name, "--json").stdout)["key"] for name in PROVIDERS}
    ingest, search = free_port(), free_port()
    fast = json.dumps({name: {"requests_per_minute": 1_000_000, "burst": 10_000} for name in PROVIDERS})
    pipeline.start("worker", "indexer")
    pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(ingest), DATELINE_PROVIDERS=fast)
    pipeline.start("search-api", DATELINE_SEARCH_PORT=str(search))
    with pipeline.client() as client:
        pipeline.until(lambda: client.indices.exists_alias(name=pipeline.settings.named("articles")))

    now = datetime.now(UTC).replace(microsecond=0)
    made = Writer(rng, now, now + timedelta(seconds=LIFTS)).history(ARTICLES)
    by_kafka, by_file, by_push = _doors(rng, made.sent)
    deliveries = [*by_kafka, *by_file, *by_push, *made.killed_by_delete, *made.killed_by_operators]
    ended = [replace(one, kind="reinstatement", marker="") for one in made.reinstated]
    sent = [*made.sent, *made.killed_by_delete, *made.killed_by_operators, *ended, *made.reinstated]
    watcher = Watcher(pipeline, search, sent, deliveries)
    couriers = Couriers(pipeline, watcher, ingest, keys, SECONDS)
    watcher.start()
    try:
        couriers.start(couriers.kafka, by_kafka, CHUNK)
        couriers.start(couriers.files, by_file, 200 if LONG else 60)
        couriers.start(couriers.push, by_push, CHUNK)
        couriers.start(couriers.delete, made.killed_by_delete, 1)
        couriers.start(couriers.kill, made.killed_by_operators, 1)
        killed = _kill_at_random(pipeline, running, rng, couriers)
        assert not couriers.failed, couriers.failed
        pipeline.until(lambda: watcher.everything_through)
        _reinstate(pipeline, couriers, watcher, made.reinstated)
        time.sleep(max(0.0, (now + timedelta(seconds=LIFTS) - datetime.now(UTC)).total_seconds()))
        wrong = _compare(pipeline, expected(sent, datetime.now(UTC)))
        pipeline.until(lambda: watcher.wrong or min(watcher.asked.values()) > 10)
    finally:
        couriers.stop()
        watcher.stop()
    print(f"{len(sent)} items in {len(deliveries)} deliveries; killed: {killed}; asked: {watcher.asked}")
    assert not watcher.wrong, "\n".join(watcher.wrong[:20])
    assert not wrong, wrong


def _doors(rng: random.Random, sent: Sequence[Sent]) -> tuple[list[Sent], list[Sent], list[Sent]]:
    """Shuffled, some twice, each by one of the doors."""
    doors: tuple[list[Sent], list[Sent], list[Sent]] = [], [], []
    for one in rng.sample([*sent, *rng.choices(sent, k=len(sent) // 8)], k=len(sent) + len(sent) // 8):
        by_push = not one.exact and rng.random() < 0.5
        doors[2 if by_push else 0 if one.exact or rng.random() < 0.4 else 1].append(one)
    return doors


def _kill_at_random(pipeline: Pipeline, running: Running, rng: random.Random, couriers: Couriers) -> list[str]:
    killed: list[str] = []
    until = time.monotonic() + SECONDS
    while len(killed) < 2 or (couriers.busy and time.monotonic() < until):
        time.sleep(rng.uniform(4, 9))
        if LONG and rng.random() < 0.1:
            victim = rng.choice(ENGINES)
            engine(running, victim).kill()
        else:
            victim = rng.choice(VICTIMS)
            if victim in pipeline.children:
                pipeline.kill(victim)
            time.sleep(rng.uniform(0, 0.5))
            pipeline.start(victim)
        killed.append(victim)
        pipeline.until(lambda: True)  # starts what has left meanwhile
    pipeline.until(lambda: not couriers.busy, patience=2 * PATIENCE)
    return killed


def _reinstate(pipeline: Pipeline, couriers: Couriers, watcher: Watcher, revisions: list[Sent]) -> None:
    """An operator ends kills, and the stories are sent again."""
    watcher.reinstating = True
    for one in revisions:
        done = pipeline.command(
            "kill", str(one.article), "--reason", "a mistake", "--reinstate", "--wait", f"{PATIENCE:.0f}", "--json"
        )
        assert done.returncode == 0, done.stderr.decode()
    if revisions:
        couriers.kafka(revisions)


def _compare(pipeline: Pipeline, wanted: Expected) -> str:
    """What is wrong in the end, at lag 0; a release may take a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        pipeline.until_quiet()
        letters = {(one["key"], one["reason"]) for one in pipeline.documents("dead-letters").values()}
        wrong = differences(found_in({name: pipeline.documents(name) for name in INDICES}, letters), wanted)
        if not wrong or time.monotonic() > deadline:
            return wrong
        time.sleep(1)
