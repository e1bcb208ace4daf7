"""Shared output of commands: tables, times, receipts, progress bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.commands.shared import err, out

if TYPE_CHECKING:
    from pipeline.stages.stage import Stage


def table(*columns: str) -> Table:
    """An empty table in the common style. What is too long for the terminal goes on in the next line, and isn't cut off."""
    found = Table(box=None, pad_edge=False)
    for name in columns:
        found.add_column(name, overflow="fold")
    return found


def time_of(text: str | None) -> str:
    """An ISO time as `2026-03-14 10:41:00`; empty where there is none."""
    return (text or "")[:19].replace("T", " ")


def print_waiting(stage: Stage) -> None:
    """Which stage a command waits for, on standard error."""
    err.print(f"waiting until {stage.name} has processed it …")


def print_receipt(lines: list[dict[str, Any]]) -> None:
    """The receipt of a kill or an erasure."""
    from pipeline.operations.receipts import LEFT

    shown = table("place", "", "")
    for line in lines:
        state = f"gone by {time_of(line['by'])[:16]} UTC" if line.get("by") else line["state"]
        style = "red" if line["state"] in LEFT else ""
        shown.add_row(Text(line["place"]), Text(state, style), Text(line.get("note", ""), "dim"))
    out.print(shown)


class ProgressBar:
    """A progress bar on standard error, called with how much is done of how much; silent with `quiet`."""

    def __init__(self, title: str, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"), TimeElapsedColumn())  # fmt: skip
        self._progress = Progress(*columns, console=err, transient=True, disable=quiet)
        self._task = self._progress.add_task(title, total=1)

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=max(1, total))
