"""grant: credentials that may search and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import err, out, print_json, reports, settings
from pipeline.errors import Fatal
from pipeline.index.roles import as_yaml, roles
from pipeline.operations import grants as granting
from pipeline.settings import settings as configured

grant = typer.Typer(no_args_is_help=True, help="Credentials and rights: each with the least that it needs.")


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


@grant.command("rights")
@reports
def grant_rights(
    apply: Annotated[bool, typer.Option("--apply", help="Give them, with the credentials of this command.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """What each process needs of Kafka, as options of Kafka's own kafka-acls.sh; with --apply they are given."""
    from dataclasses import asdict

    from kafka.errors import KafkaError

    from pipeline.kafka import acls as kafka_rights
    from pipeline.kafka.clients import admin_client

    found = kafka_rights.rights(configured())
    if apply:
        admin = admin_client(settings())
        try:
            kafka_rights.grant(admin, found)
        except KafkaError as e:
            raise Fatal(f"Kafka gave no rights: {e}") from e
        finally:
            admin.close()
    if json:
        print_json([asdict(right) for right in found])
        return
    for right in found:
        typer.echo(right.command())
    if apply:
        err.print(f"{len(found)} rights given.")


@grant.command("roles")
@reports
def grant_roles() -> None:
    """The roles of front-ends, indexer and operators, for the roles.yml of a server that makes no API keys."""
    typer.echo(as_yaml(roles(configured())), nl=False)
