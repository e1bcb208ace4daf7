"""local, run, worker, indexer, ingest-api, search-api, flows, schemas: the processes and what they stand on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from pipeline.commands.shared import Exit, err, out, print_json, reports
from pipeline.connections import elasticsearch_url, kafka_servers
from pipeline.local.engines import LocalEngines, Running, engine_folders
from pipeline.logs import configure
from pipeline.settings import Settings, settings

local = typer.Typer(
    no_args_is_help=True, help="Real Kafka and Elasticsearch on this machine, as child processes on loopback."
)
schemas = typer.Typer(no_args_is_help=True, help="The JSON Schemas beside the contracts.")
flows = typer.Typer(no_args_is_help=True, help="Prefect flows.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


def bring_up(settings_: Settings, *, fresh: bool = False, attached: bool = False, secure: bool = False) -> Running:
    """Fetch and start the engines, showing progress."""
    engines = LocalEngines(settings_)
    missing = engines.downloads.missing()
    if missing:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=err) as bar:
            task = bar.add_task("Fetching Kafka and Elasticsearch", total=sum(artifact.size for artifact in missing))
            engines.downloads.fetch(lambda _name, arrived: bar.advance(task, arrived))
    with err.status("Starting the engines") as spinner:
        running = engines.up(_reporter(spinner.update), fresh=fresh, attached=attached, secure=secure)
        if running.secrets is not None:
            from pipeline.local.admission import admit

            spinner.update("kafka: users and rights")
            admit(settings_, running)
        return running


def places(current: Settings) -> dict[str, str]:
    """Where the engines are, for processes that are started here. Of secured local ones nothing is said: each process
    finds its own credentials beside them."""
    running = LocalEngines(current).running()
    if running is not None and running.secrets is not None:
        return {}
    return {"DATELINE_KAFKA_SERVERS": kafka_servers(current), "DATELINE_ELASTICSEARCH_URL": elasticsearch_url(current)}


def _reporter(update: Callable[[str], None]) -> Callable[[str, str], None]:
    def report(engine: str, state: str) -> None:
        if state.startswith("ready"):
            err.print(f"  {engine:<14} {state}")
        else:
            update(f"{engine}: {state}")

    return report


@local.command()
@reports
def up(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin with empty engines: everything in them is removed.")
    ] = False,
    secure: Annotated[
        bool, typer.Option("--secure", help="With TLS and a password for each process; their data is apart.")
    ] = False,
) -> None:
    """Bring the engines up, or find those that are up already. They stay up until `dateline local down`.

    Secured engines need no settings: every command finds its own credentials below the folder of the engines."""
    running = bring_up(settings(), fresh=fresh, secure=secure)
    _tell(running)


@local.command()
@reports
def down(
    fresh: Annotated[bool, typer.Option("--fresh", help="Also remove everything that was in them.")] = False,
) -> None:
    """Take the engines down; their data stays unless --fresh is said."""
    import shutil

    engines = LocalEngines(settings())
    was_up = engines.down(lambda *_: None)
    if fresh:
        shutil.rmtree(engines.folder, ignore_errors=True)
    out.print(
        ("The engines are down." if was_up else "No engines were up.")
        + (f" {engines.folder} is removed." if fresh else "")
    )


@local.command("status")
@reports
def local_status(json: AsJson = False) -> None:
    """Say which engines are up, and where."""
    engines = LocalEngines(settings())
    running, health = engines.running(), engines.health()
    if json:
        found = {"running": running is not None, "health": health, "folder": str(engines.folder)}
        if running:
            found |= {
                "kafka_servers": running.kafka_servers,
                "elasticsearch_url": running.elasticsearch_url,
                "pid": running.pid,
                "secure": running.secrets is not None,
            }
        print_json(found)
    elif running is None:
        out.print("No engines are up. `dateline local up` starts them.")
    else:
        _tell(running)
        for name, ok in health.items():
            out.print(
                f"{name:<14} "
                + (
                    "[green]answers[/]"
                    if ok
                    else f"[red]does not answer[/]; its log: {running.folder / engine_folders(running.secrets is not None)[name] / f'{name}.log'}"
                )
            )
    if running is None or not all(health.values()):
        raise typer.Exit(Exit.AWAY)


def _tell(running: Running) -> None:
    out.print(f"Kafka          {running.kafka_servers}")
    out.print(f"Elasticsearch  {running.elasticsearch_url}")
    out.print(f"Data and logs  {running.folder}", soft_wrap=True)
    if running.secrets is not None:
        out.print(f"Secured        TLS and a password for each process, in {running.secrets.folder}", soft_wrap=True)


@reports
def run() -> None:
    """Run the worker, the indexer, the push door and the search page under one supervisor, until Ctrl-C."""
    from pipeline.process.children import Supervisor

    current = settings()
    if not (current.kafka_servers and current.elasticsearch_url):
        bring_up(current, attached=True)
    supervisor = Supervisor(places(current))
    for name in ("worker", "indexer", "ingest-api", "search-api"):
        supervisor.add(name, name)
    err.print(f"Search page: http://{current.bind}:{current.search_port}")
    err.print(f"Push door:   http://{current.bind}:{current.ingest_port}  (Ctrl-C stops everything)")
    supervisor.run()


def _as(process: str) -> Settings:
    return settings().model_copy(update={"process": process})


@reports
def worker() -> None:
    """Run the stream processors: normalize, enrich, find stories, revise."""
    from pipeline.streams.worker import run_worker

    configure(settings())
    run_worker(_as("worker"))


@reports
def indexer() -> None:
    """Run the sink: what stands goes into Elasticsearch."""
    from pipeline.index.sink import run_indexer

    configure(settings())
    run_indexer(_as("indexer"))


@reports
def ingest_api(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_INGEST_PORT.")] = None,
) -> None:
    """Serve the push door: POST /v1/items and /v1/comments, and what WebSub hubs deliver."""
    from pipeline.push.api import run_push_api

    configure(settings())
    run_push_api(_as("ingest-api"), port)


@reports
def search_api(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; by default DATELINE_SEARCH_PORT.")] = None,
) -> None:
    """Serve the readers' page and its JSON."""
    from pipeline.search.api import run_search_api

    configure(settings())
    run_search_api(_as("search-api"), port)


@schemas.command("check")
@reports
def schemas_check() -> None:
    """Check that the generated schemas are the checked-in ones, and that no change breaks a reader of older events."""
    from schemas.generate import check

    faults = check()
    for fault in faults:
        err.print(fault, soft_wrap=True)
    if faults:
        raise typer.Exit(Exit.REFUSED)
    out.print("The schemas are as checked in.")


@schemas.command("export")
@reports
def schemas_export(
    folder: Annotated[Path | None, typer.Argument(help="Where to; by default beside the contracts.")] = None,
) -> None:
    """Write the JSON Schemas. A change that breaks older readers is refused."""
    from schemas.generate import export

    written, faults = export(folder)
    for fault in faults:
        err.print(fault, soft_wrap=True)
    if faults:
        raise typer.Exit(Exit.REFUSED)
    out.print(f"{len(written)} schemas written.")


@flows.command("serve")
@reports
def flows_serve() -> None:
    """Serve the flows to a Prefect server (PREFECT_API_URL), until Ctrl-C."""
    from flows.serve import serve_flows

    serve_flows()
