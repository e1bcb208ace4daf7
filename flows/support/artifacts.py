"""Artifacts of the runs. What comes from outside is shown as code or as plain text: there it is no link, picture or HTML. Credentials in
addresses are shown nowhere, also not in a title or description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from pipeline.escaping import code_span, printable
from pipeline.telemetry import without_credentials

MOST_ROWS = 200
"""Rows that an artifact shows."""


def show_table(key: str, rows: Sequence[Mapping[str, Any]], description: str) -> None:
    """A table; `description` is Markdown of our own. Nothing where there are no rows."""
    if rows:
        shown = [{name: _cell(value) for name, value in row.items()} for row in rows[:MOST_ROWS]]
        more = f", the first {MOST_ROWS} of them" if len(rows) > MOST_ROWS else ""
        create_table_artifact(key=key, table=shown, description=without_credentials(f"{description}{more}"))


def show_report(
    key: str, title: str, facts: Mapping[str, Any], lists: Mapping[str, Iterable[Sequence[str]]] | None = None
) -> None:
    """A report in Markdown: facts as a table, and lists of what was refused, left out, …"""
    create_markdown_artifact(key=key, markdown=report(title, facts, lists), description=without_credentials(title))


def report(title: str, facts: Mapping[str, Any], lists: Mapping[str, Iterable[Sequence[str]]] | None = None) -> str:
    """`title` and the names of the lists are Markdown of our own; all else is shown as code. Pure."""
    text = [f"# {without_credentials(title)}", "", "| | |", "|---|---|"]
    text += [
        f"| {name} | {value if isinstance(value, int | float) else _in_table(value)} |" for name, value in facts.items()
    ]
    for name, found in (lists or {}).items():
        rows = list(found)
        if not rows:
            continue
        text += ["", f"## {name}"]
        text += [f"- {': '.join(code_span(without_credentials(part)) for part in row)}" for row in rows[:MOST_ROWS]]
        if len(rows) > MOST_ROWS:
            text.append(f"- and {len(rows) - MOST_ROWS} more: `dateline dead-letters list`")
    return "\n".join(text)


class Progress:
    """A progress bar on the run's page, which costs a request for each whole percent at most."""

    def __init__(self, key: str, description: str) -> None:
        self._key, self._description = key, without_credentials(description)
        self._id: UUID | None = None
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total`: it has the signature of the operations' own progress."""
        percent = 100 if total <= 0 else min(100, int(100 * done / total))
        if self._id is None:
            found: Any = create_progress_artifact(float(percent), key=self._key, description=self._description)
            self._id, self._shown = found, percent
        elif percent != self._shown:
            update_progress_artifact(self._id, float(percent), description=self._description)
            self._shown = percent

    def finish(self) -> None:
        self(1, 1)


def _in_table(value: Any) -> str:
    """A cell of a Markdown table: a bar would end it, also within code."""
    return code_span(without_credentials(str(value)).replace("|", "¦"))


def _cell(value: Any) -> Any:
    return (
        value
        if value is None or isinstance(value, bool | int | float)
        else printable(without_credentials(str(value)))[:500]
    )
