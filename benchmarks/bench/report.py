"""What was measured, as benchmarks/results.md and its plots."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from benchmarks.bench import plots
from benchmarks.bench.latency import Latencies
from benchmarks.bench.ours import Result, Round
from benchmarks.bench.peers import Peer
from benchmarks.bench.reading import Read
from benchmarks.bench.scaling import Costs, extrapolated, table
from benchmarks.push import Measured
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, STORIES

FOLDER = Path(__file__).parents[1]
_OURS = ("kafka-python", "aiokafka", "faust-streaming", "elasticsearch", "pydantic", "fastapi")
_KEPT = frozenset(topic.name for topic in (ARTICLES_CURRENT, ARTICLES_HISTORY, COMMENTS_CURRENT, STORIES))


@dataclass
class Found:
    """Everything of one run; what is missing was left out."""

    quick: bool
    seconds: float = 0
    loads: list[float] = field(default_factory=list)
    """The machine's load before each part."""
    everything: Result | None = None
    bare: Result | None = None
    two: Result | None = None
    latencies: Latencies | None = None
    ceiling: Peer | None = None
    ceiling_bare: Peer | None = None
    peers: list[Peer] = field(default_factory=list)
    parsers: list[Read] = field(default_factory=list)
    push: list[tuple[Measured, Measured]] = field(default_factory=list)
    growth: str = ""
    quix: str = ""
    elasticsearch: str = ""
    java: str = ""
    article_bytes: int = 0
    left_out: list[str] = field(default_factory=list)


def write(found: Found) -> Path:
    """The report's path."""
    # a quick run's figures are not to be kept
    prefix = "results-quick" if found.quick else "results"
    path = FOLDER / f"{prefix}.md"
    named = [("rates", _rates(found)), ("cpu", _cpu(found)), ("latency", _latency_plot(found))]
    drawn = [(name, svg) for name, svg in named if svg]
    for name, svg in drawn:
        (FOLDER / f"{prefix}-{name}.svg").write_text(svg, encoding="utf-8")
    sections = [
        _head(found),
        *_ours(found),
        *_comparison(found),
        *_latency(found),
        *_growth(found),
        *_reading(found),
        *_scaling(found),
    ]
    images = [f"![{name}]({prefix}-{name}.svg)" for name, _ in drawn]
    left = [f"Left out, for want of time or on demand: {', '.join(found.left_out)}."] if found.left_out else []
    path.write_text("\n\n".join([*sections, *images, *left]) + "\n", encoding="utf-8")
    return path


def _head(found: Found) -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = psutil.virtual_memory().total / 2**30
    ours = ", ".join(f"{name} {version(name)}" for name in _OURS)
    form = "quick form: too short to be compared with another run" if found.quick else "full form"
    loads = f"{min(found.loads):.1f} to {max(found.loads):.1f}" if found.loads else "not measured"
    return (
        f"# Results\n\nWritten by `make bench` ({form}) on {datetime.now(UTC):%Y-%m-%d}, in {found.seconds / 60:.0f} minutes. "
        f"{os.cpu_count()} cores ({cpu or platform.machine()}), {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"which the engines, the processes under test and what sends to them share; load before each part: {loads}. "
        f"Python {platform.python_version()}, {ours}, Elasticsearch {found.elasticsearch}, Java {found.java}, Quix Streams {found.quix or '(not installed)'}.\n\n"
        "A day's events of benchmarks/corpus: articles in six languages, revisions, copies, kills, comments; an article is "
        f"{found.article_bytes:,} bytes as a raw record. Everything has worked before it is timed. Rates are articles and revisions "
        "a second, from the first event sent until every stage has done all, as least / median / most of the rounds. "
        "Each document is counted at the end."
    )


