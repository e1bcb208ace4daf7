"""watch: every minute, measures everything, shows it, and tells what began to be wrong and what is over."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_progress_artifact
from prefect.events import emit_event

from flows.support import notified
from flows.support.artifacts import show_report, show_table
from flows.support.operation import io_task, operation
from flows.support.states import failed, found_something
from flows.support.watch_tables import caught_up, facts, tables
from pipeline import telemetry
from pipeline.errors import Retry
from pipeline.local.resolve import settings
from pipeline.operations.notify.changes import News, Told, delivered, news, step
from pipeline.operations.notify.channels import Send, channels
from pipeline.operations.notify.channels import problems as wrong_settings
from pipeline.operations.watch.measure import measure
from pipeline.process.ports import host_in_url
from pipeline.settings import Settings
from schemas.report import Finding, Report, Severity

SCHEDULE = 60
"""Seconds: what is wrong is known within a minute."""
CONCURRENCY = 1
EVENTS = "events"
"""The channel of Prefect's own events, which is always there."""
BEGAN, OVER, WATCHED = "dateline.breach.began", "dateline.breach.over", "dateline.watched"


def readers_page(health: str, settings: Settings) -> str:
    """The public address of the readers' page; else that of its port where the process answers about its health."""
    host = urlsplit(health).hostname or settings.bind
    return settings.search_url or f"http://{host_in_url(host)}:{settings.search_port}"


@io_task("measure", retries=0)
def take() -> Report:
    """What is away is part of the report: nothing is done again."""
    return measure(settings())


@io_task("tell", retries=2)
def tell(report: Report, least: Severity, notify: bool) -> list[str]:
    """Tell each channel what it has not been told, and remember it. The problems of those that could not be told: they are
    tried again with the next run."""
    stored = notified.load(report.namespace)
    told = step(stored, report, least)
    problems = wrong_settings(settings()) if notify else []
    for name, send in {EVENTS: _emit, **(channels(settings()) if notify else {})}.items():
        told, problem = _tell(told, name, send, report)
        problems += [problem] if problem else []
        if told != stored:  # at once: whatever becomes of the next channel, this one isn't told twice
            notified.store(report.namespace, told)
            stored = told
    return problems


@operation("watch", minutes=2)
def watch(notify: bool = True, least: Literal["info", "warning", "critical"] = "warning") -> dict[str, Any]:
    """Measures engines, stages, latency, providers, dead letters, processes, indices and disks. What begins to be wrong is
    told once, again when it gets more severe, and once when it is over: as an event of Prefect's, and on the channels of the settings. The run fails
    where something is critical, so that its page is red.

    Args:
        notify: Tell the channels of the settings (webhook, Slack, e-mail), not only Prefect's events.
        least: The least severity that is told.
    """
    report = take()
    show_report("watch", "The pipeline", facts(report))
    for name, (rows, description) in tables(report).items():
        show_table(f"watch-{name}", rows, description)
    create_progress_artifact(
        caught_up(report), key="watch-caught-up", description="Records that all stages have finished"
    )
    for process in report.processes:
        if process.name == "search-api" and process.address:
            page = readers_page(process.address, settings())
            create_link_artifact(page, link_text="The readers' page", key="watch-page", description="Search")
    log = get_run_logger()
    for one in report.findings:
        telemetry.FINDING.to(log, kind=one.kind.value, subject=one.subject, severity=one.severity.value, what=one.what)
    for problem in tell(report, Severity(least), notify):
        telemetry.NOTIFICATION_FAILED.to(log, problem=problem)
    _emit_watched(report)
    result = {"ok": report.ok, "headline": report.headline, "findings": [one.key for one in report.findings]}
    if report.worst is Severity.CRITICAL:
        return failed(result, report.headline)
    return found_something(result, report.headline, report.worst is Severity.WARNING)


def _tell(told: tuple[Told, ...], name: str, send: Send, report: Report) -> tuple[tuple[Told, ...], str]:
    fresh = news(told, name)
    if not fresh:
        return told, ""
    try:
        send(fresh, report)
    except Retry as e:
        return told, str(e)
    return delivered(told, name, fresh), ""


def _emit(fresh: News, report: Report) -> None:
    for event, several in ((BEGAN, fresh.began), (OVER, fresh.over)):
        for one in several:
            emit_event(event, resource=_resource(one, report), payload=one.model_dump(mode="json"))


def _emit_watched(report: Report) -> None:
    resource = {
        "prefect.resource.id": _id(report),
        "prefect.resource.name": "Dateline",
        "dateline.ok": str(report.ok).lower(),
    }
    emit_event(WATCHED, resource=resource, payload={"headline": report.headline, "findings": len(report.findings)})


def _resource(one: Finding, report: Report) -> dict[str, str]:
    """What automations match: `dateline.kind`, `dateline.subject`, `dateline.severity`."""
    return {
        "prefect.resource.id": f"{_id(report)}.{one.key.replace('/', '.')}",
        "prefect.resource.name": one.what,
        "dateline.kind": one.kind.value,
        "dateline.subject": one.subject,
        "dateline.severity": one.severity.value,
    }


def _id(report: Report) -> str:
    return f"dateline.{report.namespace or 'dateline'}"
