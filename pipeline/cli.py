"""The `dateline` command: every subcommand, listed in one place. Only the one that is asked for is imported."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from pipeline import __version__

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
    "doctor",
    "trace",
    "tap",
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


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dateline {__version__}")
        raise typer.Exit


def _nothing(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """With a callback typer asks for a command by its name even where there is only one."""


def _names_only() -> typer.Typer:
    """All commands by their names, without anything inside: for the completion of a command's name."""
    app = typer.Typer(name="dateline", no_args_is_help=True)
    app.callback()(_nothing)
    for name in COMMANDS:
        app.command(name)(lambda: None)
    return app


def _completed(words: str) -> typer.Typer:
    """The command for a line of which a shell asks what may follow: importing all takes longer than one waits for that."""
    command = next((word for word in words.split()[1:] if not word.startswith("-")), "")
    return build(command) if command in COMMANDS and not words.endswith(command) else _names_only()


def main() -> None:
    """Entry point of the console command."""
    if "_DATELINE_COMPLETE" in os.environ:
        line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS")
        if line is not None:
            _completed(line)(prog_name="dateline")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack characters that are in the news
            stream.reconfigure(errors="backslashreplace")
    build(sys.argv[1] if len(sys.argv) > 1 else None)()


if __name__ == "__main__":
    main()
