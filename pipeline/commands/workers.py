"""How many workers `dateline run` starts, and what each has of its own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import Fatal

if TYPE_CHECKING:
    from pipeline.settings import Settings

_LAST_PORT = 65535


def worker_count(settings: Settings, cores: int) -> int:
    """`auto`: two of three cores have a worker each; the others are left to the indexer and the engines, which take a third of
    the CPU (benchmarks/results.md). Raises Fatal for more than there are partitions: the rest would have nothing to do."""
    if settings.workers == "auto":
        return max(1, min(settings.partitions, round(cores * 2 / 3)))
    if settings.workers > settings.partitions:
        raise Fatal(
            f"DATELINE_WORKERS is {settings.workers}, and there are {settings.partitions} partitions: a worker without one "
            "has nothing to do"
        )
    return settings.workers


def worker_variables(settings: Settings, count: int) -> dict[str, dict[str, str]]:
    """By each worker's name, its own environment: the id, by which it has a state folder, and the port. Ids stay the same
    where the number of workers changes. Where DATELINE_WORKER_PORT is set the others have the next ports that no process
    of Dateline's is set to. Raises Fatal where there are none left."""
    found: dict[str, dict[str, str]] = {}
    port = settings.worker_port
    for number in range(1, count + 1):
        own_id = settings.worker_id if number == 1 else _next_id(settings.worker_id, number)
        variables = {"DATELINE_WORKER_ID": own_id}
        if settings.worker_port:
            while number > 1 and port in (
                settings.indexer_port,
                settings.ingest_port,
                settings.search_port,
                settings.status_port,
            ):
                port += 1
            if port > _LAST_PORT:
                raise Fatal(f"DATELINE_WORKER_PORT is {settings.worker_port}: no port is left for worker {number}")
            variables["DATELINE_WORKER_PORT"] = str(port)
            port += 1
        found["worker" if number == 1 else f"worker-{number}"] = variables
    return found


def _next_id(first: str, number: int) -> str:
    if first == "auto":
        return first
    return str(int(first) + number - 1) if first.isdecimal() else f"{first}-{number}"
