"""What `dateline status` shows: first whether all is well, and nothing wider than a terminal."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
import typer

from pipeline.commands import status as command
from pipeline.commands.shared import PlainConsole
from pipeline.commands.status import status
from schemas.report import (
    Disk,
    Engine,
    Finding,
    Freshness,
    IndexState,
    Kind,
    Latency,
    ProcessCondition,
    ProcessState,
    Pulse,
    RefusalRate,
    Refusals,
    Report,
    Severity,
    StageState,
    TopicState,
    Trend,
)

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


FULL = Report(
    at=NOW,
    ok=False,
    headline="no indexer is running, and 1,204,311 records wait for it; the last one: it was killed, or crashed, without a word: dateline indexer, or dateline run (and 1 more)",
    findings=(
        Finding(kind=Kind.PROCESS_AWAY, subject="indexer", severity=Severity.CRITICAL, what="no indexer is running, and 1,204,311 records wait for it; the last one: it was killed", since=ago(minutes=9), command="dateline indexer, or dateline run"),
        Finding(kind=Kind.PROVIDER_SILENT, subject="wire-north.example/articles", severity=Severity.WARNING, what="wire-north.example has sent no articles for 3 h; 40 are usual in that time", since=ago(hours=3), command="dateline feeds list; or ask the provider"),
    ),
    kafka=Engine(up=True),
    elasticsearch=Engine(up=True, version="9.5.0"),
    stages={
        "revise": StageState(group="a-rather-long-namespace-worker", lag=1_204_311, started=True, members=12, oldest=ago(hours=5), trend=Trend.FALLING, rate=9.1, caught_up_in=5400),
        "index": StageState(group="a-rather-long-namespace-index", lag=3, started=False, members=0),
    },
    topics={"articles.current": TopicState(records=12_000_000, cleanup="compact", key="article id", partitions=12)},
    documents={"articles": 2_000_000},
    indices={"articles": IndexState(health="yellow", documents=2_000_000, read_only=True)},
    processes=(
        ProcessState(name="indexer", condition=ProcessCondition.GONE, problem="it was killed, or crashed, without a word", started=ago(hours=30), last_exit="it was killed"),
        ProcessState(name="worker-12", condition=ProcessCondition.NOT_READY, problem="Kafka doesn't answer, or the worker is outside of its consumer group", address="http://127.0.0.1:65535", started=ago(days=9)),
    ),
    latency=(Latency(provider="wire-north.example", articles=99, late=9, late_last_hour=9, p50=0.4, p95=61.2, p99=99.1, objective=5),),
    freshness=(Freshness(provider="wire-north.example", item="articles", last=ago(hours=3), pulse=Pulse.SILENT, expected=40, alarm_at=20),
               *(Freshness(provider=f"p{n}.example", item="comments", last=NOW, pulse=Pulse.USUAL) for n in range(12))),
    refusals={"normalize": Refusals(refused=99_000, failed_last_hour=4)},
    refusal_rates=(RefusalRate(stage="normalize", reason="no-headline-or-text", last_hour=4000, usual=12, unusual=True),),
    disks=(Disk(place="/var/lib/dateline", free=10**9, total=10**11),),
)  # fmt: skip


def run(monkeypatch: pytest.MonkeyPatch, report: Report, width: int = 80, **options: Any) -> tuple[str, int]:
    console = PlainConsole()
    console.file = io.StringIO()
    console.width = width
    monkeypatch.setattr(command, "out", console)
    monkeypatch.setattr(command, "settings", lambda: None)
    monkeypatch.setattr("pipeline.operations.watch.measure.measure", lambda _: report)
    code = 0
    try:
        status(**({"every": 5.0} | options))
    except typer.Exit as e:
        code = e.exit_code
    return console.file.getvalue(), code


def test_the_first_line_says_what_is_wrong_and_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, code = run(monkeypatch, FULL, width=200)
    assert shown.splitlines()[0] == FULL.headline
    assert code == 4


def test_nothing_is_cut_off_or_wider_than_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, _ = run(monkeypatch, FULL)
    assert max(map(len, shown.splitlines())) <= 80
    for word in (
        "1,204,311",
        "65535",
        "61.2",
        "4,000",
        "nobody",
        "wire-north.example",
        "silent",
        "2,000,000",
        "and 2 more",
    ):
        assert word in shown, word
    assert "…" not in shown


@pytest.mark.parametrize(
    ("severity", "code"), [(None, 0), (Severity.INFO, 0), (Severity.WARNING, 1), (Severity.CRITICAL, 4)]
)
def test_the_exit_code_says_it_too(monkeypatch: pytest.MonkeyPatch, severity: Severity | None, code: int) -> None:
    findings = (Finding(kind=Kind.SLOW, subject="a", severity=severity, what="…"),) if severity else ()
    report = FULL.model_copy(update={"findings": findings, "ok": code == 0})
    assert run(monkeypatch, report)[1] == code


def test_json_is_by_its_schema(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, FULL, schema=True)
    schema = json.loads(capsys.readouterr().out)
    assert run(monkeypatch, FULL, json=True)[1] == 4
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, schema, format_checker=jsonschema.FormatChecker())
    assert Report.model_validate(told) == FULL


def test_a_terminal_is_watched_and_a_pipe_gets_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = iter(range(2))

    def sleep(_: float) -> None:
        if next(rounds, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    shown, code = run(monkeypatch, FULL, width=300, watch=True)
    assert shown.splitlines() == [f"12:00:00 {FULL.headline}"] * 3
    assert code == 130
    rounds = iter(range(1))
    run(monkeypatch, FULL, watch=True, json=True)
    assert [json.loads(line)["ok"] for line in capsys.readouterr().out.splitlines()] == [False, False]
