"""worker: the stream processors."""

from __future__ import annotations

from pipeline.commands.shared import own_process, reports


@reports
def worker() -> None:
    """Run the stream processors: normalize, enrich and revise; stories, flooding, identity, trends."""
    from pipeline.streams.worker import run_worker

    with own_process("worker") as current:
        run_worker(current)
