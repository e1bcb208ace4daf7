"""The `dateline` command: every subcommand, listed in one place. Only the one that is asked for is imported."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

COMMANDS = {
    "demo": "demo:demo",
    "local": "local:local",
    "publish": "publishing:publish",
    "preview": "publishing:preview",
    "run": "run:run",
    "worker": "worker:worker",
    "indexer": "indexer:indexer",
    "ingest-api": "ingest_api:ingest_api",
    "search-api": "search_api:search_api",
    "search": "reading:search",
    "status": "reading:status",
    "trace": "reading:trace",
    "story": "reading:story",
    "trends": "reading:trends",
    "embargoes": "reading:embargoes",
    "history": "keeping:history",
    "kill": "keeping:kill",
    "erase": "keeping:erase",
    "dead-letters": "dead_letters:dead_letters",
    "audit": "keeping:audit",
    "reconcile": "keeping:reconcile",
    "reindex": "keeping:reindex",
    "snapshot": "keeping:snapshot",
    "grant": "grants:grant",
    "keys": "keys:keys",
    "feeds": "feeds:feeds",
    "schemas": "schemas:schemas",
    "flows": "flows:flows",
}
"""Name to where it is in pipeline/commands: a function, or a group of them."""


def build(only: str | None = None) -> typer.Typer:
    """The command with all of its subcommands, or, as importing all takes a second, with the one that is named."""
    app = typer.Typer(
        name="dateline",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="News from the wire to the search box: publish articles and comments, watch them become searchable.",
    )
    app.callback()(_nothing)
    for name, place in COMMANDS.items():
        if only in COMMANDS and name != only:
            continue
        module, _, attribute = place.partition(":")
        command = getattr(import_module(f"pipeline.commands.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _nothing() -> None:
    """Without this a single command would not be asked for by its name."""


def main() -> None:
    """Entry point of the console command."""
    build(sys.argv[1] if len(sys.argv) > 1 else None)()


if __name__ == "__main__":
    main()
