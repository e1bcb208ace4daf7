"""The `dateline` command: every subcommand, listed in one place. Only the one that is asked for is imported."""

from __future__ import annotations

import io
import sys
from importlib import import_module

import typer

COMMANDS = (
    "demo",
    "local",
    "publish",
    "preview",
    "run",
    "worker",
    "indexer",
    "ingest-api",
    "search-api",
    "search",
    "status",
    "trace",
    "story",
    "trends",
    "embargoes",
    "history",
    "kill",
    "erase",
    "dead-letters",
    "audit",
    "reconcile",
    "reindex",
    "snapshot",
    "grant",
    "keys",
    "feeds",
    "schemas",
    "topology",
    "flows",
)
"""In the order of the help. Each is a module of pipeline/commands with a function, or a group, of its name."""


def build(only: str | None = None) -> typer.Typer:
    """The command with all of its subcommands; where `only` names one, with that alone, as importing all takes a second."""
    app = typer.Typer(
        name="dateline",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="News from the wire to the search box: publish articles and comments, watch them become searchable.",
    )
    app.callback()(_nothing)
    for name in (only,) if only in COMMANDS else COMMANDS:
        attribute = name.replace("-", "_")
        command = getattr(import_module(f"pipeline.commands.{attribute}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _nothing() -> None:
    """With a callback typer asks for a command by its name even where there is only one."""


def main() -> None:
    """Entry point of the console command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack characters that are in the news
            stream.reconfigure(errors="backslashreplace")
    build(sys.argv[1] if len(sys.argv) > 1 else None)()


if __name__ == "__main__":
    main()
