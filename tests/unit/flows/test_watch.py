"""The tables of the flow `watch`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from flows import watch
from flows.support.watch_tables import caught_up, facts, tables
from pipeline.settings import Settings, load_settings
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
    Report,
    Severity,
    StageState,
    Trend,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
REPORT = Report(
    at=NOW,
    ok=False,
    headline="the indexer is away",
    findings=(Finding(kind=Kind.PROCESS_AWAY, subject="indexer", severity=Severity.CRITICAL, what="the indexer is away", since=NOW, command="dateline run"),),
    kafka=Engine(up=True),
    elasticsearch=Engine(up=False, error="refused"),
    stages={"revise": StageState(group="g", lag=0, started=True, members=1, finished=10), "index": StageState(group="g", lag=30, started=True, members=0, finished=90, trend=Trend.FALLING, rate=2.25, caught_up_in=13.4, oldest=NOW), "new": StageState(group="g", lag=0, started=False, members=0)},
    documents={"articles": 7},
    indices={"articles": IndexState(health="green", documents=7)},
    processes=(ProcessState(name="indexer", condition=ProcessCondition.GONE, last_exit="killed", starts_last_hour=4),),
    latency=(Latency(provider="wire", articles=20, late=2, late_last_hour=2, p50=0.2, p95=1.5, p99=2.0, objective=1.0),),
    freshness=(
        Freshness(provider="a", item="articles", last=NOW, pulse=Pulse.USUAL),
        Freshness(provider="wire", item="articles", last=NOW, pulse=Pulse.SILENT, expected=9.26, alarm_at=6.0),
    ),
    refusal_rates=(RefusalRate(stage="normalize", reason="bad-date", last_hour=9, usual=1, unusual=True, providers=("wire",)),),
    disks=(Disk(place="/var", free=2 * 1024**3, total=4 * 1024**3),),
)  # fmt: skip


def test_every_part_of_a_report_has_a_table() -> None:
    found = tables(REPORT)
    assert {name: len(rows) for name, (rows, _) in found.items()} == {
        "findings": 1, "stages": 3, "latency": 1, "providers": 2, "refusals": 1, "processes": 1, "indices": 1,
    }  # fmt: skip
    rows = {name: rows[0] for name, (rows, _) in found.items()}
    assert rows["findings"]["helps"] == "dateline run"
    assert (rows["providers"]["provider"], rows["providers"]["pulse"]) == ("wire", "silent"), (
        "what is silent comes first"
    )
    assert found["stages"][0][1] | {"caught up in": "13 s", "records a second": 2.2} == found["stages"][0][1]
    assert rows["latency"]["met"] == "no"


def test_the_first_lines_and_how_far_it_is() -> None:
    shown = facts(REPORT)
    assert shown["all well"] == "no"
    assert shown["Elasticsearch"] == "away: refused"
    assert shown["free on /var"] == "2.0 of 4.0 GB"
    assert caught_up(REPORT) == 75.0
    assert caught_up(REPORT.model_copy(update={"stages": {}})) == 100.0


def test_a_mistyped_address_keeps_no_other_channel_from_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended the run before the first event, each minute."""
    stored: list[Any] = []
    emitted: list[str] = []
    posted: list[str] = []
    settings = Settings(
        _env_file=None,
        notify_webhook=SecretStr("hooks.example/secret"),
        notify_slack=SecretStr("http://slack.example/s"),
    )
    monkeypatch.setattr(watch, "settings", lambda: settings)
    monkeypatch.setattr("flows.support.notified.load", lambda _: stored[-1] if stored else ())
    monkeypatch.setattr("flows.support.notified.store", lambda _, told: stored.append(told))
    monkeypatch.setattr(watch, "_emit", lambda news, _: emitted.extend(one.key for one in news.began))
    monkeypatch.setattr("pipeline.operations.notify.channels._post", lambda channel, *_: posted.append(channel))
    tell: Any = watch.tell
    for _ in range(2):
        (problem,) = tell.fn(REPORT, Severity.WARNING, True)
        assert "DATELINE_NOTIFY_WEBHOOK" in problem
        assert "secret" not in problem
    assert (emitted, posted) == (["process-away/indexer"], ["slack"])
    assert [one.began_on for one in stored[-1]] == [("events", "slack")]
    assert tell.fn(REPORT, Severity.WARNING, False) == []


@pytest.mark.parametrize(
    ("health", "settings", "page"),
    [
        ("http://127.0.0.1:40123", {}, "http://127.0.0.1:8642"),
        ("http://search.local:9101", {"search_port": 80}, "http://search.local:80"),
        ("http://[::1]:40123", {}, "http://[::1]:8642"),
        ("http://127.0.0.1:40123", {"search_url": "https://search.news.example"}, "https://search.news.example"),
    ],
)
def test_readers_are_not_sent_to_the_health_port(health: str, settings: dict[str, Any], page: str) -> None:
    assert watch.readers_page(health, load_settings(**settings)) == page
