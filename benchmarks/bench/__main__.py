"""`make bench`, `make bench ARGS=--quick`: all of it on this machine, one part after the other."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from elasticsearch import Elasticsearch

from benchmarks.bench import latency, peers, reading, report, warming
from benchmarks.bench.ours import Pipeline, Round, pipeline
from benchmarks.bench.report import Found
from benchmarks.corpus.day import Day, sizes
from benchmarks.engines import Engines, running_engines


@dataclass(frozen=True)
class Plan:
    """How much of each; `all` is seconds, from when the engines are warm, after which nothing is begun."""

    rounds: int
    articles: int
    warm_engines: float
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
    warm_up=60,
    documents=300,
    latency=8,
    push=2,
    parsed=40,
    stories=2_000,
    all=270,
)
FULL = Plan(rounds=3, articles=3_000, warm_engines=40, warm_up=600, documents=4_000, latency=60, push=10, parsed=400, stories=100_000, all=1_380)  # fmt: skip


class Bench:
    """Does one part after the other, and leaves out what there is no time for."""

    def __init__(self, plan: Plan, quick: bool, only: str) -> None:
        self._only = only.split(",")
        self._plan, self._began = plan, time.monotonic()
        self._until = float("inf")
        self.found = Found(quick)

    @contextmanager
    def part(self, name: str) -> Iterator[bool]:
        """Whether there is time for it."""
        due = self._left() > 0 and any(one in name for one in self._only)
        if due:
            print(f"{name} …", file=sys.stderr, flush=True)
            self.found.loads.append(os.getloadavg()[0])
            began = time.monotonic()
            yield True
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        else:
            self.found.left_out.append(name)
            yield False

    def run(self) -> None:
        plan, found = self._plan, self.found
        found.article_bytes = sizes(Day().articles_until(300))[1]
        with running_engines() as engines:
            self._engines(engines, plan)
        with self.part("growth") as due:
            if due:
                found.growth = _growth(plan.stories, max(60.0, min(600.0, self._left())))
        with self.part("parsers") as due:
            if due:
                found.parsers = reading.parsers(plan.parsed)
        found.seconds = time.monotonic() - self._began

    def _engines(self, engines: Engines, plan: Plan) -> None:
        found = self.found
        with Elasticsearch(engines.elasticsearch_url) as client:
            found.elasticsearch = client.cat.nodes(h="version").body.split()[0]
            found.java = engines.java_version()
        settings, docs = warming.warm(engines, plan.warm_engines)
        if self._only == [""]:  # what was asked for by name is done, however long it takes
            self._until = time.monotonic() + plan.all
        with self.part("everything on, and latency") as due:
            if due:
                with pipeline(engines, "all", warm_up=plan.warm_up) as ours:
                    rounds = self._rounds(ours, share=0.25)
                    found.everything = ours.result("everything on, one worker", rounds)
                    found.latencies = latency.measure(ours, median(one.rate for one in rounds) / 2, plan.latency)
                    ours.result("", rounds)  # counted again
                    settings, docs = ours.settings, peers.our_documents(ours.client, ours.settings, plan.documents)
        with self.part("the ceiling") as due:
            if due:
                found.ceiling = peers.ceiling(engines, settings, docs, plan.rounds)
        with self.part("enrichers, stories and trends off") as due:
            if due:
                with pipeline(engines, "bare", bare=True, warm_up=plan.warm_up) as ours:
                    rounds = self._rounds(ours, share=0.12)
                    found.bare = ours.result("enrichers, stories and trends off", rounds)
                    own = peers.our_documents(ours.client, ours.settings, plan.documents)
                found.ceiling_bare = peers.ceiling(engines, ours.settings, own, plan.rounds)
                found.ceiling_bare.name += ", as they are without enrichers"
        self._peers(engines, settings, docs)
        with self.part("two workers") as due:
            if due:
                with pipeline(engines, "two", workers=2, warm_up=plan.warm_up) as ours:
                    found.two = ours.result("everything on, two workers", self._rounds(ours, share=0.2))
        with self.part("push") as due:
            if due:
                found.push = reading.push(engines, plan.push)

    def _peers(self, engines: Engines, settings: object, docs: peers.Documents) -> None:
        measured: list[tuple[str, Callable[..., peers.Peer]]] = [("a plain loop", peers.plain)]
        if peers.available():
            self.found.quix = peers.version()
            measured += [("Quix Streams' sink", peers.quix_sink), ("Quix Streams' hops", peers.quix_hops)]
        else:
            self.found.left_out.append("Quix Streams (`make bench` installs it)")
        for name, measure in measured:
            with self.part(name) as due:
                if due:
                    try:
                        self.found.peers.append(measure(engines, settings, docs, self._plan.rounds))
                    except SystemExit as e:  # it lost something, or ended
                        print(f"{name}: {e}", file=sys.stderr)
                        self.found.left_out.append(f"{name} (no result: {str(e).splitlines()[0]})")

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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    bench = Bench(QUICK if quick else FULL, quick, chosen.only)
    bench.run()
    print(report.write(bench.found).read_text())


if __name__ == "__main__":
    main()
