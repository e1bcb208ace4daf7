"""A report as the tables of the flow `watch`. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas.report import Pulse, Report

Rows = list[dict[str, Any]]
_GB = 1024**3


def facts(report: Report) -> dict[str, Any]:
    """The first lines: is all well, and what is there."""
    engines = {"Kafka": report.kafka, "Elasticsearch": report.elasticsearch}
    return {
        "all well": "yes" if report.ok else "no",
        "in one line": report.headline,
        **{name: "up" if one.up else f"away: {one.error or ''}" for name, one in engines.items()},
        **{f"{alias}, documents": count for alias, count in report.documents.items()},
        "dead letters": report.dead_letters,
        **{f"free on {disk.place}": f"{disk.free / _GB:.1f} of {disk.total / _GB:.1f} GB" for disk in report.disks},
    }


def tables(report: Report) -> dict[str, tuple[Rows, str]]:
    """By name: the rows, and what they are. A table without rows isn't shown."""
    return {
        "findings": (
            [
                {"severity": one.severity.value, "what": one.what, "since": _time(one.since), "helps": one.command}
                for one in report.findings
            ],
            "What is wrong, the worst first, and the command that helps",
        ),
        "stages": (
            [
                {
                    "stage": name,
                    "behind by": stage.lag,
                    "trend": stage.trend.value,
                    "records a second": _round(stage.rate),
                    "caught up in": f"{stage.caught_up_in:.0f} s" if stage.caught_up_in is not None else "",
                    "oldest": _time(stage.oldest),
                    "read by": stage.members,
                }
                for name, stage in report.stages.items()
            ],
            "How far each stage is behind",
        ),
        "latency": (
            [
                {
                    "provider": one.provider,
                    "articles": one.articles,
                    "late": one.late,
                    "p50": one.p50,
                    "p95": one.p95,
                    "p99": one.p99,
                    "objective": one.objective,
                    "met": "yes" if one.met else "no",
                }
                for one in report.latency
            ],
            "Seconds from publish to searchable, of the last hour's articles; where a provider has few, of its latest of a day",
        ),
        "providers": (
            [
                {
                    "provider": one.provider,
                    "of": one.item,
                    "last": _time(one.last),
                    "pulse": one.pulse.value,
                    "usual in this silence": _round(one.expected),
                    "alarm at": _round(one.alarm_at),
                }
                for one in sorted(report.freshness, key=lambda one: one.pulse is not Pulse.SILENT)
            ],
            "Each provider against its own rhythm",
        ),
        "refusals": (
            [
                {
                    "stage": one.stage,
                    "reason": one.reason,
                    "last hour": one.last_hour,
                    "usual": one.usual,
                    "unusual": "yes" if one.unusual else "no",
                    "providers": ", ".join(one.providers[:5]),
                }
                for one in report.refusal_rates
            ],
            "Dead letters by reason, against what is usual",
        ),
        "processes": (
            [
                {
                    "process": one.name,
                    "condition": one.condition.value,
                    "problem": one.problem or "",
                    "starts in the last hour": one.starts_last_hour,
                    "why it ended": one.last_exit or "",
                    "address": one.address or "",
                }
                for one in report.processes
            ],
            "The processes, and why each ended the last time",
        ),
        "indices": (
            [
                {
                    "index": alias,
                    "health": one.health or "",
                    "documents": one.documents,
                    "read-only": "yes" if one.read_only else "no",
                }
                for alias, one in report.indices.items()
            ],
            "The indices",
        ),
    }


def caught_up(report: Report) -> float:
    """Percent of the records that the stage that is furthest behind has finished."""
    shares = [
        stage.finished / (stage.finished + stage.lag) for stage in report.stages.values() if stage.finished + stage.lag
    ]
    return round(100 * min(shares, default=1.0), 1)


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _round(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)
