"""`make bench`, `make bench ARGS=--quick`: all of it on this machine, one part after the other."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

from elasticsearch import Elasticsearch

from benchmarks.bench import latency, peers, reading, report, warming
from benchmarks.bench.ours import Pipeline, Round, pipeline
from benchmarks.bench.report import Found
from benchmarks.corpus.day import Day, sizes
from benchmarks.engines import Engines, running_engines
from pipeline.settings import Settings


@dataclass(frozen=True)
class Plan:
    """How much of each; `all` is seconds, from when the engines are warm, after which nothing is begun. The first form has a
    longer warm-up than the others: Elasticsearch compiles what it runs for some minutes, which takes up to half of its CPU."""

    rounds: int
    articles: int
    warm_engines: float
    warm_first: int
    warm_up: int
    documents: int
    latency: float
    push: float
    parsed: int
    stories: int
    all: float


QUICK = Plan(
    rounds=1,
    articles=150,
    warm_engines=8,
    warm_first=60,
    warm_up=60,
    documents=300,
    latency=8,
    push=2,
    parsed=40,
    stories=5_000,
    all=270,
)
FULL = Plan(rounds=3, articles=3_000, warm_engines=40, warm_first=3_000, warm_up=600, documents=4_000, latency=60, push=10, parsed=400, stories=100_000, all=1_380)  # fmt: skip


class Bench:
    """Does one part after the other, and leaves out what there is no time for."""

    def __init__(self, plan: Plan, quick: bool, only: str) -> None:
        self._only = only.split(",")
        self._plan, self._began = plan, time.monotonic()
        self._until = float("inf")
        self._settings: Settings
        self._docs: peers.Documents
        self.failed = False
        self.found = Found(quick)

    def part(self, name: str, do: Callable[[], None]) -> None:
        """One part, where there is time for it and it was asked for. One that fails, or loses a document, has no result; the
        others go on."""
        if self._left() <= 0 or not any(one in name for one in self._only):
            self.found.left_out.append(name)
            return
        print(f"{name} …", file=sys.stderr, flush=True)
        self.found.loads.append(os.getloadavg()[0])
        began = time.monotonic()
        try:
            do()
        except (Exception, SystemExit) as e:
            traceback.print_exc()
            self.failed = True
            self.found.left_out.append(
                f"{name} (no result: {type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''})"
            )
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)

    def run(self) -> None:
        found = self.found
        found.article_bytes = sizes(Day().articles_until(300))[1]
        with running_engines() as engines:
            self._on_engines(engines)
        self.part("growth", self._growth)
        self.part("parsers", self._parsers)
        found.seconds = time.monotonic() - self._began

    def _on_engines(self, engines: Engines) -> None:
        plan, found = self._plan, self.found
        with Elasticsearch(engines.elasticsearch_url) as client:
            found.elasticsearch = client.cat.nodes(h="version").body.split()[0]
            found.java = engines.java_version()
        self._settings, self._docs = warming.warm(engines, plan.warm_engines)
        if self._only == [""]:  # what was asked for by name is done, however long it takes
            self._until = time.monotonic() + plan.all
        self.part("everything on, and latency", partial(self._everything, engines))
        self.part("the ceiling", partial(self._ceiling, engines))
        self.part("enrichers, stories and trends off", partial(self._bare, engines))
        self.part("a plain loop", partial(self._peer, engines, peers.plain))
        if peers.available():
            found.quix = peers.version()
            self.part("Quix Streams' sink", partial(self._peer, engines, peers.quix_sink))
            self.part("Quix Streams' hops", partial(self._peer, engines, peers.quix_hops))
        else:
            found.left_out.append("Quix Streams (`make bench` installs it)")
        self.part("two workers", partial(self._two, engines))
        self.part("push", partial(self._push, engines))

    def _everything(self, engines: Engines) -> None:
        plan, found = self._plan, self.found
        with pipeline(engines, "all", warm_up=plan.warm_first) as ours:
            rounds = self._rounds(ours, share=0.25)
            found.everything = ours.result("everything on, one worker", rounds)
            found.latencies = latency.measure(ours, median(one.rate for one in rounds) / 2, plan.latency)
            ours.result("", rounds)  # counted again
            self._settings, self._docs = ours.settings, peers.our_documents(ours.client, ours.settings, plan.documents)

    def _ceiling(self, engines: Engines) -> None:
        self.found.ceiling = peers.ceiling(engines, self._settings, self._docs, self._plan.rounds)

    def _bare(self, engines: Engines) -> None:
        plan, found = self._plan, self.found
        with pipeline(engines, "bare", bare=True, warm_up=plan.warm_up) as ours:
            found.bare = ours.result("enrichers, stories and trends off", self._rounds(ours, share=0.12))
            own = peers.our_documents(ours.client, ours.settings, plan.documents)
        found.ceiling_bare = peers.ceiling(engines, ours.settings, own, plan.rounds)
        found.ceiling_bare.name += ", as they are without enrichers"

    def _two(self, engines: Engines) -> None:
        with pipeline(engines, "two", workers=2, warm_up=self._plan.warm_up) as ours:
            self.found.two = ours.result("everything on, two workers", self._rounds(ours, share=0.2))

    def _peer(self, engines: Engines, measure: Callable[..., peers.Peer]) -> None:
        self.found.peers.append(measure(engines, self._settings, self._docs, self._plan.rounds))

    def _push(self, engines: Engines) -> None:
        self.found.push = reading.push(engines, self._plan.push)

    def _growth(self) -> None:
        self.found.growth = _growth(self._plan.stories, max(60.0, min(600.0, self._left())))

    def _parsers(self) -> None:
        self.found.parsers = reading.parsers(self._plan.parsed)

    def _rounds(self, ours: Pipeline, share: float) -> list[Round]:
        """As many as planned; fewer where they take more than this share of the time."""
        until = time.monotonic() + share * self._plan.all
        made = [ours.round(self._plan.articles)]
        while len(made) < self._plan.rounds and time.monotonic() + made[-1].seconds < until:
            made.append(ours.round(self._plan.articles))
        return made

    def _left(self) -> float:
        return self._until - time.monotonic()


def _growth(articles: int, seconds: float) -> str:
    """As benchmarks/stories.py prints it; what it had printed where it is stopped for want of time."""
    command = [sys.executable, "-u", "-m", "benchmarks.stories", str(articles)]
    try:
        return subprocess.run(command, capture_output=True, check=True, timeout=seconds).stdout.decode().strip()
    except subprocess.TimeoutExpired as e:
        return (e.stdout or b"").decode().strip() + "\n\n(stopped here for want of time)"


def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument(
        "--quick", action="store_true", help="whether it works: within 6 minutes, and no figures to keep"
    )
    options.add_argument("--only", default="", metavar="PART,PART", help="parts whose names have these words")
    chosen = options.parse_args()
    quick = chosen.quick
    # so that what was started is stopped
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bench = Bench(QUICK if quick else FULL, quick, chosen.only)
    bench.run()
    print(report.write(bench.found).read_text())
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
