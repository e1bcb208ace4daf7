"""dateline history: the revisions of an article."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import table, time_of
from pipeline.errors import Fatal

_DERIVED = frozenset({"modified", "body_html", "authors", "written_by", "agency"})
"""Fields of a partial update that follow from others of it."""


@reports
def history(
    article_id: Annotated[UUID, typer.Argument(metavar="ID", help="The article's id.")],
    diff: Annotated[tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="What changed between two revisions, by their numbers.")] = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Every stored revision of an article, the oldest first; and what changed between any two."""
    from pipeline.operations.history import difference, revisions

    found = revisions(settings(), str(article_id))
    if diff is None:
        _show(found, json)
        return
    wrong = [n for n in diff if not 1 <= n <= len(found)]
    if wrong:
        raise Fatal(f"--diff {wrong[0]}: there are revisions 1 to {len(found)}")
    lines = list(difference(found[diff[0] - 1], found[diff[1] - 1]))
    if json:
        print_json({"from": diff[0], "to": diff[1], "lines": lines})
        return
    for line in lines:
        out.print(Text(line, {"-": "red", "+": "green"}.get(line[:1], "dim")), soft_wrap=True)


def _show(found: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json(found)
        return
    shown = table("", "modified (UTC)", "received (UTC)", "status", "headline")
    for one in found:
        times = one.get("revision", {})
        shown.add_row(
            str(one["number"]),
            time_of(times.get("modified")),
            time_of(times.get("received")),
            _status(one),
            Text(one.get("headline", "(its text was removed)")),
        )
    out.print(shown)


def _status(revision: dict[str, Any]) -> str:
    """Its status, and for a partial update the fields that it changed."""
    named = [name for name in revision.get("named_fields", []) if name not in _DERIVED]
    emptied = [f"no {name}" for name in revision.get("cleared", []) if name not in _DERIVED]
    status = str(revision["status"])
    return f"{status}: {', '.join([*named, *emptied])}" if named or emptied else status
