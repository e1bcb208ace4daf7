"""What the templates show, from what the operations say. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipeline.operations.dead_letters import StoredDeadLetter
from pipeline.status_page.rendering import query, traced
from schemas.funnel import Fate, Funnel
from schemas.report import Finding, Kind, RefusalRate, Refusals, Report

EXCERPT = 4000
"""Bytes of an original that are shown."""
_PROVIDERS = 50
"""Rows of providers, beside those with a problem."""


def flow(report: Report) -> dict[str, Any]:
    """The parts of a status that are put together from several of its members."""
    worst = report.worst.value if report.worst is not None else "ok"
    shown = report.providers(_PROVIDERS)
    return {
        "level": worst if not report.ok else "ok",
        "findings": [(one, _leads_to(one)) for one in report.findings],
        "engines": [("Kafka", report.kafka), ("Elasticsearch", report.elasticsearch)],
        "providers": shown,
        "more_providers": len(report.freshness) - len(shown),
        "refusals": [(stage, one, _rates(report, stage)) for stage, one in _by_count(report)],
        "letters": _letters(report),
    }


def _rates(report: Report, stage: str) -> list[RefusalRate]:
    return [rate for rate in report.refusal_rates if rate.stage == stage]


def _by_count(report: Report) -> list[tuple[str, Refusals]]:
    return sorted(report.refusals.items(), key=lambda one: -one[1].refused)


def _letters(report: Report) -> int:
    return sum(one.refused for one in report.refusals.values())


def _leads_to(finding: Finding) -> str | None:
    """The page that says more about it."""
    if finding.kind is Kind.RECORDS_FAILED:
        return f"/dead-letters{query({'stage': finding.subject, 'reason': 'failed'})}"
    if finding.kind is Kind.REFUSALS:
        stage, _, reason = finding.subject.partition("/")
        return f"/dead-letters{query({'stage': stage, 'reason': reason})}"
    if finding.kind is Kind.PROVIDER_SILENT:
        return f"/funnel{query({'provider': finding.subject.rpartition('/')[0], 'since': '7 days ago'})}"
    if finding.kind is Kind.SLOW:
        return f"/funnel{query({'provider': finding.subject})}"
    return None


def trace_facts(found: dict[str, Any]) -> dict[str, Any]:
    """The steps by their days, and what the item is called."""
    headline = next((one["headline"] for one in found["documents"] if one.get("headline")), None)
    return {
        "headline": headline,
        "days": [(day, list(some)) for day, some in groupby(found["steps"], key=lambda step: str(step["at"])[:10])],
        "publisher": next((one["publisher"] for one in found["documents"] if one.get("publisher")), None),
    }


_NAMES = {
    "received": "came from providers",
    "refused": "became dead letters",
    "unchanged": "repeated what was known",
    "indexed": "readers can find",
    "superseded": "replaced by a later revision",
    "hidden": "withheld from readers",
}


def rows(found: Funnel) -> list[dict[str, Any]]:
    """Each fate with its part of all that was received, and where its examples lead to."""
    received = next((one.count for one in found.fates if one.fate == "received"), 0)
    whole = max(received, *(one.count for one in found.fates), 1)
    return [
        {
            "fate": one.fate,
            "what": _NAMES.get(one.fate, ""),
            "why": one.why,
            "count": one.count,
            # of 1,000; what there is at all can be seen
            "width": max(4, round(one.count / whole * 1000)) if one.count else 0,
            "share": f"{one.count / received:.0%}" if received and one.fate != "received" and found.complete else "",
            "examples": [(name, example(one, name)) for name in one.examples],
        }
        for one in found.fates
    ]


def example(fate: Fate, name: str) -> str:
    """The page of one example."""
    return f"/dead-letters/{name}" if fate.fate == "refused" else f"/trace{query({'q': name})}"


def letter_facts(stored: StoredDeadLetter) -> dict[str, Any]:
    """A dead letter with the beginning of its original, as text, and where the item's way can be seen."""
    value = stored.value or b""
    return {
        "id": stored.id,
        "header": stored.header,
        "excerpt": value[:EXCERPT].decode("utf-8", "replace"),
        "bytes": len(value),
        "cut": len(value) > EXCERPT,
        "of": traced((stored.key or b"").decode("utf-8", "replace"), stored.header.source),
    }
