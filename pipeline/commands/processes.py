"""Dateline's own processes as children of a command, their output on standard error with the process's name in front."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from rich.text import Text

from pipeline.commands.shared import err
from pipeline.process.children import Supervisor, spawn

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")
_IMPORTANT = re.compile(r"CRITICAL|ERROR +[a-z_]+( |$)|ended with|dateline: ")
"""Of our own processes: a library's line has its logger's name and a colon behind the level."""


class Processes(Supervisor):
    """A supervisor of `dateline` processes. `env` is added to the environment of each; a quiet one prints only errors."""

    def __init__(self, env: Mapping[str, str], *, quiet: bool = False) -> None:
        super().__init__(self._print)
        self._env = os.environ | dict(env) | {"PYTHONUNBUFFERED": "1"}
        self._quiet = quiet

    def add_command(self, name: str, command: str | None = None, variables: Mapping[str, str] | None = None) -> None:
        """Start `dateline COMMAND` under `name`, which is the command by default; `variables` are its alone."""
        line = [sys.executable, "-m", "pipeline.cli", command or name]
        env = self._env | dict(variables or {})
        self.add(name, lambda: spawn(line, env=env))

    def _print(self, name: str, text: str) -> None:
        if self._quiet and not _IMPORTANT.search(text):
            return
        colour = _COLOURS[list(self.children).index(name) % len(_COLOURS)] if name in self.children else "white"
        err.print(Text.assemble((f"{name:>10}", colour), f" {text}"))
