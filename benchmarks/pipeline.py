"""How fast articles go through the whole pipeline: `python -m benchmarks.pipeline [ARTICLES]`.

Real engines in a folder of their own, one worker, one indexer, on this machine alone. Articles are made from our samples:
each with its own names and words, so that they are as different as news is, and every tenth is a copy of an earlier one.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psutil

from benchmarks.engines import running_engines
from benchmarks.enrichment import _samples
from pipeline.identity import article_id, event_id
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics
from pipeline.operations.status import lags
from pipeline.settings import Settings
from pipeline.topology import stages, worker_stages
from schemas.article import ReceivedArticle
from schemas.event import EventType
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme

_SYLLABLES = [
    "ba",
    "ka",
    "lo",
    "mi",
    "ren",
    "tor",
    "vel",
    "san",
    "dur",
    "hem",
    "gos",
    "pil",
    "ata",
    "ora",
    "nev",
    "sul",
    "tam",
    "ek",
]


def articles(count: int) -> list[RawArticleEvent]:
    """Raw events, all received now."""
    rng = random.Random(7)
    samples = _samples()
    made: list[RawArticleEvent] = []
    for n in range(count):
        headline, paragraphs = rng.choice(samples)
        if made and n % 10 == 0 and isinstance(made[-5 % len(made)].data, ReceivedArticle):
            copied = made[rng.randrange(len(made))].data
            assert isinstance(copied, ReceivedArticle)
            headline, text = copied.headline, list(copied.paragraphs)
        else:
            names = {word: _name(rng) for p in paragraphs for word in p.split() if word[:1].isupper() and len(word) > 5}
            # other words too, or every article would be a copy of its sample
            text = [
                " ".join(names.get(w, w if rng.random() < 0.6 else _name(rng).lower()) for w in p.split())
                for p in paragraphs
            ]
            headline = f"{_name(rng)} {headline}"
        claim = Claim(scheme=ClaimScheme.GUID, value=str(n))
        publisher = f"paper{n % 7}.example"
        identity = article_id(publisher, [claim])
        data = ReceivedArticle(
            article_id=identity, provider=publisher, publisher=publisher, claims=(claim,), headline=headline, paragraphs=tuple(text),
            published=datetime.now(UTC).isoformat(),
        )  # fmt: skip
        made.append(
            RawArticleEvent(
                id=event_id(identity, "article", str(n), ""), source="/benchmark", type=EventType.ARTICLE_PUBLISHED,
                subject=str(identity), time=datetime.now(UTC), data=data,
            )
        )  # fmt: skip
    return made


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 4))).capitalize()


@contextmanager
def running_pipeline(count: int) -> Iterator[tuple[Settings, dict[str, str], Callable[[], None]]]:
    """Real engines with `count` articles in Kafka; the settings, the variables of processes, and what starts one worker and
    one indexer."""
    running: list[subprocess.Popen[bytes]] = []
    with running_engines() as engines:
        settings, variables = engines.settings(), engines.variables()
        ensure_topics(settings)
        made = articles(count)
        with Publisher(settings) as publisher:
            for event in made:
                publisher.publish(event)
        size = sum(len(event.to_json()) for event in made) / count
        print(f"{count} articles of {size:,.0f} bytes are in Kafka\n")

        def start() -> None:
            for name in ("worker", "indexer"):
                command = [sys.executable, "-m", "pipeline.cli", name]
                silent = subprocess.DEVNULL
                running.append(subprocess.Popen(command, env=variables, stdout=silent, stderr=silent))

        try:
            yield settings, variables, start
            print("\nCPU, ms per article:\n")
            for name, process in zip(("worker", "indexer"), running, strict=False):
                spent = psutil.Process(process.pid).cpu_times()
                print(f"| {name} | {(spent.user + spent.system) * 1000 / count:,.1f} |")
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(30)


def main(count: int) -> None:
    with running_pipeline(count) as (settings, _, start):
        started = time.monotonic()
        start()
        running = sum(1 for stage in stages(settings) if stage.reads)
        first = worker_stages(settings)[0].name
        done: dict[str, float] = {}
        ready = 0.0
        while any(left for left in lags(settings).values()) or len(done) < running:
            found = lags(settings)
            if not ready and found[first] < count:
                ready = time.monotonic()
            for stage, left in found.items():
                if ready and not left and stage not in done:
                    done[stage] = time.monotonic() - ready
                elif left:
                    done.pop(stage, None)
            if time.monotonic() - started > 600:
                break
            time.sleep(0.1)
        print(f"started in {ready - started:.1f} s; seconds after that until each stage had done all:\n")
        for stage, seconds in sorted(done.items(), key=lambda item: item[1]):
            print(f"| {stage} | {seconds:.1f} | {count / seconds:,.0f} articles/s |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
