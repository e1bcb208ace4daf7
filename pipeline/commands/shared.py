"""Shared by all commands: the settings with local engines resolved, consoles, JSON output, exit codes, errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from pipeline.errors import DatelineError, Fatal, Reject, Retry
from pipeline.escaping import printable, printable_json

if TYPE_CHECKING:
    from pipeline.settings import Process, Settings


class PlainConsole(Console):
    """A console for text from outside: a string is shown as it is, without markup or emoji codes, and without control
    characters. Styles are given as Text, never in a string."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text))


out = PlainConsole()
err = PlainConsole(stderr=True)


def configured() -> Settings:
    """The settings as they are set, for a command that needs no engine. Imported only by a command that acts: reading them
    takes longer than showing a help."""
    from pipeline.settings import settings as read

    return read()


def settings(process: Process | None = None) -> Settings:
    """The settings with the local engines where none are set (pipeline/local/resolve.py)."""
    from pipeline.local.resolve import settings as read

    return read(process)


@contextmanager
def own_process(process: Process) -> Iterator[Settings]:
    """One of Dateline's processes: its settings; while it runs its log is set up, and `dateline status` knows where it is."""
    from pipeline.logs import configure
    from pipeline.process.registry import registered

    current = settings(process)
    configure(current)
    several = process == "worker" and current.worker_id != "1"
    with registered(current, f"{process}-{current.worker_id}" if several else process):
        yield current


P = ParamSpec("P")
R = TypeVar("R")


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    REFUSED = 1  # something was refused, or not found
    USAGE = 2  # wrong arguments (click's own code)
    FAILED = 3  # it can't work as it is: the message has what to change
    AWAY = 4  # an engine doesn't answer, or a process isn't through yet; try again later


def reports(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into one clear line and an exit code; a traceback means a bug."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Retry as e:
            print_error(e)
            raise typer.Exit(Exit.AWAY) from None
        except Reject as e:
            print_error(e)
            raise typer.Exit(Exit.REFUSED) from None
        except (Fatal, DatelineError) as e:
            print_error(e)
            raise typer.Exit(Exit.FAILED) from None
        except KeyboardInterrupt:
            err.print("stopped")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(Exit.OK) from None

    return wrapped


def print_error(error: Exception) -> None:
    err.print(Text.assemble(("dateline:", "bold red"), f" {error}"), soft_wrap=True)


def print_left_out(source: str, left_out: Iterable[str]) -> None:
    """A line on what isn't news by its publisher's own decision, beside what the command reports."""
    for one in left_out:
        err.print(Text.assemble(("left out", "yellow"), f" {source}: {one}"), soft_wrap=True)


def print_json(value: Any, *, line: bool = False) -> None:
    """Print as JSON, indented, or on one line."""
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")  # else it may not be JSON any more
    text = printable_json(json.dumps(value, ensure_ascii=ascii_only, default=str, indent=None if line else 2))
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
