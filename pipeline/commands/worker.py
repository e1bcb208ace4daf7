"""worker: the stream processors."""

from __future__ import annotations

from pipeline.commands.shared import reports, settings
from pipeline.logs import configure


@reports
def worker() -> None:
    """Run the stream processors: normalize, enrich and revise; stories, flooding, identity, trends."""
    from pipeline.streams.worker import run_worker

    current = settings("worker")
    configure(current)
    run_worker(current)
