"""searches: what readers and front-ends have saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Table

from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.errors import Fatal

if TYPE_CHECKING:
    from pipeline.saved.tables import SavedSearches

searches = typer.Typer(no_args_is_help=True, help="Saved searches.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


@searches.command("list")
@reports
def searches_list(json: AsJson = False) -> None:
    """Every saved search: whose it is, since when, and whether it has a webhook."""
    with _searches() as stored:
        known = sorted(stored.all(), key=lambda one: one.created)
    rows = [
        {
            "search_id": str(one.search_id), "name": one.name, "owner": one.owner, "query": one.query, "created": one.created,
            "expires": one.expires, "webhook": one.webhook is not None,
        }
        for one in known
    ]  # fmt: skip
    if json:
        print_json(rows)
    elif not rows:
        out.print("No search is saved.")
    else:
        table = Table("search", "name", "of", "saved", "until", "webhook", box=None, pad_edge=False)
        for one in known:
            table.add_row(
                str(one.search_id), one.name[:60], one.owner or "", f"{one.created:%Y-%m-%d}",
                f"{one.expires:%Y-%m-%d}" if one.expires else "", "yes" if one.webhook else "",
            )  # fmt: skip
        out.print(table)


@searches.command("delete")
@reports
def searches_delete(
    search_ids: Annotated[list[UUID] | None, typer.Argument(help="Ids, as `searches list` shows them.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="All that this key saved.")] = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="All that no key saved.")] = False,
    json: AsJson = False,
) -> None:
    """Delete saved searches, with their webhooks. Every process knows within seconds."""
    if not (search_ids or owner or without_key):
        raise Fatal("say which: ids, --owner NAME or --without-key")
    with _searches() as stored:
        for unknown in (one for one in search_ids or () if stored.get(str(one)) is None):
            raise Fatal(f"there is no saved search {unknown}; `dateline searches list` shows them")
        wanted = {str(one) for one in search_ids or ()} | {
            str(one.search_id)
            for one in stored.all()
            if (owner is not None and one.owner == owner) or (without_key and one.owner is None)
        }
        stored.put((key, None) for key in sorted(wanted))
    if json:
        print_json({"deleted": len(wanted)})
    else:
        out.print(f"{len(wanted)} deleted.")


def _searches() -> SavedSearches:
    from pipeline.kafka.clients import ensure_topics
    from pipeline.saved.tables import SavedSearches

    ensure_topics(settings())
    return SavedSearches(settings())
