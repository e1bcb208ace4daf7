"""worker: the stream processors."""

from __future__ import annotations

from pipeline.commands.shared import reports, settings
from pipeline.logs import configure
from pipeline.process.registry import registered


@reports
def worker() -> None:
    """Run the stream processors: normalize, enrich and revise; stories, flooding, identity, trends."""
    from pipeline.streams.worker import run_worker

    current = settings("worker")
    configure(current)
    name = "worker" if current.worker_id == "1" else f"worker-{current.worker_id}"
    with registered(current, name):
        run_worker(current)
