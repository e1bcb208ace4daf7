"""grant: credentials that may search and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import err, out, print_json, reports
from pipeline.operations import grants as granting
from pipeline.search.roles import as_yaml, roles
from pipeline.settings import settings

grant = typer.Typer(no_args_is_help=True, help="Credentials for Elasticsearch with the least privileges.")


@grant.command("search")
@reports
def grant_search(
    name: Annotated[str, typer.Argument(help="Whose it is: a front-end's name.")],
    expires: Annotated[str, typer.Option(help="How long it holds: 90d, 12h.")] = "90d",
    by: Annotated[
        str | None, typer.Option("--by", help="Who does it, for the audit trail; your login where not said.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """An API key that may search and count what readers may see, and nothing else. It is shown this once."""
    made = granting.grant_search(settings(), name, expires, by)
    if json:
        print_json(made)
        return
    out.print(made["encoded"])
    err.print(
        f"It may search until it expires in {expires}; send it as `Authorization: ApiKey …`. It can't be shown again.",
        soft_wrap=True,
    )


@grant.command("roles")
@reports
def grant_roles() -> None:
    """The roles of front-ends, indexer and operators, for the roles.yml of a server that makes no API keys."""
    typer.echo(as_yaml(roles(settings())), nl=False)
