"""What is wrong, by what was measured; and what isn't."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.index.families import ALIASES
from pipeline.kafka.groups import NEW_PROTOCOL
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.findings import fullness, spoken
from pipeline.operations.watch.index_state import Indices
from pipeline.operations.watch.kafka_health import Partitions
from pipeline.operations.watch.kafka_state import KafkaState
from pipeline.operations.watch.measure import judged
from pipeline.operations.watch.memory import Memory
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
)

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
GB = 1024**3


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def stage(group: str = "n-worker", **fields: Any) -> StageState:
    return StageState(**({"group": group, "lag": 0, "started": True, "members": 1, "finished": 5} | fields))


def process(name: str = "worker", **fields: Any) -> ProcessState:
    found: dict[str, Any] = {
        "name": name,
        "condition": ProcessCondition.READY,
        "pid": 7,
        "started": ago(hours=3),
        "starts_last_hour": 0,
    }
    return ProcessState(**(found | fields))


def facts(**fields: Any) -> Facts:
    """A pipeline in which all is well, but for these."""
    stages = {"revise": stage(), "match": stage(), "index": stage("n-index")} | fields.pop("stages", {})
    well: dict[str, Any] = {
        "at": NOW,
        "namespace": "n",
        "kafka": KafkaState(stages=stages),
        "index": Indices(documents=dict.fromkeys(ALIASES, 3), indices={"articles": IndexState(health="green")}),
        "processes": (process(), process("indexer"), process("ingest-api")),
    }
    return Facts(**(well | fields))


def found(of: Facts, memory: Memory | None = None) -> list[tuple[Kind, str, Severity]]:
    return [(one.kind, one.subject, one.severity) for one in judged(of, memory or Memory()).findings]


def one(of: Facts) -> tuple[Report, Finding]:
    report = judged(of, Memory())
    (single,) = report.findings
    return report, single


def test_all_is_well() -> None:
    report = judged(facts(), Memory())
    assert report.findings == ()
    assert report.ok
    assert report.exit_code == 0
    assert report.headline == "All is well: 3 articles are searchable."


@pytest.mark.parametrize(
    ("changes", "kind", "subject", "severity"),
    [
        ({"kafka_engine": Engine(up=False), "kafka": KafkaState()}, Kind.KAFKA_AWAY, "kafka", Severity.CRITICAL),
        ({"elasticsearch_engine": Engine(up=False), "index": Indices()}, Kind.ELASTICSEARCH_AWAY, "elasticsearch", Severity.CRITICAL),
        ({"index": Indices(read_only="cluster.blocks.read_only")}, Kind.ELASTICSEARCH_READ_ONLY, "elasticsearch", Severity.CRITICAL),
        ({"index": Indices(indices={"articles": IndexState(read_only=True)})}, Kind.ELASTICSEARCH_READ_ONLY, "elasticsearch", Severity.CRITICAL),
        ({"index": Indices(indices={"articles": IndexState(health="red")})}, Kind.INDEX_HEALTH, "articles", Severity.CRITICAL),
        ({"index": Indices(documents={"articles": 1})}, Kind.INDEX_MISSING, "articles-hidden", Severity.WARNING),
        ({"stages": {"index": stage("n-index", members=0)}}, Kind.PROCESS_AWAY, "indexer", Severity.CRITICAL),
        ({"stages": {"index": stage("n-index", strangers=("theirs",))}}, Kind.GROUP_SHARED, "indexer", Severity.CRITICAL),
        ({"stages": {"index": stage("n-index", members=0, strangers=(NEW_PROTOCOL,))}}, Kind.GROUP_SHARED, "indexer", Severity.CRITICAL),
        ({"kafka": KafkaState(stages={"index": stage("n-index")}, partitions=Partitions(leaderless=("a-0",)))}, Kind.KAFKA_PARTITIONS, "leaderless", Severity.CRITICAL),
        ({"kafka": KafkaState(stages={"index": stage("n-index")}, partitions=Partitions(unwritable=("a-0",)))}, Kind.KAFKA_PARTITIONS, "unwritable", Severity.CRITICAL),
        ({"kafka": KafkaState(stages={"index": stage("n-index")}, partitions=Partitions(thin=("a-0", "a-1")))}, Kind.KAFKA_PARTITIONS, "replicas", Severity.WARNING),
        ({"kafka": KafkaState(stages={"index": stage("n-index")}, wrong_counts={"t": 3})}, Kind.PARTITION_COUNT, "t", Severity.CRITICAL),
        ({"stages": {"revise": stage(lag=9, oldest=ago(minutes=3))}}, Kind.STAGE_BEHIND, "revise", Severity.WARNING),
        ({"processes": (process(condition=ProcessCondition.SILENT),)}, Kind.PROCESS_NOT_READY, "worker", Severity.CRITICAL),
        ({"processes": (process(condition=ProcessCondition.NOT_READY),)}, Kind.PROCESS_NOT_READY, "worker", Severity.WARNING),
        ({"processes": (process(condition=ProcessCondition.NOT_READY, started=ago(seconds=9)),)}, Kind.PROCESS_NOT_READY, "worker", Severity.INFO),
        ({"processes": (process("worker-2", condition=ProcessCondition.GONE),)}, Kind.PROCESS_AWAY, "worker-2", Severity.WARNING),
        ({"processes": (process("ingest-api", condition=ProcessCondition.GONE),)}, Kind.PROCESS_AWAY, "ingest-api", Severity.WARNING),
        ({"processes": (process(starts_last_hour=3, started=ago(minutes=1)),)}, Kind.PROCESS_RESTARTS, "worker", Severity.WARNING),
        ({"processes": (process(starts_last_hour=9, condition=ProcessCondition.GONE),)}, Kind.PROCESS_RESTARTS, "worker", Severity.CRITICAL),
        ({"latency": (Latency(provider="a", articles=20, late=2, late_last_hour=2, p50=1, p95=6, p99=9, objective=5),)}, Kind.SLOW, "a", Severity.WARNING),
        ({"latency": (Latency(provider="a", articles=3, late=2, late_last_hour=1, p50=6, p95=76, p99=76, objective=5),)}, Kind.SLOW, "a", Severity.WARNING),
        ({"latency": tuple(Latency(provider=name, articles=1, late=1, late_last_hour=1, p50=76, p95=76, p99=76, objective=5) for name in "abc")}, Kind.SLOW, "several providers", Severity.WARNING),
        ({"refusals": {"revise": Refusals(refused=9, failed_last_hour=2)}}, Kind.RECORDS_FAILED, "revise", Severity.WARNING),
        ({"refusal_rates": (RefusalRate(stage="push", reason="invalid", last_hour=99, usual=3, unusual=True, providers=("a",)),)}, Kind.REFUSALS, "push/invalid", Severity.WARNING),
        ({"disks": (Disk(place="elasticsearch x", free=GB // 2, total=100 * GB),)}, Kind.DISK, "elasticsearch x", Severity.CRITICAL),
        ({"freshness": (Freshness(provider="a", item="articles", last=ago(hours=3), pulse=Pulse.SILENT, expected=40.0),)}, Kind.PROVIDER_SILENT, "a/articles", Severity.WARNING),
        ({"elasticsearch_engine": Engine(up=True, clock_ahead=-3600.0)}, Kind.CLOCKS, "this machine", Severity.CRITICAL),
        ({"elasticsearch_engine": Engine(up=True, clock_ahead=-3600.0), "processes": ()}, Kind.CLOCKS, "this machine", Severity.WARNING),
        ({"elasticsearch_engine": Engine(up=True, clock_ahead=3600.0)}, Kind.CLOCKS, "this machine", Severity.WARNING),
        ({"processes": (process(), process("worker:9101", pid=None, clock_ahead=60.0))}, Kind.CLOCKS, "worker:9101", Severity.CRITICAL),
        ({"processes": (process(), process("worker:9101", pid=None, clock_ahead=-60.0))}, Kind.CLOCKS, "worker:9101", Severity.WARNING),
        ({"processes": (process(), process("indexer:9101", pid=None, clock_ahead=60.0))}, Kind.CLOCKS, "indexer:9101", Severity.WARNING),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_by_itself_with_what_helps(
    changes: dict[str, Any], kind: Kind, subject: str, severity: Severity
) -> None:
    report, single = one(facts(**changes))
    assert (single.kind, single.subject, single.severity) == (kind, subject, severity)
    assert report.exit_code == {Severity.CRITICAL: 4, Severity.WARNING: 1, Severity.INFO: 0}[severity]
    assert report.ok is (severity is Severity.INFO)
    assert single.command
    if severity is not Severity.INFO:
        assert report.headline == f"{single.what}: {single.command}"


@pytest.mark.parametrize(
    "changes",
    [
        {"stages": {"revise": stage(lag=9, oldest=ago(seconds=9))}},
        {"processes": (process(starts_last_hour=3, started=ago(minutes=30)),)},
        {"processes": (process(starts_last_hour=1, started=ago(minutes=1)),)},
        {"latency": (Latency(provider="a", articles=3, late=1, late_last_hour=1, p50=1, p95=6, p99=9, objective=5),)},
        {"latency": (Latency(provider="a", articles=3, late=3, p50=6, p95=6, p99=9, objective=5),)},
        {"refusal_rates": (RefusalRate(stage="push", reason="invalid", last_hour=9, usual=3, unusual=False),)},
        {"freshness": (Freshness(provider="a", item="articles", last=ago(hours=3), pulse=Pulse.LEARNING),)},
        {"index": Indices()},
        {"elasticsearch_engine": Engine(up=True, clock_ahead=4.9)},
    ],
    ids=[
        "just came",
        "settled",
        "just started",
        "too few",
        "it was late, and is no longer",
        "usual",
        "not known yet",
        "no index yet",
        "clocks that differ by little",
    ],
)
def test_what_is_no_fault(changes: dict[str, Any]) -> None:
    assert found(facts(**changes)) == []


def test_an_indexer_that_nobody_started_again_is_told_with_its_reason_and_what_waits() -> None:
    gone = process("indexer", condition=ProcessCondition.GONE, problem="it was killed")
    _, single = one(
        facts(stages={"index": stage("n-index", members=0, lag=1200, oldest=ago(minutes=9))}, processes=(gone,))
    )
    assert single.what == "no indexer is running, and 1,200 records wait for it; the last one: it was killed"
    assert single.since == ago(minutes=9)
    assert single.severity is Severity.CRITICAL


def test_a_worker_that_hangs_is_one_finding_and_not_two() -> None:
    hangs = process(condition=ProcessCondition.SILENT, problem="it doesn't answer")
    away = {"revise": stage(members=0, lag=3), "match": stage(members=0)}
    assert found(facts(stages=away, processes=(hangs,))) == [(Kind.PROCESS_NOT_READY, "worker", Severity.CRITICAL)]


def test_a_stage_that_catches_up_is_no_warning() -> None:
    memory = Memory()
    for minutes, lag in ((3, 900), (2, 600)):
        past = facts(
            at=ago(minutes=minutes), stages={"revise": stage(lag=lag, finished=1000 - lag, oldest=ago(minutes=5))}
        )
        memory = memory.after(judged(past, memory))
    report = judged(facts(stages={"revise": stage(lag=300, finished=700, oldest=ago(minutes=4))}), memory)
    (single,) = report.findings
    assert single.severity is Severity.INFO
    assert report.stages["revise"].caught_up_in == pytest.approx(90)
    assert report.ok
    assert "90 s" in report.headline


def test_providers_are_not_blamed_for_our_own_silence() -> None:
    silent = (Freshness(provider="a", item="articles", last=ago(hours=3), pulse=Pulse.SILENT, expected=40.0),)
    assert found(facts(freshness=silent, stages={"index": stage("n-index", members=0)})) == [
        (Kind.PROCESS_AWAY, "indexer", Severity.CRITICAL)
    ]
    behind = {"revise": stage(lag=9, oldest=ago(minutes=20))}
    assert found(facts(freshness=silent, stages=behind)) == [(Kind.STAGE_BEHIND, "revise", Severity.WARNING)]


def test_since_is_when_it_was_first_seen_and_is_forgotten_when_it_is_over() -> None:
    ill = {"refusals": {"revise": Refusals(refused=9, failed_last_hour=2)}}
    memory = Memory()
    for minutes, changes, since in ((9, ill, 9), (8, ill, 9), (7, {}, None), (6, ill, 6)):
        report = judged(facts(at=ago(minutes=minutes), **changes), memory)
        assert [one.since for one in report.findings] == ([] if since is None else [ago(minutes=since)])
        memory = memory.after(report)


def test_the_worst_is_first_and_the_headline_counts_the_rest() -> None:
    ill = facts(
        refusals={"revise": Refusals(refused=9, failed_last_hour=2)},
        elasticsearch_engine=Engine(up=False, error="… start local engines with `dateline local up`"),
    )
    report = judged(ill, Memory())
    assert [one.severity for one in report.findings] == [Severity.CRITICAL, Severity.WARNING]
    assert report.headline == "Elasticsearch does not answer: dateline local up (and 1 more)"


def test_a_provider_cannot_write_to_the_terminal() -> None:
    evil = (Freshness(provider="a\x1b[2J", item="articles", last=ago(hours=3), pulse=Pulse.SILENT),)
    _, single = one(facts(freshness=evil))
    assert "\x1b" not in single.what


@pytest.mark.parametrize(
    ("free", "total", "severity"),
    [
        (50, 1000, Severity.WARNING), (40, 1000, Severity.CRITICAL), (120, 4000, Severity.WARNING), (0.5, 1, Severity.CRITICAL),
        (200, 5000, None), (2, 10, None), (0, 0, Severity.CRITICAL),
    ],
)  # fmt: skip
def test_a_disk_is_full_when_elasticsearch_says_so(free: float, total: float, severity: Severity | None) -> None:
    assert fullness(Disk(place="", free=int(free * GB), total=int(total * GB))) is severity


def test_times_in_words() -> None:
    assert [spoken(one) for one in (0.4, 90, 121, 7300, 200_000)] == ["0 s", "90 s", "2 min", "2 h", "2 days"]


def test_a_process_that_is_not_ready_for_long_is_critical_with_its_reason() -> None:
    waits = {"processes": (process(condition=ProcessCondition.NOT_READY, problem="Kafka does not answer"),)}
    memory = Memory()
    seen = []
    for minutes in (20, 17, 14, 13):
        report = judged(facts(at=ago(minutes=minutes), **waits), memory)
        memory = memory.after(report)
        seen.append((report.findings[0].severity, report.exit_code))
    assert seen == [(Severity.WARNING, 1), (Severity.WARNING, 1), (Severity.CRITICAL, 4), (Severity.CRITICAL, 4)]
    assert report.findings[0].what == "worker has not been ready for 7 min: Kafka does not answer"
    assert report.findings[0].since == ago(minutes=20)
    memory = memory.after(judged(facts(at=ago(minutes=12)), memory))
    assert judged(facts(**waits), memory).findings[0].severity is Severity.WARNING, "it was ready in between"


def test_after_a_pause_of_the_watch_nothing_is_known_of_the_time_between() -> None:
    waits = {"processes": (process(condition=ProcessCondition.NOT_READY),)}
    memory = Memory().after(judged(facts(at=ago(hours=3), **waits), Memory()))
    (found,) = judged(facts(**waits), memory).findings
    assert found.severity is Severity.WARNING
    assert found.since == NOW


def test_a_process_elsewhere_is_measured_by_elasticsearchs_clock_and_not_by_one_that_is_wrong_here() -> None:
    """This machine is an hour behind, and so all others seem to be ahead."""
    elsewhere = process("worker:9101", pid=None, clock_ahead=3600.0)
    _, single = one(
        facts(elasticsearch_engine=Engine(up=True, clock_ahead=3600.0), processes=(process("indexer"), elsewhere))
    )
    assert single.what == "this machine's clock is 60 min behind Elasticsearch's"


def test_a_block_says_whether_the_disk_is_full_or_somebody_set_it() -> None:
    flood, own = "index.blocks.read_only_allow_delete", "index.blocks.write"
    for block, words in ((flood, "the block goes by itself"), (own, f"{own} is to be null")):
        index = Indices(indices={"articles": IndexState(read_only=True)}, blocks={"articles": block})
        _, single = one(facts(index=index))
        assert f"({block} of articles)" in single.what
        assert words in single.command


def test_kafkas_disks_that_nobody_tells_of_are_named() -> None:
    _, single = one(facts(kafka=KafkaState(stages={"index": stage("n-index")}, unseen=("disks",))))
    assert (single.kind, single.what) == (Kind.UNSEEN, "what could not be looked at: disks (kafka)")
