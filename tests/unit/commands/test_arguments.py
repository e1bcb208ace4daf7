"""Arguments that no command takes: each is refused by its name, before anything is asked or done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pipeline.cli import build

_TEXTS = ("str", "Path")
"""What can be any text is read by the command itself (test_cli.py)."""


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, *path, name)
    if not hasattr(command, "commands"):
        yield path, command


COMMANDS = {" ".join(path): (path, one) for path, one in commands(get_command(build()))}


def refused(*words: str) -> str:
    # were one not refused, it would find nobody
    nobody = {"DATELINE_KAFKA_SERVERS": "127.0.0.1:9", "DATELINE_ELASTICSEARCH_URL": "http://127.0.0.1:9"}
    # only the one that is asked for, as `main` does: the runner makes all that it is given anew each time
    ran = CliRunner().invoke(build(words[0]), words, env={"COLUMNS": "300", **nobody})
    assert ran.exit_code == 2, (words, ran.exit_code, ran.output)
    assert isinstance(ran.exception, SystemExit), words
    assert "Traceback" not in ran.output
    return ran.output


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_a_command_does_not_have_is_refused(name: str) -> None:
    path, _ = COMMANDS[name]
    assert "--frobnicate" in refused(*path, "--frobnicate")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_value_that_is_none_of_an_options_is_refused(name: str) -> None:
    path, command = COMMANDS[name]
    for option in command.params:
        if option.param_type_name != "option" or option.is_flag or option.name == "help":
            continue
        assert "argument" in refused(*path, option.opts[0])
        if str(option.bare_type()) not in _TEXTS:
            for value in ("nonsense", "", "1,5", "-1", "nan"):
                assert option.opts[0] in refused(*path, f"{option.opts[0]}={value}")


@pytest.mark.parametrize("name", COMMANDS)
def test_an_argument_that_is_missing_or_one_too_many_is_refused(name: str) -> None:
    path, command = COMMANDS[name]
    wanted = [one for one in command.params if one.param_type_name == "argument"]
    if any(one.required for one in wanted):
        refused(*path)
    if all(one.nargs == 1 for one in wanted):
        refused(*path, *(["x"] * (len(wanted) + 1)))
