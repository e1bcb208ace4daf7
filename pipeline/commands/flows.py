"""flows: the Prefect flows."""

from __future__ import annotations

import typer

from pipeline.commands.shared import reports

flows = typer.Typer(no_args_is_help=True, help="Prefect flows.")


@flows.command("serve")
@reports
def flows_serve() -> None:
    """Serve the flows to a Prefect server (PREFECT_API_URL), until Ctrl-C."""
    from flows.serve import serve_flows
    from pipeline.logs import configure
    from pipeline.settings import settings

    configure(settings())
    serve_flows()