def _ours(found: Found) -> Iterable[str]:
    runs = [one for one in (found.everything, found.two, found.bare) if one]
    if not runs:
        return
    rows = [f"| {run.name} | {_range(run.rounds)} | {_memory(run)} | {_log(run)} |" for run in runs]
    yield "## Dateline\n\n" + _table(("", "articles/s", "memory of a worker, MB", "log, bytes per byte of input"), rows)
    yield _table(
        ("CPU, ms per article", *(names := _processes(runs))), [_cpu_row(run.name, run.rounds, names) for run in runs]
    )
    for run in runs:
        yield f"Counted, {run.name}: {run.counted}."
    if found.everything and found.two:
        ratio = _middle(found.two.rounds) / _middle(found.everything.rounds)
        work = sum(_mean_cpu(found.two.rounds).values()) / sum(_mean_cpu(found.everything.rounds).values())
        yield f"Two workers are {ratio:.2f} times one; CPU per article, all processes together: {work:.2f} times."
    if found.everything:
        run = found.everything
        biggest = sorted(run.log_bytes.items(), key=lambda item: -item[1])[:12]
        rows = [f"| {name} | {size / run.sent_bytes:.2f} | {size / run.articles:,.0f} |" for name, size in biggest]
        yield "Kafka's log, the largest topics:\n\n" + _table(
            ("topic", "bytes per byte of input", "bytes per article"), rows
        )


def _comparison(found: Found) -> Iterable[str]:
    peers = [one for one in (found.ceiling, found.ceiling_bare, *found.peers) if one and one.rounds]
    if not peers:
        return
    rows = [f"| {peer.name} | {_range(peer.rounds)} | {sum(_mean_cpu(peer.rounds).values()):.2f} |" for peer in peers]
    yield (
        "## The ceiling and others\n\nDocuments that Dateline has made, into an index with its mapping. Quix Streams commits "
        "once a second, for its sink writes with its commits.\n\n"
    ) + _table(("", "documents/s", "CPU, ms per document, all processes"), rows)
    if found.bare and found.ceiling_bare:
        share = _middle(found.bare.rounds) / _middle(found.ceiling_bare.rounds)
        yield f"Without enrichers, stories and trends Dateline reaches {share:.3f} of the bulk of the same documents."
    hops = next((one for one in found.peers if "hops" in one.name and one.rounds), None)
    for run in (found.everything, found.bare):
        if hops and run:
            ratio = _middle(run.rounds) / _middle(hops.rounds)
            yield f"Against Quix Streams with two hops and state, {run.name}: {ratio:.2f} times its rate."


def _latency(found: Found) -> Iterable[str]:
    if (one := found.latencies) is None:
        return
    rows = [
        f"| {name} | {len(some)} | " + " | ".join(f"{_percentile(some, p) * 1000:,.0f}" for p in (50, 95, 99)) + " |"
        for name, some in (("ordinary", one.ordinary), ("urgent (one in ten)", one.urgent))
        if some
    ]
    yield (
        f"## From publishing to being found\n\nAt half of the full rate, {one.rate:.0f} articles a second, with comments and "
        "revisions between them; watched by a search every 20 ms, which takes CPU too.\n\n"
    ) + _table(("ms", "watched", "p50", "p95", "p99"), rows)


def _growth(found: Found) -> Iterable[str]:
    if not found.growth:
        return
    million = extrapolated(found.growth, 1_000_000)
    yield (
        "## Growth\n\nWhat the stage that compares stories costs as its state grows (benchmarks/stories.py: invented "
        f"signatures, no engines).\n\n{found.growth}"
    )
    if million is not None:
        yield (
            f"With a million known, {million:.2f} ms if the cost goes on rising as it did in the run's second half; "
            "`python -m benchmarks.stories 1000000` measures it, in an hour."
        )


