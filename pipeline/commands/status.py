"""dateline status: is all well?"""

from __future__ import annotations

import json as json_library
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import table

if TYPE_CHECKING:
    from schemas.report import RefusalRate, Report

_COLOURS = {"critical": "bold red", "warning": "yellow", "info": "cyan"}
_EVERY = 5.0


@reports
def status(
    json: AsJson = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Measure again and again, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two measurements of --watch.")] = _EVERY,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of --json instead.")] = False,
) -> None:
    """Is all well? The first line says so, or what is wrong and the command that helps.

    Then the engines, the processes and where they answer, how far each stage is behind, how long articles take, which
    providers are silent, and what was refused.

    The exit code: 0 all is well; 1 something to look at; 4 something critical, as an engine or a process that is away.
    """
    if schema:
        from schemas.report import Report

        print_json(Report.model_json_schema())
        return
    from pipeline.operations.watch.measure import measure

    current = settings()
    if watch:
        _watch(lambda: measure(current), every, json)
        return
    report = measure(current)
    if json:
        print_json(json_library.loads(report.model_dump_json()))
    else:
        out.print(shown(report))
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _watch(measured: Callable[[], Report], every: float, json: bool) -> None:
    """Until Ctrl-C: a live table on a terminal, else one report after the other."""
    import time

    from rich.live import Live

    if json or not out.is_terminal:
        while True:
            report = measured()
            if json:
                print_json(json_library.loads(report.model_dump_json()), line=True)
            else:
                out.print(Text(f"{report.at:%H:%M:%S}"), headline(report), soft_wrap=True)
            time.sleep(every)
    with Live(Text("measuring …"), console=out, screen=True, auto_refresh=False) as live:
        while True:
            report = measured()
            note = Text(f"{report.at:%Y-%m-%d %H:%M:%S} UTC, every {every:g} s, Ctrl-C ends", "dim")
            live.update(shown(report, whole=False, note=note), refresh=True)
            time.sleep(every)


def shown(report: Report, *, whole: bool = True, note: Text | None = None) -> Group:
    """The report for a terminal, `note` below its first line; without what changes seldom where it isn't `whole`."""
    parts: list[RenderableType] = [headline(report), *([note] if note else [])]
    for part in (
        _findings(report),
        _processes(report),
        _stages(report),
        _providers(report),
        _refusals(report),
        *((_topics(report), _indices(report), _disks(report)) if whole else ()),
    ):
        if part is not None:
            parts += [Text(""), part]
    return Group(*parts)


def headline(report: Report) -> Text:
    """The first line."""
    worst = report.worst.value if report.worst else ""
    return Text(report.headline, "green" if report.ok else _COLOURS[worst])


def _findings(report: Report) -> Table | None:
    if not report.findings:
        return None
    found = table("", "since", "what", "what helps")
    for one in report.findings:
        found.add_row(
            Text(one.severity.value, _COLOURS[one.severity.value]), _since(one.since, report.at), one.what, one.command
        )
    return found


def _processes(report: Report) -> Table:
    found = table("process", "", "address", "started", "problem")
    for name, engine in (("kafka", report.kafka), ("elasticsearch", report.elasticsearch)):
        state = Text("up", "green") if engine.up else Text("away", "red")
        found.add_row(name, state, engine.version or "", "", (engine.error or "").split("\n")[0])
    for one in report.processes:
        colour = {"ready": "green", "not-ready": "yellow"}.get(one.condition.value, "red")
        found.add_row(
            one.name,
            Text(one.condition.value.replace("-", " "), colour),
            (one.address or "").removeprefix("http://"),
            _since(one.started, report.at),
            one.problem or "",
        )
    return found


def _stages(report: Report) -> Table | None:
    if not report.stages:
        return None
    from pipeline.operations.watch.findings import spoken

    found = table("stage", "read by", "behind by", "for", "trend", "caught up")
    for name, stage in report.stages.items():
        lag = f"{stage.lag:,}" + ("" if stage.started else " (not started)")
        oldest = spoken((report.at - stage.oldest).total_seconds()) if stage.oldest and stage.lag else ""
        found.add_row(
            name,
            str(stage.members) if stage.members else Text("nobody", "red"),
            lag,
            oldest,
            stage.trend.value if stage.lag and stage.trend.value != "unknown" else "",
            f"in {spoken(stage.caught_up_in)}" if stage.caught_up_in else "",
        )
    return found


def _providers(report: Report) -> Table | None:
    """Each with its last item and its latency: those with a problem, and the first ten of the others."""
    if not report.freshness:
        return None
    from pipeline.operations.watch.findings import taken

    found = table("provider", "sends", "last", "", "p50", "p95", "p99")
    for one, slow in report.providers(others=10):
        found.add_row(
            one.provider,
            one.item,
            _since(one.last, report.at),
            Text(one.pulse.value, "yellow" if one.pulse.value == "silent" else "dim"),
            *((taken(slow.p50), Text(taken(slow.p95), "" if slow.met else "yellow"), taken(slow.p99)) if slow else ("", "", "")),
        )  # fmt: skip
    if (more := len(report.freshness) - found.row_count) > 0:
        found.add_row(Text(f"and {more} more", "dim"))
    return found


def _refusals(report: Report) -> Table | None:
    if not report.refusals:
        return None
    found = table("refused by", "records", "reason", "last hour", "usual at most")
    for stage, one in report.refusals.items():
        rates = [rate for rate in report.refusal_rates if rate.stage == stage]
        found.add_row(stage, f"{one.refused:,}", *(("", "", "") if not rates else _rate(rates[0])))
        for rate in rates[1:]:
            found.add_row("", "", *_rate(rate))
    return found


def _rate(rate: RefusalRate) -> tuple[str, Text, str]:
    red = rate.unusual or rate.reason == "failed"
    return rate.reason, Text(f"{rate.last_hour:,}", "yellow" if red else ""), f"{rate.usual:,}"


def _topics(report: Report) -> Table | None:
    if not report.topics:
        return None
    found = table("topic", "records", "cleanup", "partitions")
    for name, topic in report.topics.items():
        found.add_row(name, f"{topic.records:,}", topic.cleanup, str(topic.partitions))
    return found


def _indices(report: Report) -> Table | None:
    if not report.documents:
        return None
    found = table("index", "documents", "health")
    for name, count in report.documents.items():
        state = report.indices.get(name)
        health = (state.health or "") + (", read-only" if state.read_only else "") if state else ""
        found.add_row(name, f"{count:,}", health)
    return found


def _disks(report: Report) -> Table | None:
    if not report.disks:
        return None
    found = table("disk", "free", "of")
    for one in report.disks:
        found.add_row(one.place, f"{one.free / 1024**3:.1f} GB", f"{one.total / 1024**3:.1f} GB")
    return found


def _since(at: datetime | None, now: datetime) -> str:
    from pipeline.operations.watch.findings import spoken

    return f"{spoken(max(0.0, (now - at).total_seconds()))} ago" if at else ""
