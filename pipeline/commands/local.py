"""local: real Kafka and Elasticsearch on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipeline.commands.shared import Exit, configured, out, print_json, reports

if TYPE_CHECKING:
    from pipeline.local.engines import Running

local = typer.Typer(
    no_args_is_help=True, help="Real Kafka and Elasticsearch on this machine, as child processes on loopback."
)
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


@local.command()
@reports
def up(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin with empty engines: everything in them is removed.")
    ] = False,
    secure: Annotated[
        bool, typer.Option("--secure", help="With TLS and a password for each process; their data is apart.")
    ] = False,
    prefect: Annotated[bool, typer.Option("--prefect", help="A Prefect server with the flows too.")] = False,
) -> None:
    """Start the engines, or find those that are up already. They stay up until `dateline local down`.

    Secured engines need no settings: every command finds its own credentials below the folder of the engines."""
    from pipeline.commands.engines import bring_up

    running = bring_up(configured(), fresh=fresh, secure=secure, with_prefect=prefect)
    _print_addresses(running)


@local.command()
@reports
def down(
    fresh: Annotated[bool, typer.Option("--fresh", help="Also remove everything that was in them.")] = False,
) -> None:
    """Stop the engines. Their data stays, unless --fresh is given."""
    import shutil

    from pipeline.local.engines import LocalEngines

    engines = LocalEngines(configured())
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
    """Show which engines are up, and where."""
    from pipeline.local.engines import LocalEngines, engine_folders

    engines = LocalEngines(configured())
    running, health = engines.running(), engines.health()
    if json:
        found = {"running": running is not None, "health": health, "folder": str(engines.folder)}
        if running:
            found |= {
                "kafka_servers": running.kafka_servers,
                "elasticsearch_url": running.elasticsearch_url,
                "pid": running.pid,
                "secure": running.secrets is not None,
                "prefect": running.prefect_page,
            }
        print_json(found)
    elif running is None:
        out.print("No engines are up. `dateline local up` starts them.")
    else:
        _print_addresses(running)
        folders = engine_folders(running.secrets is not None)
        for name, ok in health.items():
            log = running.folder / folders[name] / f"{name}.log"
            state = [("answers", "green")] if ok else [("does not answer", "red"), f"; its log: {log}"]
            out.print(Text.assemble(f"{name:<14} ", *state))
    if running is None or not all(health.values()):
        raise typer.Exit(Exit.AWAY)


def _print_addresses(running: Running) -> None:
    out.print(f"Kafka          {running.kafka_servers}")
    out.print(f"Elasticsearch  {running.elasticsearch_url}")
    if running.prefect_page:
        out.print(f"Prefect        {running.prefect_page}  (ready within a minute)")
    out.print(f"Data and logs  {running.folder}", soft_wrap=True)
    if running.secrets is not None:
        out.print(f"Secured        TLS and a password for each process, in {running.secrets.folder}", soft_wrap=True)
