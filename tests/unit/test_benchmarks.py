"""What the benchmarks rest on: the invented day, the count at the end, the reckoning and the plots."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from benchmarks import push
from benchmarks.bench import counting, plots
from benchmarks.bench.bare_worker import _nothing
from benchmarks.bench.scaling import PER_DAY, Costs, extrapolated, reckon, table
from benchmarks.corpus.day import Day, sizes
from pipeline.settings import load_settings
from pipeline.stages.clustering import sign
from pipeline.stages.revise import articles
from schemas.article import Notice, ReceivedArticle
from schemas.comment import ReceivedComment
from tests.support.waiting import until


def test_a_day_is_the_same_for_the_same_seed_only() -> None:
    first, again, other = (Day(seed).articles_until(60) for seed in (7, 7, 8))
    assert [e.id for e in first] == [e.id for e in again]
    assert [e.id for e in first] != [e.id for e in other]
    bodies = [e.data.paragraphs for e in first if isinstance(e.data, ReceivedArticle)]
    assert bodies == [e.data.paragraphs for e in again if isinstance(e.data, ReceivedArticle)]


def test_what_is_expected_of_a_day_is_what_its_events_say() -> None:
    day = Day(3)
    events = day.articles_until(600)
    versions: dict[Any, int] = {}
    killed, comments = set(), set()
    for event in events:
        if isinstance(event.data, ReceivedArticle):
            versions[event.data.article_id] = max(versions.get(event.data.article_id, 0), event.data.version or 0)
        elif isinstance(event.data, Notice):
            killed.add(event.data.article_id)
        elif isinstance(event.data, ReceivedComment):
            comments.add(event.data.comment_id)
    assert day.expected.versions == versions
    assert (day.expected.killed, day.expected.comments) == (killed, comments)
    assert killed
    assert comments
    assert max(versions.values()) > 1
    assert day.expected.public == len(versions) - len(killed)


def test_a_day_has_copies_repeated_events_and_words_by_their_frequency() -> None:
    events = Day(3).articles_until(600)
    assert max(Counter(event.id for event in events).values()) > 1, "some are sent twice"
    texts = Counter(e.data.paragraphs for e in events if isinstance(e.data, ReceivedArticle))
    assert 0.03 < sum(n - 1 for n in texts.values()) / texts.total() < 0.3
    words = Counter(word for text in texts for p in text for word in p.lower().split())
    common = [n for _, n in words.most_common()]
    assert common[0] > 4 * common[50] > 8 * common[2000]
    assert 3_000 < sizes(events)[1] < 9_000


class Scanned:
    """An index with these documents."""

    def __init__(self, *versions: tuple[str, int]) -> None:
        self.hits = [{"_id": id_, "_source": {"revision": {"version": version}}} for id_, version in versions]
        self.indices = self

    def refresh(self, index: object) -> None:
        pass


def counted(monkeypatch: pytest.MonkeyPatch, *versions: tuple[str, int], letters: int = 0) -> str:
    day = Day(3, comments=False)
    event = day.article()
    ids = {"its": str(event.data.article_id)}
    found = Scanned(*((ids.get(name, name), version) for name, version in versions))
    scan = lambda client, index, **_: found.hits if index == "articles" else []  # noqa: E731
    monkeypatch.setattr("elasticsearch.helpers.scan", scan)
    return counting.check(cast(Any, found), load_settings(_env_file=None), day.expected, letters)


def test_a_run_that_loses_or_repeats_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(monkeypatch, ("its", 1)).startswith("1 articles")
    for documents in ([], [("its", 1), ("its", 1)], [("its", 1), ("other", 1)], [("its", 0)]):
        with pytest.raises(counting.Wrong):
            counted(monkeypatch, *documents)
    with pytest.raises(counting.Wrong, match="dead letters"):
        counted(monkeypatch, ("its", 1), letters=1)


def test_what_the_bare_worker_replaces_is_there() -> None:
    assert callable(vars(sign)["bands"])
    assert callable(vars(articles)["mentions"])
    assert _nothing(1, partition_of=None) == []


def test_needs_grow_with_the_articles() -> None:
    costs = Costs(worker=15, indexer=1.5, kafka=4, elasticsearch=5, log=80_000, kept=20_000, index=6_000, state=10_000)
    one, ten, hundred = (reckon(costs, per_day) for per_day in PER_DAY)
    assert [need.workers for need in (one, ten, hundred)] == [1, 10, 100]
    assert ten.partitions >= 2 * ten.workers
    assert one.partitions == 12
    assert hundred.kafka_disk == pytest.approx(100 * one.kafka_disk)
    assert table(costs).count("\n") == 11


def test_growth_is_extrapolated_from_the_second_half() -> None:
    def run(cost: float, rise: float) -> str:
        rows = [(n, cost + rise * n / 2) for n in range(5_000, 100_001, 5_000)]
        return "| articles | ms |\n|---:|---:|\n" + "\n".join(f"| {n:,} | {mean:.6f} | 1 | 2 |" for n, mean in rows)

    assert extrapolated(run(1.0, 0.0), 1_000_000) == pytest.approx(1.0)
    assert extrapolated(run(1.0, 1e-6), 1_000_000) == pytest.approx(2.0, rel=0.01)
    assert extrapolated("| 5,000 | 1.0 | 1 | 2 |", 1_000_000) is None


def test_plots_are_xml_that_shows_every_name() -> None:
    some = {"a & b": [1.0, 2.0, 3.0], "<c>": [400.0]}
    for drawn in (
        plots.bars("t", "u", some),
        plots.shares("t", "u", some),
        plots.stacked("t", "u", {"x": {"a & b": 1.0}, "y": {"<c>": 2.0}}),
    ):
        texts = [one.text for one in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
        assert {"a & b", "<c>"} <= set(texts)


def test_a_process_that_does_not_end_costs_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to end, one on a busy machine may take long: what was measured of it is kept."""
    monkeypatch.setattr(push, "STOP_TIMEOUT", 0.1)
    deaf = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path(sys.argv[1]).touch(); time.sleep(3600)"
    with push.child([sys.executable, "-c", deaf, str(tmp_path / "deaf")], os.environ) as process:
        until((tmp_path / "deaf").exists)
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_ends_at_once_is_not_waited_for() -> None:
    with (
        push.child([sys.executable, "-c", "raise SystemExit(3)"], os.environ) as process,
        pytest.raises(SystemExit, match="ended with code 3"),
    ):
        push._until(lambda: False, process)


def test_a_client_that_is_refused_is_no_rate() -> None:
    """A rate of the clients that were left would be another figure."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SystemExit, match="503"):
            push.measure(
                f"http://127.0.0.1:{server.server_port}",
                "key",
                2,
                1,
                600,
                repeatable=False,
                stories=[{"headline": "-"}],
            )
        server.shutdown()
