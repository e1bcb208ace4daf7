"""dateline grant: credentials and rights."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import configured, err, out, print_json, reports, settings
from pipeline.errors import Fatal

grant = typer.Typer(no_args_is_help=True, help="Credentials and rights, each with the least that is needed.")


@grant.command("search")
@reports
def grant_search(
    name: Annotated[str, typer.Argument(help="A name for the key: the front-end's.")],
    expires: Annotated[str, typer.Option(help="How long it is valid: 90d, 12h.")] = "90d",
    by: By = None,
    json: AsJson = False,
) -> None:
    """Make an API key that may search and count what readers may see, and nothing else. It is shown only once."""
    from pipeline.operations.grants import create_search_key

    made = create_search_key(settings(), name, expires, by)
    if json:
        print_json(made)
        return
    out.print(made["encoded"])
    err.print(
        f"It is valid for {expires}; send it as `Authorization: ApiKey …`. It can't be shown again.",
        soft_wrap=True,
    )


@grant.command("rights")
@reports
def grant_rights(
    apply: Annotated[bool, typer.Option("--apply", help="Grant them, with this command's own credentials.")] = False,
    json: AsJson = False,
) -> None:
    """Print the rights in Kafka that each process needs, as options of Kafka's kafka-acls.sh; --apply grants them."""
    from kafka.errors import KafkaError

    from pipeline.kafka import acls
    from pipeline.kafka.clients import admin_client

    found = acls.rights(configured())
    if apply:
        admin = admin_client(settings())
        try:
            acls.grant(admin, found)
        except KafkaError as e:
            raise Fatal(f"Kafka granted no rights: {e}") from e
        finally:
            admin.close()
    if json:
        print_json([asdict(right) for right in found])
        return
    for right in found:
        typer.echo(right.command())
    if apply:
        err.print(f"{len(found)} rights granted.")


@grant.command("roles")
@reports
def grant_roles() -> None:
    """Print the roles of front-ends, indexer and operators, for the roles.yml of a server without API keys."""
    from pipeline.index.roles import as_yaml, roles

    typer.echo(as_yaml(roles(configured())), nl=False)
