"""alerts: saved searches and their webhooks."""

from __future__ import annotations

from pipeline.commands.shared import reports, settings
from pipeline.logs import configure
from pipeline.process.registry import registered


@reports
def alerts() -> None:
    """Find new stories for saved searches, and tell their webhooks."""
    from pipeline.alerts.process import run_alerts

    current = settings("alerts")
    configure(current)
    with registered(current, "alerts"):
        run_alerts(current)
