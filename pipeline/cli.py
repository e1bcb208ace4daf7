"""The `dateline` command: every subcommand, listed in one place. Only the one that is asked for is imported."""

from __future__ import annotations

import ast
import io
import os
import sys
from importlib import import_module
from importlib.resources import files
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
    "status-page",
    "alerts",
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
    "searches",
    "schemas",
    "topology",
    "flows",
)
"""In the order of the help. Each is a module of pipeline/commands with a function, or a group, of its name."""


def build(only: str | None = None) -> typer.Typer:
    """The command with all of its subcommands; where `only` names one, with that alone, as importing all takes a second."""
    app = _empty()
    for name in (only,) if only in COMMANDS else COMMANDS:
        attribute = name.replace("-", "_")
        command = getattr(import_module(f"pipeline.commands.{attribute}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="dateline",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="News from the wire to the search box: publish articles and comments, watch them become searchable.",
    )
    app.callback()(_nothing)
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


def overview() -> typer.Typer:
    """All commands by their names and what they are for, without anything inside: for the list of them, and for the
    completion of a name. Importing all takes seconds."""
    app = _empty()
    for name in COMMANDS:
        app.command(name, help=_help(name))(lambda: None)
    return app


def _help(name: str) -> str:
    """What a command's module says that it is for: the docstring of its function, or its group's `help`."""
    attribute = name.replace("-", "_")
    tree = ast.parse(files("pipeline.commands").joinpath(f"{attribute}.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == attribute:
            return ast.get_docstring(node) or ""
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            named = any(isinstance(target, ast.Name) and target.id == attribute for target in node.targets)
            told = [one.value for one in node.value.keywords if one.arg == "help"]
            if named and told and isinstance(told[0], ast.Constant):
                return str(told[0].value)
    return ""


def _completed(words: str) -> typer.Typer:
    """The command for a line of which a shell asks what may follow: importing all takes longer than one waits for that."""
    command = next((word for word in words.split()[1:] if not word.startswith("-")), "")
    return build(command) if command in COMMANDS and not words.endswith(command) else overview()


def main() -> None:
    """Entry point of the console command."""
    if "_DATELINE_COMPLETE" in os.environ:
        line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS")
        if line is not None:
            _completed(line)(prog_name="dateline")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack characters that are in the news
            stream.reconfigure(errors="backslashreplace")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    (build(command) if command in COMMANDS else overview())()


if __name__ == "__main__":
    main()
