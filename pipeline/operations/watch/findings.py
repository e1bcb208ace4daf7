"""What is wrong, by the measurements, since when, and the command that helps. Pure."""

from __future__ import annotations

from datetime import timedelta

from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.findings_flow import fullness as fullness
from pipeline.operations.watch.findings_flow import (
    of_disks,
    of_indices,
    of_latency,
    of_providers,
    of_records,
    of_stages,
    of_unseen,
)
from pipeline.operations.watch.findings_processes import of_clocks, of_engines, of_groups, of_processes
from pipeline.operations.watch.findings_processes import spoken as spoken
from pipeline.operations.watch.findings_processes import taken as taken
from pipeline.operations.watch.losses import of_losses
from pipeline.operations.watch.memory import Memory
from schemas.report import Finding, Kind, Severity

BLIND = timedelta(minutes=5)
"""While a stage is behind by more, a provider's silence is not the provider's."""
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def findings(facts: Facts, memory: Memory) -> tuple[Finding, ...]:
    """The worst first. Of one that was there the last time, `since` is when it was first seen."""
    found = [
        *of_engines(facts),
        *of_groups(facts),
        *of_processes(facts, memory),
        *of_clocks(facts),
        *of_stages(facts, (*memory.samples, *facts.sample)),
        *of_indices(facts),
        *of_latency(facts),
        *of_losses(facts, memory),
        *of_disks(facts),
        *of_unseen(facts),
        *of_records(facts),
    ]
    if not any(_hides_providers(one, facts) for one in found):
        found += of_providers(facts)
    dated = [
        one if one.since is not None else one.model_copy(update={"since": memory.first_seen(one.key, facts.at)})
        for one in found
    ]
    return tuple(sorted(dated, key=lambda one: _RANK[one.severity]))


def headline(found: tuple[Finding, ...], articles: int) -> str:
    """One line: that all is well, or the worst that is wrong with the command that helps, and how much more there is."""
    wrong = [one for one in found if one.severity is not Severity.INFO]
    if not wrong:
        return f"All is well: {articles:,} articles are searchable." + (f" {found[0].what}." if found else "")
    first, more = wrong[0], len(wrong) - 1
    return first.what + (f": {first.command}" if first.command else "") + (f" (and {more} more)" if more else "")


def _hides_providers(finding: Finding, facts: Facts) -> bool:
    """Whether nothing would be seen of a provider that goes on sending."""
    if finding.kind in (Kind.STAGE_STUCK, Kind.STAGE_BEHIND):
        return finding.since is None or facts.at - finding.since > BLIND
    return finding.severity is Severity.CRITICAL and finding.kind not in (Kind.DISK, Kind.INDEX_HEALTH, Kind.CLOCKS)