def _reading(found: Found) -> Iterable[str]:
    if found.parsers:
        rows = [f"| {one.name} | {one.size:,} | {one.rate:,.0f} |" for one in found.parsers]
        yield "## Reading\n\n" + _table(("format", "bytes", "items per second of one core"), rows)
    if found.push:
        rows = [
            f"| {own.clients} | {own.per_request} | {own.rate:,.0f} | {bare.rate:,.0f} | {own.rate / bare.rate:.2f} |"
            for own, bare in found.push
        ]
        heads = ("clients", "items a request", "ingest API, items/s", "an endpoint that only produces", "ratio")
        yield "## Push\n\n" + _table(heads, rows)


def _scaling(found: Found) -> Iterable[str]:
    if found.everything is None:
        return
    run, cpu = found.everything, _mean_cpu(found.everything.rounds)
    kept = sum(size for name, size in run.log_bytes.items() if name in _KEPT or name.endswith("-changelog"))
    costs = Costs(
        cpu["worker"], cpu["indexer"], cpu["Kafka"], cpu["Elasticsearch"], sum(run.log_bytes.values()) / run.articles,
        kept / run.articles, run.index_bytes / run.articles, max(0, run.growth),
    )  # fmt: skip
    yield (
        "## What more articles a day need\n\nReckoned from these figures as docs/scaling.md says. An article costs "
        f"{costs.log:,.0f} bytes of log, of which {costs.kept:,.0f} are in topics that are compacted (before compaction), "
        f"{costs.index:,.0f} bytes of index, and {costs.state:,.0f} bytes of a worker's memory.\n\n"
    ) + table(costs)


def _rates(found: Found) -> str:
    values: dict[str, Sequence[float]] = {}
    for run in (found.everything, found.two, found.bare):
        if run:
            values[f"Dateline: {run.name}"] = [one.rate for one in run.rounds]
    for peer in (*found.peers, found.ceiling):
        if peer and peer.rounds:
            values[peer.name] = [one.rate for one in peer.rounds]
    return plots.bars("Articles or documents a second", "median", values) if values else ""


def _cpu(found: Found) -> str:
    values = {}
    for run in (found.everything, found.two, found.bare):
        if run:
            values[f"Dateline: {run.name}"] = _mean_cpu(run.rounds)
    for peer in found.peers:
        if peer.rounds:
            values[peer.name] = _mean_cpu(peer.rounds)
    return plots.stacked("CPU for an article or document", "ms, by process", values) if values else ""


def _latency_plot(found: Found) -> str:
    if found.latencies is None or not (found.latencies.ordinary and found.latencies.urgent):
        return ""
    pairs = {"ordinary": found.latencies.ordinary, "urgent": found.latencies.urgent}
    milliseconds = {name: [one * 1000 for one in some] for name, some in pairs.items()}
    return plots.shares("From publishing to being found, at half of the full rate", "ms", milliseconds)


def _mean_cpu(rounds: Sequence[Round]) -> dict[str, float]:
    names = dict.fromkeys(name for one in rounds for name in one.cpu)
    return {name: sum(one.cpu.get(name, 0) for one in rounds) / len(rounds) for name in names}


def _processes(runs: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(name for run in runs for one in run.rounds for name in one.cpu))


def _cpu_row(name: str, rounds: Sequence[Round], names: Sequence[str]) -> str:
    mean = _mean_cpu(rounds)
    return f"| {name} | " + " | ".join(f"{mean[one]:.2f}" if one in mean else "" for one in names) + " |"


def _memory(run: Result) -> str:
    return " + ".join(f"{size / 1e6:,.0f}" for name, size in run.memory.items() if name.startswith("worker"))


def _log(run: Result) -> str:
    return f"{sum(run.log_bytes.values()) / run.sent_bytes:.1f}"


def _middle(rounds: Sequence[Round]) -> float:
    return median(one.rate for one in rounds)


def _range(rounds: Sequence[Round]) -> str:
    rates = [one.rate for one in rounds]
    return f"{min(rates):,.0f} / {median(rates):,.0f} / {max(rates):,.0f}"


def _percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def _table(heads: Sequence[str], rows: Iterable[str]) -> str:
    return "\n".join((f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows))


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
