"""alerts: saved searches and their webhooks."""

from __future__ import annotations

from pipeline.commands.shared import own_process, reports


@reports
def alerts() -> None:
    """Find new stories for saved searches, and tell their webhooks."""
    from pipeline.alerts.process import run_alerts

    with own_process("alerts") as current:
        run_alerts(current)
