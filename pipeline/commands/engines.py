"""Local engines for the commands that start them: brought up with progress shown, and passed on to child processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from pipeline.commands.shared import err

if TYPE_CHECKING:
    from pipeline.local.engines import Running
    from pipeline.settings import Settings


def bring_up(
    settings: Settings, *, fresh: bool = False, attached: bool = False, secure: bool = False, with_prefect: bool = False
) -> Running:
    """Fetch and start the engines, showing progress. Options and errors are those of `LocalEngines.up`."""
    from pipeline.local.engines import LocalEngines

    engines = LocalEngines(settings)
    missing = engines.downloads.missing()
    if missing:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=err) as bar:
            task = bar.add_task("Fetching Kafka and Elasticsearch", total=sum(artifact.size for artifact in missing))
            engines.downloads.fetch(lambda _name, arrived: bar.advance(task, arrived))
    with err.status("Starting the engines") as spinner:
        running = engines.up(
            _reporter(spinner.update), fresh=fresh, attached=attached, secure=secure, with_prefect=with_prefect
        )
        if running.secrets is not None:
            from pipeline.local.users import create_users

            spinner.update("kafka: users and ACLs")
            create_users(settings, running)
        return running


def addresses(settings: Settings) -> dict[str, str]:
    """Addresses of the engines, as the environment of child processes. Those of secured local engines are left out: each
    process resolves them, with its own credentials."""
    from pipeline.index.client import elasticsearch_url
    from pipeline.kafka.clients import kafka_servers
    from pipeline.local.engines import LocalEngines
    from pipeline.local.resolve import resolved

    running = LocalEngines(settings).running()
    if running is not None and running.secrets is not None:
        return {
            "DATELINE_KAFKA_SERVERS": settings.kafka_servers or "",
            "DATELINE_ELASTICSEARCH_URL": settings.elasticsearch_url or "",
        }
    found = resolved(settings)
    return {"DATELINE_KAFKA_SERVERS": kafka_servers(found), "DATELINE_ELASTICSEARCH_URL": elasticsearch_url(found)}


def _reporter(update: Callable[[str], None]) -> Callable[[str, str], None]:
    def report(engine: str, state: str) -> None:
        if state.startswith("ready"):
            err.print(f"  {engine:<14} {state}")
        else:
            update(f"{engine}: {state}")

    return report
