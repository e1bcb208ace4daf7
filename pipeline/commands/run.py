"""run: every process of the pipeline on this machine."""

from __future__ import annotations

from pipeline.commands.shared import err, reports
from pipeline.settings import settings


@reports
def run() -> None:
    """Run the worker, the indexer, the ingest API and the search page under one supervisor, until Ctrl-C."""
    from pipeline.commands.engines import addresses, bring_up
    from pipeline.commands.processes import Processes
    from pipeline.process.ports import host_in_url, require_free

    current = settings()
    for port, variable in (
        (current.ingest_port, "DATELINE_INGEST_PORT"),
        (current.search_port, "DATELINE_SEARCH_PORT"),
        (current.worker_port, "DATELINE_WORKER_PORT"),
        (current.indexer_port, "DATELINE_INDEXER_PORT"),
    ):
        require_free(port, variable, current.bind)  # else its process would be started again for ever
    host = host_in_url(current.bind)
    if not (current.kafka_servers and current.elasticsearch_url):
        bring_up(current, attached=True)
    processes = Processes(addresses(current))
    for name in ("worker", "indexer", "ingest-api", "search-api"):
        processes.add_command(name)
    err.print(f"Search page: http://{host}:{current.search_port}")
    err.print(f"Ingest API:  http://{host}:{current.ingest_port}  (Ctrl-C stops everything)")
    processes.run()
