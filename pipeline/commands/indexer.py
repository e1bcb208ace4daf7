"""indexer: the sink."""

from __future__ import annotations

from pipeline.commands.shared import reports, settings
from pipeline.logs import configure
from pipeline.process.registry import registered


@reports
def indexer() -> None:
    """Run the sink: current records go into Elasticsearch."""
    from pipeline.index.sink import run_indexer

    current = settings("indexer")
    configure(current)
    with registered(current, "indexer"):
        run_indexer(current)
