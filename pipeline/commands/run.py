"""run: every process of the pipeline on this machine."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pipeline.commands.shared import configured, err, reports

if TYPE_CHECKING:
    from pipeline.settings import Settings


@reports
def run() -> None:
    """Run the workers, the indexer, the ingest API, the search page, the operators' page and the alerts of saved searches under
    one supervisor, until Ctrl-C."""
    from pipeline.commands.engines import addresses, bring_up
    from pipeline.commands.processes import Processes
    from pipeline.commands.workers import worker_count, worker_variables
    from pipeline.process.cores import usable_cores
    from pipeline.process.listening import check_access
    from pipeline.process.ports import host_in_url, require_free

    current = configured()
    workers = worker_variables(current, worker_count(current, usable_cores()))
    ports = [
        (current.ingest_port, "DATELINE_INGEST_PORT"),
        (current.search_port, "DATELINE_SEARCH_PORT"),
        (current.indexer_port, "DATELINE_INDEXER_PORT"),
        (current.alerts_port, "DATELINE_ALERTS_PORT"),
        *((int(one.get("DATELINE_WORKER_PORT", 0)), "DATELINE_WORKER_PORT") for one in workers.values()),
    ]
    for port, variable in ports:
        require_free(port, variable, current.bind)  # else its process would be started again for ever
    check_access(current)
    status_port = _status_port(current, {port for port, _ in ports})
    host = host_in_url(current.bind)
    as_json = current.log_format == "json"
    if not (current.kafka_servers and current.elasticsearch_url):
        err.quiet = as_json  # then standard error has nothing but JSON
        try:
            bring_up(current, attached=True)
        finally:
            err.quiet = False
    processes = Processes(addresses(current), as_json=as_json)
    for name, variables in workers.items():
        processes.add_command(name, "worker", variables)
    for name in ("indexer", "ingest-api", "search-api", *(["alerts"] if current.saved_searches else [])):
        processes.add_command(name)
    processes.add_command("status-page", variables={"DATELINE_STATUS_PORT": str(status_port)})
    if not as_json:
        err.print(f"Workers:     {len(workers)}  (DATELINE_WORKERS)")
        err.print(f"Search page: http://{host}:{current.search_port}")
        err.print(f"Ingest API:  http://{host}:{current.ingest_port}  (Ctrl-C stops everything)")
        err.print(f"Operators:   http://{host_in_url(current.status_bind)}:{status_port}/status")
        err.print("Health:      `dateline status` shows each process, and where it answers")
    processes.run()


def _status_port(settings: Settings, others: Collection[int]) -> int:
    """Of the operators' page: as it is set, else the usual one, or any free one where that is taken: nobody's work waits for
    the page. Raises Fatal where the one that is set is taken."""
    from pipeline.process.ports import free_port, require_free

    if "status_port" in settings.model_fields_set:
        require_free(settings.status_port, "DATELINE_STATUS_PORT", settings.status_bind)
    return free_port(None if settings.status_port in others else settings.status_port, settings.status_bind)
