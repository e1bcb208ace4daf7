"""Dateline's own processes as children of a command, their output on standard error with the process's name in front; of
logs as JSON, one object a line with the name in `process`."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from rich.text import Text

from pipeline.commands.shared import err
from pipeline.escaping import printable_json
from pipeline.process.children import Supervisor, spawn

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")
_IMPORTANT = re.compile(r"CRITICAL|ERROR +[a-z_]+( |$)|ended with|dateline: ")
"""Of our own processes: a library's line has its logger's name and a colon behind the level."""


class Processes(Supervisor):
    """A supervisor of `dateline` processes. `env` is added to the environment of each; a quiet one prints only errors, one
    with `as_json` nothing but JSON."""

    def __init__(self, env: Mapping[str, str], *, quiet: bool = False, as_json: bool = False) -> None:
        super().__init__(self._print)
        self._env = os.environ | dict(env) | {"PYTHONUNBUFFERED": "1"}
        self._quiet, self._as_json = quiet, as_json

    def add_command(self, name: str, command: str | None = None, variables: Mapping[str, str] | None = None) -> None:
        """Start `dateline COMMAND` under `name`, which is the command by default; `variables` are its alone."""
        line = [sys.executable, "-m", "pipeline.cli", command or name]
        env = self._env | dict(variables or {})
        self.add(name, lambda: spawn(line, env=env))

    def _print(self, name: str, text: str) -> None:
        if self._quiet and not _IMPORTANT.search(text):
            return
        if self._as_json:
            sys.stderr.write(json_line(name, text) + "\n")
            sys.stderr.flush()
            return
        colour = _COLOURS[list(self.children).index(name) % len(_COLOURS)] if name in self.children else "white"
        err.print(Text.assemble((f"{name:>10}", colour), f" {text}"), soft_wrap=True)


def json_line(process: str, text: str) -> str:
    """A line of a process's output as JSON: its own object with `process` added, else an object with the text in it, as of
    what a library prints by itself. Pure."""
    try:
        entry = json.loads(text)
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        entry = {"time": datetime.now(UTC).isoformat(), "level": "INFO", "logger": "output", "message": text}
    return printable_json(json.dumps(entry | {"process": process}, ensure_ascii=False))
