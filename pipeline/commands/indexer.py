"""indexer: the sink."""

from __future__ import annotations

from pipeline.commands.shared import own_process, reports


@reports
def indexer() -> None:
    """Run the sink: current records go into Elasticsearch."""
    from pipeline.index.sink import run_indexer

    with own_process("indexer") as current:
        run_indexer(current)
